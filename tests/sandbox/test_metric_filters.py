"""What a metric filter publishes for a batch of events, without an emulator."""

import json
from typing import Any

from sandbox.metric_filters import LogEvent, MetricFilter, metric_data

MINUTE = 60_000


def _filter(**transformation: Any) -> MetricFilter:
    return {
        "filterPattern": '{ $.level = "ERROR" }',
        "metricTransformations": [
            {"metricNamespace": "N", "metricName": "M", "metricValue": "1", **transformation}  # type: ignore[typeddict-item]
        ],
    }


def _event(level: str, time_ms: int, **fields: Any) -> LogEvent:
    return {"timestamp": time_ms, "message": json.dumps({"level": level, **fields})}


def _published(
    metric_filter: MetricFilter, *events: LogEvent
) -> list[tuple[float, list[float], list[float]]]:
    data = [datum for _, datum in metric_data(metric_filter, events)]
    return [(datum["Timestamp"], datum["Values"], datum["Counts"]) for datum in data]


def test_events_of_a_minute_are_one_datum_at_the_last_of_them() -> None:
    """The count keeps sums and sample counts what they would be."""
    events = [_event("ERROR", 1000), _event("ERROR", 3000), _event("ERROR", MINUTE)]
    assert _published(_filter(), *events) == [(3.0, [1.0], [2.0]), (60.0, [1.0], [1.0])]


def test_default_is_for_minutes_without_a_match() -> None:
    """A minute with one match among others has no default."""
    events = [_event("INFO", 1000), _event("ERROR", 2000), _event("INFO", MINUTE + 5000)]
    assert _published(_filter(defaultValue=0), *events) == [
        (2.0, [1.0], [1.0]),
        (65.0, [0.0], [1.0]),
    ]


def test_match_without_a_number_publishes_nothing() -> None:
    """Not even the default: the event did match."""
    events = [_event("ERROR", 1000, ms="slow"), _event("ERROR", 1000)]
    assert _published(_filter(metricValue="$.ms", defaultValue=0), *events) == []


def test_datum_has_unit_namespace_and_dimensions() -> None:
    """Everything of the transformation arrives."""
    metric_filter = _filter(unit="Milliseconds", metricValue="$.ms", dimensions={"c": "$.category"})
    event = _event("ERROR", 1500, ms=2.5, category="auth")
    assert list(metric_data(metric_filter, [event])) == [
        (
            "N",
            {
                "MetricName": "M",
                "Timestamp": 1.5,
                "Values": [2.5],
                "Counts": [1.0],
                "Unit": "Milliseconds",
                "Dimensions": [{"Name": "c", "Value": "auth"}],
            },
        )
    ]
