"""Decides the state of a metric alarm as CloudWatch documents it; knows no emulator.

Periods are counted back from now, not aligned to the clock, and data that arrives late is used as
soon as it is there: an alarm here may be up to a minute or two faster than the real one.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sandbox import metric_math

OK: Final = "OK"
ALARM: Final = "ALARM"
INSUFFICIENT_DATA: Final = "INSUFFICIENT_DATA"

_BREACHES: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# What a period without data counts as; None is neither breaching nor not.
_MISSING: Final[dict[str, bool | None]] = {"breaching": True, "notBreaching": False}

Point = Mapping[str, Any]


def periods(alarm: Mapping[str, Any], points: Sequence[Point], now: float) -> list[list[Point]]:
    """Sort the points into the alarm's evaluation periods, the latest first."""
    length, number = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
    sorted_in: list[list[Point]] = [[] for _ in range(number)]
    for point in points:
        index = int(max(now - point["Timestamp"], 0) // length)
        if index < number:
            sorted_in[index].append(point)
    return sorted_in


def is_evaluated(alarm: Mapping[str, Any]) -> bool:
    """Whether the sandbox decides an alarm's state; the others keep what they are set to.

    Not those with an anomaly detection band, which would have to learn, nor log alarms.
    """
    return alarm.get("ComparisonOperator") in _BREACHES and "QueryResultsToEvaluate" not in alarm


def check_metrics(queries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse the ``Metrics`` of an alarm that cannot be evaluated.

    Raises:
        IntentlogError: Not exactly one of them is returned, their periods differ, or an
            expression is beyond the metric math that is emulated.
    """
    if len([query for query in queries if query.get("ReturnData", True)]) != 1:
        raise metric_math.MetricMathError("Metrics: exactly one entry must have ReturnData true")
    if len({int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query}) > 1:
        raise metric_math.MetricMathError("Metrics: all metrics must have the same period")
    for query in queries:
        if "Expression" in query:
            metric_math.compiled(query["Expression"])


def math_period(queries: Sequence[Mapping[str, Any]]) -> int:
    """Return the period of an alarm on metric math, in seconds."""
    return max(int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query)


def math_values(
    queries: Sequence[Mapping[str, Any]], metrics: Mapping[str, Sequence[float | None]]
) -> list[float | None]:
    """Return what the alarm looks at, for each period, from its metrics for each period.

    Args:
        queries: The alarm's ``Metrics``; an expression may use those that stand before it.
        metrics: The values of every ``MetricStat`` by its id, as many for each.
    """
    results: list[float | None] = []
    returned = next(query["Id"] for query in queries if query.get("ReturnData", True))
    for period in zip(*metrics.values(), strict=True):
        values = dict(zip(metrics, period, strict=True))
        for query in queries:
            if "Expression" in query:
                values[query["Id"]] = metric_math.compiled(query["Expression"])(values)
        results.append(values[returned])
    return results


def state(alarm: Mapping[str, Any], statistics: Sequence[float | None]) -> tuple[str | None, str]:
    """Return the new state and its reason from one statistic for each period, None where no data.

    The state is None when the alarm must stay as it is: it ignores missing data and has none, or
    its comparison is one that is not emulated (anomaly detection bands).
    """
    breaches = _BREACHES.get(alarm["ComparisonOperator"])
    if breaches is None:
        return None, ""
    threshold = float(alarm["Threshold"])
    treatment = alarm.get("TreatMissingData") or "missing"
    if treatment in ("missing", "ignore") and all(value is None for value in statistics):
        unknown = INSUFFICIENT_DATA if treatment == "missing" else None
        return unknown, f"Insufficient Data: {len(statistics)} datapoints were unknown."
    verdicts = [
        _MISSING.get(treatment) if value is None else breaches(value, threshold)
        for value in statistics
    ]
    needed = int(alarm.get("DatapointsToAlarm") or len(verdicts))
    breaching = sum(1 for verdict in verdicts if verdict)
    shown = ", ".join("missing" if value is None else f"{value:g}" for value in statistics)
    reason = (
        f"Threshold Crossed: {breaching} of the last {len(verdicts)} datapoints [{shown}] "
        f"breach {alarm['ComparisonOperator']} {threshold:g} ({needed} to alarm)."
    )
    return (ALARM if breaching >= needed else OK), reason
