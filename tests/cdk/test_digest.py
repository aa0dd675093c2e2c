"""The digest as it is deployed: what it may do, what it is told, what runs it."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from intentlog.contract import Contract, Destination, Notifications
from intentlog_constructs import AlarmDigest
from tests.cdk.conftest import Resources, Synthesize

STACK = "drawing-agent-alerts"
EVERYWHERE = Notifications(
    destinations={
        "oncall": Destination(kind="slack-bot", channel="C0123456789"),
        "pager": Destination(
            kind="pagerduty", endpoint="https://events.eu.pagerduty.com/v2/enqueue"
        ),
        "mail": Destination(kind="email", addresses=("team@example.com", "boss@example.com")),
    },
    window_minutes=10,
    remind_minutes=120,
    daily_at="07:30",
    timezone="Europe/Berlin",
    alarm_names_beginning=("shop-",),
)
THE_KEY = {
    "Fn::GetStackOutput": {
        "StackName": "drawing-agent-logs",
        "Region": "us-east-1",
        "OutputName": "PublishOutputFnGetAttKey43586C89Arn1F155F21",
    }
}


def named(template: dict[str, Any], name: str) -> str:
    """Return the logical id of the one resource that is called so, but for its hash."""
    found: str
    (found,) = (key for key in template["Resources"] if re.fullmatch(f"{name}[0-9A-F]{{8}}", key))
    return found


def ref(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what refers to a resource."""
    return {"Ref": named(template, name)}


def arn(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the ARN of a resource."""
    return {"Fn::GetAtt": [named(template, name), "Arn"]}


def here(service: str, resource: str) -> dict[str, Any]:
    """Return the ARN of something in this account and region, by its name."""
    rest = f":{service}:us-east-1:123456789012:{resource}"
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, rest]]}


def allowed(actions: list[str], *resources: Any) -> dict[str, Any]:
    """Return a statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources)}


def joined(value: Any) -> str:
    """Return joined text, with the names of what it refers to, but for their hashes."""
    return "".join(
        part if isinstance(part, str) else part["Ref"][:-8] for part in value["Fn::Join"][1]
    )


