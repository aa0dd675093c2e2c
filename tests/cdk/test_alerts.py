"""From alarm to function: every link that would fail silently."""

import json
from collections.abc import Callable
from typing import Any

from intentlog.contract import Contract

Resources = Callable[[str, str], list[dict[str, Any]]]
STACK = "drawing-agent-alerts"


def test_alarms_of_this_account_may_publish(resources: Resources) -> None:
    """The topic's own policy takes the place of the default one, so it must let alarms in."""
    (policy,) = resources(STACK, "AWS::SNS::TopicPolicy")
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

    assert denied == [{"Bool": {"aws:SecureTransport": "false"}}] * 3


def test_what_cannot_be_posted_is_kept(resources: Resources) -> None:
    """Five attempts, then 14 days in the dead-letter queue; retries do not overlap."""
    dead_letters, queue = resources(STACK, "AWS::SQS::Queue")
    (function,) = resources(STACK, "AWS::Lambda::Function")

    assert dead_letters["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_the_function_gathers_and_retries_only_what_failed(resources: Resources) -> None:
    """A batch window makes one message of several; failures are reported record by record."""
    (mapping,) = resources(STACK, "AWS::Lambda::EventSourceMapping")

    assert mapping["MaximumBatchingWindowInSeconds"] == 30
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_function_may_read_its_secret_and_its_queue_and_nothing_else(
    templates: dict[str, Any], resources: Resources
) -> None:
    """Every resource is named; the URL itself is in no template."""
    (policy,) = resources(STACK, "AWS::IAM::Policy")

    statements = policy["PolicyDocument"]["Statement"]
    assert [s["Action"] for s in statements] == [
        ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        [
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
        ],
    ]
    assert "*" not in [s["Resource"] for s in statements]
    assert "https://hooks" not in json.dumps(templates)


def test_the_stack_tells_which_contract_is_deployed(
    templates: dict[str, Any], drawing_agent: Contract
) -> None:
    """So that what is deployed can be compared with what is checked in."""
    assert templates[STACK]["Outputs"]["ContractHash"]["Value"] == drawing_agent.digest()
