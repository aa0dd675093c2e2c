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
    queue, dead_letters = sorted(resources(STACK, "AWS::SQS::Queue"), key=lambda q: -len(q))
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
    ]
    assert [next(iter(s["Resource"][0])) for s in statements] == ["Fn::GetAtt", "Ref", "Fn::GetAtt"]
    assert "ManagedPolicyArns" not in json.dumps(templates[STACK])
    assert "https://" not in json.dumps(templates[STACK])


def test_the_stack_tells_which_contract_is_deployed(
    templates: dict[str, Any], drawing_agent: Contract
) -> None:
    """So that what is deployed can be compared with what is checked in."""
    assert templates[STACK]["Outputs"]["ContractHash"]["Value"] == drawing_agent.digest()
