"""The state of an alarm from its data, without an emulator."""

from typing import Any

import pytest

from sandbox import alarms

ALARM: dict[str, Any] = {
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 10,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.mark.parametrize(
    ("settings", "statistics", "expected"),
    [
        ({}, [11, 11, 11], "ALARM"),
        ({}, [11, 11, 10], "OK"),
        ({"DatapointsToAlarm": 2}, [11, 11, 10], "ALARM"),
        ({"DatapointsToAlarm": 2}, [11, None, 10], "OK"),
        ({"TreatMissingData": "breaching"}, [11, None, 11], "ALARM"),
        ({"TreatMissingData": "breaching"}, [None, None, None], "ALARM"),
        ({"TreatMissingData": "notBreaching"}, [11, None, 11], "OK"),
        ({"TreatMissingData": "notBreaching"}, [None, None, None], "OK"),
        ({"TreatMissingData": "missing"}, [None, None, None], "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "ignore"}, [None, None, None], None),
        ({"ComparisonOperator": "LessThanThreshold"}, [9, 9, 9], "ALARM"),
        ({"ComparisonOperator": "LessThanOrEqualToThreshold"}, [10, 10, 10], "ALARM"),
        ({"ComparisonOperator": "GreaterThanOrEqualToThreshold"}, [10, 10, 10], "ALARM"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, [99, 99, 99], None),
    ],
)
def test_state(
    settings: dict[str, Any], statistics: list[float | None], expected: str | None
) -> None:
    """M of N datapoints, and missing ones as the alarm treats them."""
    assert alarms.state(ALARM | settings, statistics)[0] == expected


def test_reason_names_the_datapoints() -> None:
    """A person reads it in the notification."""
    assert alarms.state(ALARM, [11, None, 12.5])[1] == (
        "Threshold Crossed: 2 of the last 3 datapoints [11, missing, 12.5] breach "
        "GreaterThanThreshold 10 (3 to alarm)."
    )


def test_periods_count_back_from_now() -> None:
    """The latest first; older data than the alarm looks at are left out."""
    points = [{"Timestamp": 1000 - age} for age in (0, 59, 60, 179, 180)]
    ages = [
        [1000 - point["Timestamp"] for point in period]
        for period in alarms.periods(ALARM, points, 1000)
    ]
    assert ages == [[0, 59], [60], [179]]
