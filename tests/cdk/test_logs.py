"""Log groups, metric filters and alarms: what the contract says is what is deployed."""

from collections.abc import Callable
from typing import Any

import pytest

from intentlog.contract import Contract

Resources = Callable[[str, str], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("drawing-agent-logs", {"/drawing-agent/app": 30, "/drawing-agent/errors": 90}),
        ("chimera-logs", {"Chimera": 30}),
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
    for resource in templates["drawing-agent-logs"]["Resources"].values():
        assert resource["DeletionPolicy"] == "Retain"
        assert resource["UpdateReplacePolicy"] == "Retain"


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


def test_the_alarm_rings_at_more_than_ten_errors_in_five_minutes(
    templates: dict[str, Any], resources: Resources
) -> None:
    """The high-error-rate alarm of system A, whole; begin and end go to the topic."""
    (alarm,) = resources("drawing-agent-alerts", "AWS::CloudWatch::Alarm")
    topic = _id_of(templates["drawing-agent-alerts"], "AWS::SNS::Topic")

    assert alarm == {
        "AlarmName": "drawing-agent-high-error-rate",
        "AlarmDescription": "The application fails for its users",
        "Namespace": "DrawingAgent",
        "MetricName": "ErrorCount",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": topic}],
        "OKActions": [{"Ref": topic}],
    }


@pytest.mark.parametrize("service", ["drawing-agent", "chimera"])
def test_every_alarm_watches_a_metric_that_a_filter_emits(
    resources: Resources, service: str
) -> None:
    """Namespace and name are the same on both sides."""
    emitted = {
        (t["MetricNamespace"], t["MetricName"])
        for f in resources(f"{service}-alerts", "AWS::Logs::MetricFilter")
        for t in f["MetricTransformations"]
    }
    watched = {
        (a["Namespace"], a["MetricName"])
        for a in resources(f"{service}-alerts", "AWS::CloudWatch::Alarm")
    }

    assert watched <= emitted


def test_a_prefix_begins_every_name(drawing_agent: Contract) -> None:
    """Two environments can share an account: no name is the same in both."""
    prefixed = drawing_agent.with_prefix("dev-")

    assert prefixed.service == "dev-drawing-agent"
    assert prefixed.log_groups == {
        "app": "/dev-drawing-agent/app",
        "errors": "/dev-drawing-agent/errors",
    }
    assert prefixed.alarm_name("high-error-rate") == "dev-drawing-agent-high-error-rate"


def _id_of(template: dict[str, Any], type_: str) -> str:
    (found,) = (key for key, value in template["Resources"].items() if value["Type"] == type_)
    return str(found)
