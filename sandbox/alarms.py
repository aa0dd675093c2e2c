"""Decides the state of a metric alarm as CloudWatch documents it; knows no emulator.

Periods are counted back from now, not aligned to the clock, and data that arrives late is used as
soon as it is there: an alarm here may be up to a minute or two faster than the real one.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

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
