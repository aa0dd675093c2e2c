"""What a notification says of its breach, whichever way it came and whatever it lacks."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.breach import Breach, breach

ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:drawing-agent-high-error-rate"
CHANGED = "2026-11-22T10:06:12.345+0000"
TRIGGER = {
    "MetricName": "ErrorCount",
    "Namespace": "DrawingAgent",
    "StatisticType": "Statistic",
    "Statistic": "SUM",
    "Unit": None,
    "Dimensions": [{"value": "web", "name": "Part"}],
    "Period": 300,
    "EvaluationPeriods": 2,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 10.0,
}
STAT = {
    "Metric": {
        "Namespace": "DrawingAgent",
        "MetricName": "ErrorCount",
        "Dimensions": [{"Name": "Part", "Value": "web"}],
    },
    "Period": 300,
    "Stat": "Sum",
}
KEYS = [
    *(*TRIGGER, *STAT, "Trigger", "Metrics", "Id", "MetricStat", "Expression", "ReturnData"),
    *("AlarmName", "StateChangeTime", "detail", "state", "reasonData", "configuration"),
    *("metrics", "id", "metricStat", "metric", "name", "resources"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


def sns(**changes: Any) -> dict[str, Any]:
    """A message of SNS."""
    message = {"AlarmName": "a", "AlarmArn": ARN, "StateChangeTime": CHANGED, "Trigger": TRIGGER}
    return message | changes


def event_bus() -> dict[str, Any]:
    """The same as an event of EventBridge."""
    looked_at = [{"timestamp": "2026-11-22T10:00:00.000+0000", "value": 12.0}] * 2
    metric = {"namespace": "DrawingAgent", "name": "ErrorCount", "dimensions": {"Part": "web"}}
    return {
        "detail-type": "CloudWatch Alarm State Change",
        "resources": [ARN],
        "detail": {
            "alarmName": "a",
            "state": {
                "value": "ALARM",
                "timestamp": CHANGED,
                "reasonData": json.dumps({"period": 300, "evaluatedDatapoints": looked_at}),
            },
            "configuration": {
                "metrics": [
                    {
                        "id": "watched",
                        "label": "ErrorCount",
                        "metricStat": {"metric": metric, "period": 300, "stat": "Sum"},
                        "returnData": True,
                    }
                ]
            },
        },
    }


@pytest.mark.parametrize("message", [sns(), event_bus()], ids=["SNS", "EventBridge"])
def test_both_ways_say_the_same(message: dict[str, Any]) -> None:
    """The window is that of the alarm and ends when it rang, not now; the metric can be asked."""
    found = breach(message)

    assert found == Breach(
        alarm="a",
        changed=CHANGED,
        arn=ARN,
        seconds=600,
        metrics=({"Id": "watched", "Label": "ErrorCount", "MetricStat": STAT, "ReturnData": True},),
    )
    assert found.window == (
        datetime(2026, 11, 22, 9, 54, 12, 345_000, UTC),
        datetime(2026, 11, 22, 10, 6, 12, 345_000, UTC),
    )
    assert Breach(**json.loads(json.dumps(asdict(found)))).window == found.window


def test_metric_math_is_asked_for_whole() -> None:
    """The expression and what it is made of; the window takes the longest period."""
    parts: list[dict[str, Any]] = [
        {"Id": "share", "Expression": "100 * part / total", "Label": "%", "ReturnData": True},
        {
            "Id": "part",
            "MetricStat": {
                "Metric": {
                    "Dimensions": [{"value": "web", "name": "Part"}],
                    "MetricName": "ErrorCount",
                    "Namespace": "DrawingAgent",
                },
                "Period": 300,
                "Stat": "Sum",
            },
            "ReturnData": False,
        },
    ]
    found = breach(sns(Trigger={"EvaluationPeriods": 3, "Metrics": parts}))

    assert list(found.metrics) == [
        parts[0],
        {"Id": "part", "MetricStat": STAT, "ReturnData": False},
    ]
    assert (found.seconds, found.period, found.metric_names) == (900, 300, ["ErrorCount"])


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"Statistic": "SAMPLE_COUNT"}, "SampleCount"),
        ({"Statistic": "AVERAGE"}, "Average"),
        ({"StatisticType": "ExtendedStatistic", "ExtendedStatistic": "p99.9"}, "p99.9"),
        ({}, "Average"),
    ],
)
def test_statistics_are_spelled_as_they_are_asked_for(given: dict[str, str], asked: str) -> None:
    """SNS shouts them, GetMetricData wants them written as names."""
    trigger = {"MetricName": "m", "Namespace": "n", "Period": 60, **given}

    (query,) = breach(sns(Trigger=trigger)).metrics

    assert query["MetricStat"]["Stat"] == asked


def test_an_alarm_of_other_alarms_has_five_minutes_and_no_metric() -> None:
    """A composite alarm does not say over how long it looks."""
    found = breach(sns(Trigger=None, AlarmRule='ALARM("b")'))

    assert (found.seconds, found.metrics) == (300, ())


def test_no_window_is_longer_than_a_day() -> None:
    """An alarm may look at a week, and nobody wants to pay for a query of it."""
    trigger = TRIGGER | {"Period": 86_400, "EvaluationPeriods": 7}
    start, end = breach(sns(Trigger=trigger)).window

    assert (end - start).days == 1


@pytest.mark.parametrize(
    "changed", ["", "yesterday", "2026-11-22T10:00:00", "0001-01-01T00:00+00:00"]
)
def test_what_is_no_time_is_an_error_of_its_own(changed: str) -> None:
    """Who asks for the window must expect it, and gets nothing else."""
    with pytest.raises((ValueError, OverflowError)):
        _ = breach(sns(StateChangeTime=changed)).window


@given(st.dictionaries(st.sampled_from(["Trigger", "detail", "AlarmName", "resources"]), JSON))
def test_nothing_that_is_json_makes_it_raise(message: dict[str, Any]) -> None:
    """A future schema or a hostile message is read as far as it can be."""
    found = breach(message)

    assert 0 < found.seconds <= 7 * 86_400 * 7 * 86_400
    assert found.period > 0
    assert isinstance(found.metric_names, list)