def test_the_function_may_do_this_and_nothing_else(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """Its role whole, with every kind of destination: what, and on which resources."""
    template = synthesize(drawing_agent, notifications=EVERYWHERE)[STACK]
    (role,) = (
        resource["Properties"]
        for name, resource in template["Resources"].items()
        if name.startswith("DigestFunctionRole")
    )
    (policy,) = role["Policies"]

    assert policy["PolicyDocument"]["Statement"] == [
        allowed(*statement)
        for statement in (
            (
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                arn(template, "DigestQueue"),
            ),
            (["sqs:SendMessage"], arn(template, "DigestMissedRuns")),
            (["dynamodb:GetItem", "dynamodb:PutItem"], arn(template, "DigestState")),
            (
                ["secretsmanager:GetSecretValue"],
                ref(template, "DigestDestinationsoncall"),
                ref(template, "DigestDestinationspager"),
            ),
            (["sns:Publish"], ref(template, "DigestDestinationsmail")),
            (
                ["logs:StartQuery", "logs:DescribeLogStreams"],
                here("logs", "log-group:/drawing-agent/app:*"),
                here("logs", "log-group:/drawing-agent/errors:*"),
            ),
            (
                [
                    *("logs:GetQueryResults", "logs:StopQuery", "cloudwatch:GetMetricData"),
                    *("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"),
                ],
                "*",
            ),
            (["kms:Decrypt", "kms:GenerateDataKey"], THE_KEY),
            (
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                arn(template, "DigestFunctionLogs"),
            ),
            (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
        )
    ]
    assert "ManagedPolicyArns" not in json.dumps(template)
    assert "SecretString" not in json.dumps(template)


def test_the_clock_may_run_the_function_and_nothing_else(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """The role of the schedules whole; only Scheduler, for this account, takes it on."""
    template = synthesize(drawing_agent)[STACK]
    role = next(
        resource["Properties"]
        for name, resource in template["Resources"].items()
        if name.startswith("DigestSchedulesRole")
    )

    assert role["Policies"][0]["PolicyDocument"]["Statement"] == [
        allowed(["lambda:InvokeFunction"], arn(template, "DigestFunction")),
        allowed(["sqs:SendMessage"], arn(template, "DigestMissedRuns")),
        allowed(["kms:Decrypt", "kms:GenerateDataKey"], THE_KEY),
    ]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]


def test_the_function_knows_its_destinations_and_where_lines_are(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """In its variables: no secret, but where secrets are; the contract's words for its fields."""
    template = synthesize(drawing_agent, notifications=EVERYWHERE)[STACK]
    (function,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    )
    variables = function["Environment"]["Variables"]

    assert json.loads(joined(variables["DESTINATIONS"])) == [
        {
            "name": "oncall",
            "kind": "slack-bot",
            "channel": "C0123456789",
            "secret": "DigestDestinationsoncall",
        },
        {
            "name": "pager",
            "kind": "pagerduty",
            "endpoint": "https://events.eu.pagerduty.com/v2/enqueue",
            "secret": "DigestDestinationspager",
        },
        {"name": "mail", "kind": "email", "topic": "DigestDestinationsmail"},
    ]
    assert (variables["WINDOW_SECONDS"], variables["REMIND_SECONDS"]) == ("600", "7200")
    assert variables["STATE_TABLE"] == ref(template, "DigestState")
    source = json.loads(variables["LOG_GROUPS"])
    assert (source["groups"], source["others"]) == (
        ["/drawing-agent/app"],
        ["/drawing-agent/errors"],
    )
    assert source["metrics"] == {
        "ErrorCount": {"group": "/drawing-agent/app", "where": 'level = "ERROR"'}
    }


def test_the_clock_sweeps_every_minute_and_tells_once_a_day(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """At the hour of the environment's time zone; a run that is missed is kept."""
    template = synthesize(drawing_agent, notifications=EVERYWHERE)[STACK]
    schedules = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Scheduler::Schedule"
    ]

    assert [
        (
            each["ScheduleExpression"],
            each["ScheduleExpressionTimezone"],
            json.loads(each["Target"]["Input"]),
        )
        for each in schedules
    ] == [
        ("rate(1 minute)", "UTC", {"digest": "sweep"}),
        ("cron(30 7 * * ? *)", "Europe/Berlin", {"digest": "daily"}),
    ]
    missed = arn(template, "DigestMissedRuns")
    assert [each["Target"]["DeadLetterConfig"]["Arn"] for each in schedules] == [missed] * 2


def test_without_an_hour_there_is_no_daily_digest(resources: Resources) -> None:
    """The sweep is always there."""
    (schedule,) = resources(STACK, "AWS::Scheduler::Schedule")

    assert json.loads(schedule["Target"]["Input"]) == {"digest": "sweep"}


def test_other_alarms_come_by_a_rule_that_the_queue_and_the_key_let_in(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """``alarm_names_beginning`` makes a rule, and whatever it takes for it to deliver."""
    templates = synthesize(drawing_agent, notifications=EVERYWHERE)
    template = templates[STACK]
    (rule,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Events::Rule"
    )
    let_in = [
        (statement["Resource"], statement["Condition"]["ArnEquals"]["aws:SourceArn"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SQS::QueuePolicy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
    ]

    assert rule["EventPattern"]["detail"] == {
        "alarmName": [{"prefix": "shop-"}],
        "state": {"value": ["ALARM", "OK"]},
    }
    assert [target["Arn"] for target in rule["Targets"]] == [arn(template, "DigestQueue")]
    the_rule = arn(template, "DigestAlarmEventsRule")
    assert let_in == [
        (arn(template, "DigestQueue"), the_rule),
        (arn(template, "DigestDeadLetters"), the_rule),
    ]
    assert "events.amazonaws.com" in json.dumps(templates["drawing-agent-logs"])


def test_no_rule_lets_nobody_in(templates: dict[str, Any]) -> None:
    """Neither the queues nor the key know EventBridge without one."""
    assert "events.amazonaws.com" not in json.dumps(templates)


def test_each_destination_with_a_secret_has_an_output(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """Whoever puts the values finds the secrets there; the short form keeps its name."""
    few = synthesize(drawing_agent)[STACK]["Outputs"]
    many = synthesize(drawing_agent, notifications=EVERYWHERE)[STACK]["Outputs"]

    assert sorted(few) == ["DeadLetters", "WebhookSecret"]
    assert sorted(many) == ["DeadLetters", "OncallSecret", "PagerSecret"]


def test_everybody_at_an_email_destination_is_subscribed(
    synthesize: Synthesize, drawing_agent: Contract
) -> None:
    """Each address by itself, at the topic that the function publishes to."""
    template = synthesize(drawing_agent, notifications=EVERYWHERE)[STACK]
    topic = ref(template, "DigestDestinationsmail")

    assert [
        resource["Properties"]["Endpoint"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SNS::Subscription"
        and resource["Properties"]["TopicArn"] == topic
    ] == ["team@example.com", "boss@example.com"]


def test_the_state_goes_with_its_time(resources: Resources) -> None:
    """One item a service, deleted by DynamoDB when it expires, paid by request."""
    (table,) = resources(STACK, "AWS::DynamoDB::Table")

    assert table["KeySchema"] == [{"AttributeName": "service", "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_functions_code_is_small(tmp_path: Path, drawing_agent: Contract) -> None:
    """A megabyte at most, without the layer: what Lambda unpacks at each cold start."""
    app = cdk.App(outdir=str(tmp_path))
    AlarmDigest(cdk.Stack(app, "stack"), "Digest", contract=drawing_agent)
    app.synth()

    (staged,) = tmp_path.glob("asset.*")
    assert 0 < sum(file.stat().st_size for file in staged.rglob("*.py")) < 2**20
