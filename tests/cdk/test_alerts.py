"""From alarm to function: every link that would fail silently."""

import json
from collections.abc import Callable
from typing import Any

Resources = Callable[[str, str], list[dict[str, Any]]]
STACK = "drawing-agent-alerts"


def test_alarms_of_this_account_may_publish(resources: Resources) -> None:
    """A topic's own policy takes the place of the default one, so it must let alarms in."""
    policies = resources(STACK, "AWS::SNS::TopicPolicy")

    assert len(policies) == 2
    for policy in policies:
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert [(s["Action"], s["Principal"], s["Condition"]) for s in allowed] == [
            (
                "sns:Publish",
                {"Service": "cloudwatch.amazonaws.com"},
                {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            )
        ]


def test_topic_and_queues_refuse_plain_http(resources: Resources) -> None:
    """Each has a policy that denies what does not come over TLS."""
    policies = [
        *resources(STACK, "AWS::SNS::TopicPolicy"),
        *resources(STACK, "AWS::SQS::QueuePolicy"),
    ]
    denied = [
        statement["Condition"]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]

    assert denied == [{"Bool": {"aws:SecureTransport": "false"}}] * 4


def test_what_cannot_be_posted_is_kept(resources: Resources) -> None:
    """Five attempts, then 14 days in the dead-letter queue; retries do not overlap."""
    queue, dead_letters = sorted(
        resources(STACK, "AWS::SQS::Queue"), key=lambda queue: "MessageRetentionPeriod" in queue
    )
    (function,) = resources(STACK, "AWS::Lambda::Function")

    assert dead_letters["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_the_function_gathers_and_retries_only_what_failed(resources: Resources) -> None:
    """A batch window makes one message of several; failures are reported record by record."""
    (mapping,) = resources(STACK, "AWS::Lambda::EventSourceMapping")

    assert mapping["MaximumBatchingWindowInSeconds"] == 30
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_function_may_do_this_and_nothing_else(
    templates: dict[str, Any], resources: Resources
) -> None:
    """Its role whole: every resource is named; no managed policy; the URL is in no template."""
    (role,) = resources(STACK, "AWS::IAM::Role")
    (policy,) = role["Policies"]
    statements = policy["PolicyDocument"]["Statement"]

    assert [s["Action"] for s in statements] == [
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        ["secretsmanager:GetSecretValue"],
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        ["kms:Decrypt"],
    ]
    assert [next(iter(s["Resource"][0])) for s in statements if s["Resource"] != ["*"]] == [
        "Fn::GetAtt",
        "Ref",
        "Fn::GetAtt",
        "Fn::GetStackOutput",
    ]
    assert "ManagedPolicyArns" not in json.dumps(templates[STACK])
    assert "SecretString" not in json.dumps(templates[STACK])


def test_the_function_cannot_run_away(resources: Resources) -> None:
    """It has its own concurrency, reads with less of it, is traced, and runs what is current."""
    (function,) = resources(STACK, "AWS::Lambda::Function")
    (mapping,) = resources(STACK, "AWS::Lambda::EventSourceMapping")

    assert function["ReservedConcurrentExecutions"] == 5
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_what_could_not_be_posted_is_told_another_way(
    templates: dict[str, Any], resources: Resources
) -> None:
    """The alarm on the dead-letter queue has a topic of its own, and an e-mail address."""
    watch = next(
        alarm
        for alarm in resources(STACK, "AWS::CloudWatch::Alarm")
        if alarm["AlarmName"] == "drawing-agent-undelivered-digests"
    )
    subscriptions = resources(STACK, "AWS::SNS::Subscription")
    email = next(s for s in subscriptions if s["Protocol"] == "email")
    queue = next(s for s in subscriptions if s["Protocol"] == "sqs")

    assert watch["AlarmActions"] == [email["TopicArn"]]
    assert email["TopicArn"] != queue["TopicArn"]
    (dimension,) = watch["Dimensions"]
    watched = templates[STACK]["Resources"][dimension["Value"]["Fn::GetAtt"][0]]
    assert watched["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_everything_that_rests_is_encrypted_with_the_applications_key(
    templates: dict[str, Any], resources: Resources
) -> None:
    """Topics, queues, secret, the function's variables and lines: one key, of the logs stack."""
    used = [
        *(topic["KmsMasterKeyId"] for topic in resources(STACK, "AWS::SNS::Topic")),
        *(queue["KmsMasterKeyId"] for queue in resources(STACK, "AWS::SQS::Queue")),
        *(secret["KmsKeyId"] for secret in resources(STACK, "AWS::SecretsManager::Secret")),
        *(group["KmsKeyId"] for group in resources(STACK, "AWS::Logs::LogGroup")),
        *(function["KmsKeyArn"] for function in resources(STACK, "AWS::Lambda::Function")),
    ]
    ((name, output),) = templates["drawing-agent-logs"]["Outputs"].items()

    assert len(used) == 7
    assert {key["Fn::GetStackOutput"]["OutputName"] for key in used} == {name}
    key, attribute = output["Value"]["Fn::GetAtt"]
    assert templates["drawing-agent-logs"]["Resources"][key]["Type"] == "AWS::KMS::Key"
    assert attribute == "Arn"
