"""From alarm to function: every link that would fail silently."""

import os
import shutil
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from intentlog.contract import Contract
from intentlog_constructs import AlarmDigest
from intentlog_constructs.powertools_layer import powertools_layer_arn
from tests.cdk.conftest import Resources

LAMBDAS = Path(__file__).parents[2] / "lambdas"
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

    assert denied == [{"Bool": {"aws:SecureTransport": "false"}}] * 5


def test_what_cannot_be_posted_is_kept(resources: Resources) -> None:
    """Five attempts, then 14 days in the dead-letter queue; retries do not overlap."""
    queues = resources(STACK, "AWS::SQS::Queue")
    (queue,) = (queue for queue in queues if "RedrivePolicy" in queue)
    kept = [queue for queue in queues if "RedrivePolicy" not in queue]
    (function,) = resources(STACK, "AWS::Lambda::Function")

    assert [queue["MessageRetentionPeriod"] for queue in kept] == [14 * 24 * 3600] * 2
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_the_function_gathers_and_retries_only_what_failed(resources: Resources) -> None:
    """A batch window makes one message of several; failures are reported record by record."""
    (mapping,) = resources(STACK, "AWS::Lambda::EventSourceMapping")

    assert mapping["MaximumBatchingWindowInSeconds"] == 30
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-central-1", "arn:aws:lambda:eu-central-1:017000801446:layer:"),
        ("us-gov-west-1", "arn:aws-us-gov:lambda:us-gov-west-1:165093116878:layer:"),
        ("cn-north-1", "arn:aws-cn:lambda:cn-north-1:498634801083:layer:"),
    ],
)
def test_the_layer_is_that_of_the_region(region: str, arn: str) -> None:
    """GovCloud and China have accounts of their own; nobody is asked at synth."""
    assert powertools_layer_arn(region).startswith(f"{arn}AWSLambdaPowertoolsPythonV3-python314-")


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
    """Topics, queues, secret, table, the function's variables and lines: one key, of -logs."""
    used = [
        *(topic["KmsMasterKeyId"] for topic in resources(STACK, "AWS::SNS::Topic")),
        *(queue["KmsMasterKeyId"] for queue in resources(STACK, "AWS::SQS::Queue")),
        *(secret["KmsKeyId"] for secret in resources(STACK, "AWS::SecretsManager::Secret")),
        *(group["KmsKeyId"] for group in resources(STACK, "AWS::Logs::LogGroup")),
        *(function["KmsKeyArn"] for function in resources(STACK, "AWS::Lambda::Function")),
        *(
            table["SSESpecification"]["KMSMasterKeyId"]
            for table in resources(STACK, "AWS::DynamoDB::Table")
        ),
    ]
    ((name, output),) = templates["drawing-agent-logs"]["Outputs"].items()

    assert len(used) == 9
    assert {key["Fn::GetStackOutput"]["OutputName"] for key in used} == {name}
    key, attribute = output["Value"]["Fn::GetAtt"]
    assert templates["drawing-agent-logs"]["Resources"][key]["Type"] == "AWS::KMS::Key"
    assert attribute == "Arn"


def test_the_functions_code_has_one_hash_on_every_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawing_agent: Contract
) -> None:
    """Times, permissions, compiled files and the place of a checkout do not change it."""

    def key(source: Path) -> str:
        monkeypatch.setattr("intentlog_constructs.digest_function._source", lambda: source)
        app = cdk.App(outdir=str(tmp_path / f"out-{source.name}"))
        AlarmDigest(cdk.Stack(app, "stack"), "Digest", contract=drawing_agent)
        resources = app.synth().get_stack_by_name("stack").template["Resources"].values()
        (function,) = (r for r in resources if r["Type"] == "AWS::Lambda::Function")
        code: str = function["Properties"]["Code"]["S3Key"]
        return code

    ignored = shutil.ignore_patterns("__pycache__")
    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(LAMBDAS, here, ignore=ignored)
    shutil.copytree(LAMBDAS, there, ignore=ignored)
    compiled = there / "alarm_digest" / "__pycache__"
    compiled.mkdir()
    (compiled / "handler.cpython-313.pyc").write_bytes(b"compiled")
    for file in there.rglob("*.py"):
        file.chmod(0o600)
        os.utime(file, (0, 0))

    assert key(here) == key(there)
    # The CDK remembers what it has hashed, by place.
    other = there.rename(tmp_path / "other")
    (other / "alarm_digest" / "handler.py").write_text("handler = None\n")
    assert key(here) != key(other)


def test_lambda_can_read_the_function_of_a_strict_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawing_agent: Contract
) -> None:
    """Modes are not in the hash, so what ``umask 077`` made must not come with the code."""
    source = tmp_path / "lambdas"
    shutil.copytree(LAMBDAS, source, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*source.rglob("*"), source]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    monkeypatch.setattr("intentlog_constructs.digest_function._source", lambda: source)
    app = cdk.App(outdir=str(tmp_path / "out"))
    AlarmDigest(cdk.Stack(app, "stack"), "Digest", contract=drawing_agent)
    app.synth()

    (staged,) = (tmp_path / "out").glob("asset.*")
    modes = {path.stat().st_mode & 0o777 for path in staged.rglob("*") if path.is_file()}
    assert modes == {0o644}
    assert (staged / "alarm_digest").stat().st_mode & 0o777 == 0o755
    assert (source / "alarm_digest" / "handler.py").stat().st_mode & 0o777 == 0o600
