"""What CloudWatch publishes when an alarm changes state; knows no emulator.

The members, their order and their spelling are those of messages that CloudWatch has sent: a
metric alarm has a ``Trigger``, a composite alarm a rule and the children that moved it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from botocore.loaders import Loader

Alarm = Mapping[str, Any]

_STATISTICS = {"SampleCount": "SAMPLE_COUNT"}


def message(alarm: Alarm, *, old: str, reason: str, now: datetime) -> dict[str, Any]:
    """Return the notification of an alarm that left ``old`` now, in UTC."""
    region, account = alarm["AlarmArn"].split(":")[3:5]
    return {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": account,
        "NewStateValue": alarm["StateValue"],
        "NewStateReason": reason,
        "StateChangeTime": _time(now),
        "Region": region_name(region),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": old,
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
        **_what_it_watches(alarm),
    }


def subject(alarm: Alarm, region: str) -> str:
    """Return the notification's subject; SNS takes 100 characters."""
    return f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {region_name(region)}'[:100]


@lru_cache(maxsize=64)
def region_name(region: str) -> str:
    """Return a region as people read it: ``US East (N. Virginia)``."""
    partitions = Loader().load_data("endpoints")["partitions"]
    names = {
        code: details["description"]
        for partition in partitions
        for code, details in partition["regions"].items()
    }
    return str(names.get(region, region))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def _what_it_watches(alarm: Alarm) -> dict[str, Any]:
    if "AlarmRule" in alarm:
        return {"AlarmRule": alarm["AlarmRule"], "TriggeringChildren": _children(alarm)}
    if "ScheduledQueryConfiguration" in alarm:
        return {}
    trigger: dict[str, Any] = {
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"],
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm.get("Threshold", 0.0),
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": "",
    }
    if "Metrics" in alarm:
        del trigger["Period"]
        return {"Trigger": trigger | {"Metrics": [_query(query) for query in alarm["Metrics"]]}}
    return {
        "Trigger": {
            "MetricName": alarm["MetricName"],
            "Namespace": alarm["Namespace"],
            **_statistic(alarm),
            "Unit": alarm.get("Unit"),
            "Dimensions": _dimensions(alarm.get("Dimensions") or []),
            **trigger,
        }
    }


def _statistic(alarm: Alarm) -> dict[str, str]:
    if extended := alarm.get("ExtendedStatistic"):
        return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
    name = alarm.get("Statistic") or "Average"
    return {"StatisticType": "Statistic", "Statistic": _STATISTICS.get(name, name.upper())}


def _children(alarm: Alarm) -> list[dict[str, Any]]:
    """The alarms that moved a composite alarm; a state that was set by hand has none."""
    children = json.loads(alarm.get("StateReasonData") or "{}").get("triggeringAlarms", [])
    return [
        {
            "Arn": child["arn"],
            "State": {
                "Value": child["state"]["value"],
                "Timestamp": child["state"]["timestamp"],
            },
        }
        for child in children
    ]


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(query)
    if statistic := query.get("MetricStat"):
        metric = statistic["Metric"]
        dimensions = _dimensions(metric.get("Dimensions") or [])
        shown["MetricStat"] = {**statistic, "Metric": {**metric, "Dimensions": dimensions}}
    return shown


def _dimensions(dimensions: list[Mapping[str, str]]) -> list[dict[str, str]]:
    """CloudWatch spells these two, and only these two, with small letters."""
    return [{"value": each["Value"], "name": each["Name"]} for each in dimensions]
