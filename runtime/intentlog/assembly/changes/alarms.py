"""Changes of alarms and of when they are mute: what no longer wakes anybody is dangerous."""

from collections.abc import Iterator, Mapping
from typing import Final

from intentlog.assembly.template import Assembly, Resource
from intentlog.assembly.values import listed, mapping
from intentlog.assembly.words import code, codes, text

from . import alarm_rules
from .alarm_rules import Grows
from .kinds import Finding, Kind, Pair, Rule, swaps
from .metrics import counted, watched


def starved(before: Assembly, after: Assembly) -> Iterator[tuple[Resource, Finding]]:
    """Yield the alarms on metrics that filters counted, and that no filter counts any more."""
    lost = counted(before) - counted(after)
    for alarm in after.of_type("AWS::CloudWatch::Alarm"):
        for metric in sorted(watched(alarm) & lost):
            said = f"watches {code(metric)}, which no metric filter counts any more: it cannot ring"
            yield alarm, Finding(said, danger=True)


def _mute(resource: Resource) -> Iterator[Finding]:
    schedule, alarms = _window(resource.properties.get("Rule")), _targets(resource.properties)
    said = f"silences {codes(alarms) if alarms else 'alarms'} {schedule}"
    yield Finding(said, danger=True)


def _window(rule: object) -> str:
    schedule = mapping(mapping(rule).get("Schedule"))
    zone = f" ({text(schedule['Timezone'])})" if "Timezone" in schedule else ""
    begins, lasts = code(schedule.get("Expression")), code(schedule.get("Duration"))
    return f"at {begins}{zone} for {lasts}"


def _mute_window(pair: Pair) -> Iterator[Finding]:
    words = f"{_window(pair.was('Rule'))} → {_window(pair.now('Rule'))}"
    yield Finding(f"silences alarms at another time: {words}", danger=True)


def _mute_targets(pair: Pair) -> Iterator[Finding]:
    old, new = _targets(pair.old.properties), _targets(pair.new.properties)
    if won := [one for one in new if one not in old]:
        yield Finding(f"silences {codes(won)}, too", danger=True)
    if lost := [one for one in old if one not in new]:
        yield Finding(f"no longer silences {codes(lost)}")


def _targets(properties: Mapping[str, object]) -> list[str]:
    return [text(name) for name in listed(mapping(properties.get("MuteTargets")).get("AlarmNames"))]


def _says(_pair: Pair) -> Iterator[Finding]:
    yield Finding("says something else of itself")


_LOSS: Final = "what it watched wakes nobody any more"
_TELLING: Final[Mapping[str, Rule]] = {
    "ActionsEnabled": alarm_rules.enabled,
    "AlarmActions": alarm_rules.actions,
    "AlarmDescription": _says,
    "InsufficientDataActions": swaps("InsufficientDataActions", "tells others of missing data"),
    "OKActions": swaps("OKActions", "tells others when it ends"),
}
_WATCHING: Final[Mapping[str, Rule]] = {
    "Threshold": alarm_rules.threshold,
    "TreatMissingData": alarm_rules.missing_data,
    "ComparisonOperator": swaps("ComparisonOperator", "compares otherwise", danger=True),
}

ALARMS: Final[Mapping[str, Kind]] = {
    "AWS::CloudWatch::Alarm": Kind(
        noun="alarm",
        name="AlarmName",
        loss=_LOSS,
        removal_is_danger=True,
        rules={
            **_TELLING,
            **_WATCHING,
            "DatapointsToAlarm": Grows("DatapointsToAlarm", "wants another number of data points"),
            "Dimensions": swaps("Dimensions", "watches the metric of something else"),
            "EvaluationPeriods": Grows("EvaluationPeriods", "looks at another number of periods"),
            "MetricName": swaps("MetricName", "watches another metric"),
            "Metrics": alarm_rules.metrics,
            "Namespace": swaps("Namespace", "watches metrics of another namespace"),
            "Period": swaps("Period", "looks at periods of another length, in seconds"),
            "Statistic": swaps("Statistic", "compares another statistic"),
        },
    ),
    "AWS::CloudWatch::CompositeAlarm": Kind(
        noun="incident alarm",
        name="AlarmName",
        loss="its parts tell nobody by themselves",
        removal_is_danger=True,
        rules={
            **_TELLING,
            "ActionsSuppressor": alarm_rules.suppressor,
            "AlarmRule": alarm_rules.rule,
        },
    ),
    "AWS::CloudWatch::LogAlarm": Kind(
        noun="log alarm",
        name="AlarmName",
        loss=_LOSS,
        removal_is_danger=True,
        rules={
            **_TELLING,
            **_WATCHING,
            "ActionLogLineCount": swaps("ActionLogLineCount", "shows another number of lines"),
            "QueryResultsToAlarm": Grows("QueryResultsToAlarm", "wants another number of results"),
            "QueryResultsToEvaluate": Grows(
                "QueryResultsToEvaluate", "looks at another number of results"
            ),
            "ScheduledQueryConfiguration": alarm_rules.scheduled_query,
        },
    ),
    "AWS::CloudWatch::AlarmMuteRule": Kind(
        noun="mute rule",
        name="Name",
        loss="what it silenced pages at any time",
        gain_is_danger=True,
        describe=_mute,
        rules={"MuteTargets": _mute_targets, "Rule": _mute_window, "Description": _says},
    ),
    "AWS::CloudWatch::AnomalyDetector": Kind(
        noun="metric anomaly detector", loss="alarms on its band learn from nothing"
    ),
}
