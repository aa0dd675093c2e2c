"""Turns log events into metric data the way CloudWatch's metric filters do; knows no emulator.

The reading taken where the documentation leaves room:

- A datum carries the time of its event. Events of one batch, minute, value and set of dimensions
  become one datum with a count, at the last of their times: sums and sample counts per period are
  the same, and thousands of events stay cheap.
- A default value is published once for each minute of a batch in which events arrived and none
  matched. With 0, the only default this project uses, a match in the same minute from another
  batch leaves every sum as it would be.
- A match whose value is no number, or that lacks the field of a dimension, publishes nothing.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NotRequired, TypedDict

from intentlog.errors import IntentlogError
from intentlog.expression import FilterPattern, Match

_MINUTE_MS = 60_000


class LogEvent(TypedDict):
    """An event as PutLogEvents takes it; the time in milliseconds."""

    timestamp: int
    message: str


class Transformation(TypedDict):
    """One metricTransformations entry of PutMetricFilter."""

    metricName: str
    metricNamespace: str
    metricValue: str
    defaultValue: NotRequired[float]
    dimensions: NotRequired[dict[str, str]]
    unit: NotRequired[str]


class MetricFilter(TypedDict):
    """The part of a stored metric filter that decides what is published."""

    filterPattern: str
    metricTransformations: list[Transformation]


# Dimensions, minute, value: what must agree for two events to share a datum.
_Key = tuple[tuple[tuple[str, str], ...], int, float]


@lru_cache(maxsize=1024)
def parse(pattern: str) -> FilterPattern:
    """Parse a filter pattern, once for each text."""
    return FilterPattern.parse(pattern)


def check(pattern: str, transformations: Iterable[Transformation]) -> None:
    """Refuse what PutMetricFilter refuses.

    Raises:
        IntentlogError: The pattern or a selector does not parse, a value is neither a number nor
            a selector, or a default value stands beside dimensions.
    """
    parse(pattern)
    empty = Match("{}", {})
    for transformation in transformations:
        dimensions = transformation.get("dimensions", {})
        if dimensions and "defaultValue" in transformation:
            raise IntentlogError(
                "Invalid metric transformation: dimensions and default value are mutually "
                "exclusive when used together"
            )
        for selector in dimensions.values():
            empty.value_of(selector)
        value = transformation["metricValue"]
        if value.startswith("$"):
            empty.value_of(value)
        elif _number(value) is None:
            raise IntentlogError(f"metricValue: expected a number or a selector, got {value!r}")


def metric_data(
    metric_filter: MetricFilter, events: Iterable[LogEvent]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the namespace and the PutMetricData datum of everything that a batch publishes."""
    pattern = parse(metric_filter["filterPattern"])
    matched = [(event, pattern.match(event["message"])) for event in events]
    for transformation in metric_filter["metricTransformations"]:
        yield from _published(transformation, matched)


def _published(
    transformation: Transformation, matched: list[tuple[LogEvent, Match | None]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    counts: Counter[_Key] = Counter()
    last: dict[_Key, int] = {}
    silent: dict[int, int] = {}
    for event, match in matched:
        minute = event["timestamp"] // _MINUTE_MS
        key = None if match is None else _key(transformation, match, minute)
        if key is not None:
            counts[key] += 1
            last[key] = max(last.get(key, 0), event["timestamp"])
        if match is None:
            silent[minute] = max(silent.get(minute, 0), event["timestamp"])
    heard = {event["timestamp"] // _MINUTE_MS for event, match in matched if match is not None}
    if "defaultValue" in transformation:
        for minute in silent.keys() - heard:
            key = ((), minute, float(transformation["defaultValue"]))
            counts[key], last[key] = 1, silent[minute]
    for key, count in counts.items():
        yield transformation["metricNamespace"], _datum(transformation, key, count, last[key])


def _key(transformation: Transformation, match: Match, minute: int) -> _Key | None:
    """What the event's datum agrees on with others, or None when it publishes nothing."""
    text = transformation["metricValue"]
    value = match.number_of(text) if text.startswith("$") else _number(text)
    if value is None:
        return None
    dimensions = []
    for name, selector in transformation.get("dimensions", {}).items():
        found = match.value_of(selector)
        if found is None:
            return None
        dimensions.append((name, str(found).lower() if isinstance(found, bool) else str(found)))
    return tuple(dimensions), minute, float(value)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _datum(transformation: Transformation, key: _Key, count: int, time_ms: int) -> dict[str, Any]:
    dimensions, _, value = key
    return {
        "MetricName": transformation["metricName"],
        "Timestamp": time_ms / 1000,
        "Values": [value],
        "Counts": [float(count)],
        "Unit": transformation.get("unit", "None"),
        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions],
    }
