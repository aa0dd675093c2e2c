"""The expressions of alarms, and the values of alarms on several metrics."""

from typing import Any

import pytest

from intentlog.errors import IntentlogError
from sandbox import alarms, metric_math

VALUES: dict[str, float | None] = {"part": 6, "total": 120, "zero": 0, "none": None}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 4 - 2", 2),
        ("-part + .5e1", -1),
        ("2 - -1", 3),
        ("100 * part / total", 5),
        ("part / zero", None),
        ("part + none", None),
        ("part + unheard", None),
        ("part < 6", 0),
        ("part <= 6", 1),
        ("part > 5 AND total >= 120", 1),
        ("part != 6 || total == 120", 1),
        ("part > 6 OR zero", 0),
        ("FILL(none, 0) + 1", 1),
        ("FILL(part, 0)", 6),
        ("IF(total >= 100, 100 * part / total, 0)", 5),
        ("IF(total >= 1000, 100 * part / total, 0)", 0),
        ("IF(none, 1, 2)", None),
        ("IF(FILL(none, 0) >= 100, 100 * FILL(part, 0) / none, 0)", 0),
    ],
)
def test_value(expression: str, expected: float | None) -> None:
    """Of one period; None where there is no data point."""
    assert metric_math.compiled(expression)(VALUES) == expected


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", "the end"),
        ("part +", "the end"),
        ("(part", "the end"),
        ("part total", "'total'"),
        ("part; 1", "';'"),
        ("FILL(part, REPEAT) 2", "'2'"),
        ("SEARCH('x', 'Sum', 300)", '"\'"'),
        ("RATE(part)", "'RATE'"),
        ("IF(part, 1)", "'IF'"),
        ("__import__", "'_'"),
    ],
)
def test_what_is_not_evaluated_is_refused(expression: str, found: str) -> None:
    """With what was found where something else must be."""
    with pytest.raises(metric_math.MetricMathError) as raised:
        metric_math.compiled(expression)
    assert str(raised.value).endswith(f"found {found}")


def _metric(name: str, *, period: int = 60, returned: bool = False) -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Period": period}, "ReturnData": returned}


SHARE = {"Id": "share", "Expression": "100 * part / total", "ReturnData": True}


def test_alarm_looks_at_the_returned_entry_in_every_period() -> None:
    """Each period by itself; later expressions may use earlier ones."""
    twice = {"Id": "twice", "Expression": "2 * share"}
    queries = [_metric("part"), _metric("total"), SHARE | {"ReturnData": False}, twice]
    values: dict[str, list[float | None]] = {"part": [5.0, 1.0, None], "total": [10.0, 100.0, 10.0]}
    assert alarms.math_values(queries, values) == [100, 2, None]


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ([_metric("part"), _metric("total")], "exactly one entry"),
        ([_metric("part", returned=True), _metric("total"), SHARE], "exactly one entry"),
        ([_metric("part"), _metric("total", period=300), SHARE], "the same period"),
        ([_metric("part"), SHARE | {"Expression": "METRICS()"}], "does not evaluate"),
    ],
)
def test_metrics_that_no_alarm_can_have(queries: list[dict[str, Any]], message: str) -> None:
    """They are refused when they are put, not when nothing ever rings."""
    with pytest.raises(IntentlogError, match=message):
        alarms.check_metrics(queries)
