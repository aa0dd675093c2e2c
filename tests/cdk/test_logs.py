"""Log groups, their key, and metric filters: what the contract says is what is deployed."""

from collections.abc import Callable
from typing import Any

import pytest

from intentlog.contract import Contract

Resources = Callable[[str, str], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("drawing-agent-logs", {"/drawing-agent/app": 30, "/drawing-agent/errors": 90}),
        ("chimera-logs", {"Chimera": 30, "Chimera/executions": 30}),
    ],
)
def test_log_groups_keep_lines_as_long_as_the_contract_says(
    resources: Resources, stack: str, expected: dict[str, int]
) -> None:
    """Each stream with a log group has it, with its retention."""
    groups = resources(stack, "AWS::Logs::LogGroup")

    assert {g["LogGroupName"]: g["RetentionInDays"] for g in groups} == expected


def test_log_groups_outlive_their_stack_in_production(templates: dict[str, Any]) -> None:
    """Deleting the stack, or replacing a group, deletes no line."""
    kept = [
        resource
        for resource in templates["drawing-agent-logs"]["Resources"].values()
        if resource["Type"] in {"AWS::Logs::LogGroup", "AWS::KMS::Key"}
    ]

    assert len(kept) == 3
    for resource in kept:
        assert resource["DeletionPolicy"] == "Retain"
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_log_groups_are_encrypted_masked_indexed_and_protected(resources: Resources) -> None:
    """In production, of every group."""
    groups = resources("drawing-agent-logs", "AWS::Logs::LogGroup")

    for group in groups:
        assert list(group["KmsKeyId"]) == ["Fn::GetAtt"]
        assert group["DeletionProtectionEnabled"] is True
        assert group["DataProtectionPolicy"]["Name"] == "drawing-agent-redaction"
        assert group["FieldIndexPolicies"] == [{"Fields": ["category", "user_id", "trace_id"]}]


def test_the_key_works_for_whoever_uses_it(resources: Resources) -> None:
    """The account by IAM; CloudWatch Logs for these log groups; alarms; topics of the account."""
    (key,) = resources("drawing-agent-logs", "AWS::KMS::Key")
    account, groups, alarms, topics = key["KeyPolicy"]["Statement"]
    logs = "arn:aws:logs:us-east-1:123456789012:log-group"

    assert key["EnableKeyRotation"] is True
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert groups["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert groups["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"] == [
        f"{logs}:/drawing-agent/app",
        f"{logs}:/drawing-agent/errors",
        f"{logs}:/aws/lambda/drawing-agent-alarm-digest",
    ]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert topics["Principal"] == {"Service": "sns.amazonaws.com"}
    assert topics["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_metric_filters_count_what_the_contract_says(resources: Resources) -> None:
    """Name, group, pattern, metric; 0 when nothing matches; no dimensions."""
    filters = resources("drawing-agent-alerts", "AWS::Logs::MetricFilter")

    assert filters == [
        _filter("error-count", '{ $.level = "ERROR" }', "ErrorCount"),
        _filter(
            "auth-failures",
            '{ ($.category = "auth") && ($.level = "WARNING") }',
            "AuthFailureCount",
        ),
    ]


def _filter(name: str, pattern: str, metric: str) -> dict[str, Any]:
    return {
        "FilterName": name,
        "FilterPattern": pattern,
        "LogGroupName": "/drawing-agent/app",
        "MetricTransformations": [
            {
                "DefaultValue": 0,
                "MetricName": metric,
                "MetricNamespace": "DrawingAgent",
                "MetricValue": "1",
                "Unit": "Count",
            }
        ],
    }


def test_a_prefix_begins_every_name(drawing_agent: Contract) -> None:
    """Two environments can share an account: no name is the same in both."""
    prefixed = drawing_agent.with_prefix("dev-")

    assert prefixed.service == "dev-drawing-agent"
    assert prefixed.log_groups == {
        "app": "/dev-drawing-agent/app",
        "errors": "/dev-drawing-agent/errors",
    }
    assert prefixed.alarm_name("high-error-rate") == "dev-drawing-agent-high-error-rate"
