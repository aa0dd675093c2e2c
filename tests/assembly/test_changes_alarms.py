"""What a review says of alarms: what rings later or tells nobody is dangerous."""

import pytest

from tests.assembly.changing import (
    ALARM,
    COMPOSITE,
    LOG_ALARM,
    MUTE,
    Body,
    assembly,
    resource,
    said,
    said_of,
    said_of_properties,
    window,
)


def band(width: float) -> list[Body]:
    """An alarm's metrics with a band."""
    return [
        {"Id": "band", "Expression": f"ANOMALY_DETECTION_BAND(m, {width:g})"},
        {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Errors"}}},
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"Threshold": 10},
            {"Threshold": 100},
            ["! is loosened, `10` → `100`: it rings later, or not at all"],
        ),
        ({"Threshold": 10}, {"Threshold": 1}, ["is tightened, `10` → `1`: it rings sooner"]),
        (
            {"Threshold": 10, "ComparisonOperator": "LessThanThreshold"},
            {"Threshold": 1, "ComparisonOperator": "LessThanThreshold"},
            ["! is loosened, `10` → `1`: it rings later, or not at all"],
        ),
        (
            {"EvaluationPeriods": 1},
            {"EvaluationPeriods": 3},
            ["! looks at another number of periods, `1` → `3`: it rings later"],
        ),
        (
            {"TreatMissingData": "breaching"},
            {"TreatMissingData": "notBreaching"},
            [
                (
                    "! takes missing data otherwise, `breaching` → `notBreaching`: silence wakes "
                    "nobody any more"
                )
            ],
        ),
        ({}, {"ActionsEnabled": False}, ["! is silenced: its actions are disabled"]),
        (
            {"AlarmActions": [{"Ref": "Topic"}]},
            {"AlarmActions": []},
            ["! is silenced: it told `${Topic}` and tells nobody now"],
        ),
        (
            {"AlarmActions": [{"Ref": "Topic"}]},
            {"AlarmActions": [{"Ref": "Other"}]},
            ["no longer tells `${Topic}` when it begins", "tells `${Other}` when it begins"],
        ),
        (
            {"Metrics": band(2)},
            {"Metrics": band(4)},
            [
                (
                    "! compares with another band of standard deviations, `2` → `4`: it rings "
                    "later, or not at all"
                )
            ],
        ),
        (
            {"Metrics": [{"Expression": "100 * a / b"}]},
            {"Metrics": [{"Expression": "a / b"}]},
            ["compares another expression, `100 * a / b` → `a / b`"],
        ),
        ({"AlarmDescription": "a"}, {"AlarmDescription": "b"}, ["says something else of itself"]),
    ],
)
def test_alarms(old: Body, new: Body, expected: list[str]) -> None:
    """What rings later, or tells nobody, is dangerous."""
    found = said_of_properties(ALARM, old, new, AlarmName="shop-errors")

    assert [one.replace("Alarm `shop-errors` ", "") for one in found] == expected


def test_an_alarm_goes() -> None:
    """Nobody is woken by it."""
    before = assembly(shop={"A": resource(ALARM, AlarmName="shop-errors")})

    assert said(before, assembly(shop={})) == [
        "! Alarm `shop-errors` is removed: what it watched wakes nobody any more"
    ]


def test_a_part_of_an_incident_is_not_silenced() -> None:
    """The incident tells for it."""
    old = resource(ALARM, AlarmName="shop-a", AlarmActions=["topic"])
    new = resource(ALARM, AlarmName="shop-a")
    incident = resource(
        COMPOSITE, AlarmName="shop-down", AlarmRule='ALARM("shop-a")', AlarmActions=["topic"]
    )

    assert said(assembly(shop={"A": old}), assembly(shop={"A": new, "I": incident})) == [
        "Alarm `shop-a` tells nobody by itself any more: `shop-down` tells for it",
        "Incident alarm `shop-down` is new",
    ]


def test_an_incident_rings_for_less() -> None:
    """A part that is gone from its rule."""
    assert said_of_properties(
        COMPOSITE,
        {"AlarmRule": 'ALARM("a") OR ALARM("b")'},
        {"AlarmRule": 'ALARM("a")'},
        AlarmName="shop-down",
    ) == ["! Incident alarm `shop-down` no longer rings for `b`"]


def test_a_log_alarm_asks_another_question() -> None:
    """Its query, its times."""
    old = {
        "QueryString": "filter a",
        "ScheduleConfiguration": {"ScheduleExpression": "rate(1 minute)"},
    }
    new = {
        "QueryString": "filter b",
        "ScheduleConfiguration": {"ScheduleExpression": "rate(1 hour)"},
    }

    assert said_of_properties(
        LOG_ALARM,
        {"ScheduledQueryConfiguration": old},
        {"ScheduledQueryConfiguration": new},
        AlarmName="shop-late",
    ) == [
        "Log alarm `shop-late` asks another question, `filter a` → `filter b`",
        (
            "Log alarm `shop-late` asks at other times, `ScheduleExpression rate(1 minute)` → "
            "`ScheduleExpression rate(1 hour)`"
        ),
    ]


def test_mute_rules() -> None:
    """A new one, a longer one, one for more alarms: all silence somebody."""
    rule = resource(
        MUTE,
        Name="shop-nightly",
        Rule=window("cron(0 2 * * *)", "PT30M"),
        MuteTargets={"AlarmNames": ["shop-a"]},
    )
    longer = resource(
        MUTE,
        Name="shop-nightly",
        Rule=window("cron(0 2 * * *)", "PT4H"),
        MuteTargets={"AlarmNames": ["shop-a", "shop-b"]},
    )

    assert said(assembly(shop={}), assembly(shop={"M": rule})) == [
        (
            "! Mute rule `shop-nightly` is new: silences `shop-a` at `cron(0 2 * * *)` (UTC) "
            "for `PT30M`"
        )
    ]
    assert said_of(rule, longer) == [
        "! Mute rule `shop-nightly` silences `shop-b`, too",
        (
            "! Mute rule `shop-nightly` silences alarms at another time: at `cron(0 2 * * *)` "
            "(UTC) for `PT30M` → at `cron(0 2 * * *)` (UTC) for `PT4H`"
        ),
    ]


def counts(metric: str, pattern: str = "") -> Body:
    """A metric filter."""
    made = {"MetricNamespace": "Shop", "MetricName": metric, "MetricValue": "1"}
    return resource("AWS::Logs::MetricFilter", FilterPattern=pattern, MetricTransformations=[made])


def test_a_filter_reaches_other_lines() -> None:
    """Its pattern, from and to."""
    assert said_of(counts("Errors", "{ $.a = 1 }"), counts("Errors", "{ $.a = 2 }")) == [
        (
            "Metric filter `shop/It` counts other lines, `{ $.a = 1 }` → `{ $.a = 2 }`: alarms on "
            "its metric compare another number"
        )
    ]


def test_an_alarm_is_starved() -> None:
    """A metric is renamed, and the alarm on it is not."""
    alarm = resource(ALARM, AlarmName="shop-errors", Namespace="Shop", MetricName="Errors")
    before = assembly(shop={"F": counts("Errors"), "A": alarm})
    after = assembly(shop={"F": counts("Failures"), "A": alarm})

    assert said(before, after) == [
        (
            "! Alarm `shop-errors` watches `Shop/Errors`, which no metric filter counts any more: "
            "it cannot ring"
        ),
        "Metric filter `shop/F` no longer counts `Shop/Errors`",
        "Metric filter `shop/F` counts `Shop/Failures` from now on",
    ]
