"""What CloudWatch puts on the event bus when an alarm changes state; knows no emulator.

Members and spelling are those of the CloudWatch User Guide, "Alarm events and EventBridge".
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Alarm = Mapping[str, Any]


def event(alarm: Alarm, *, old: str, reason: str, now: datetime) -> dict[str, Any]:
    """Return the entry of PutEvents for an alarm that left ``old`` now, in UTC."""
    timestamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}+0000"
    state = {"value": alarm["StateValue"], "reason": reason, "timestamp": timestamp}
    if data := alarm.get("StateReasonData"):
        state["reasonData"] = data
    detail = {
        "alarmName": alarm["AlarmName"],
        "configuration": {"description": alarm.get("AlarmDescription"), **_watched(alarm)},
        "previousState": {"value": old},
        "state": state,
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm["AlarmArn"]],
    }


def _watched(alarm: Alarm) -> dict[str, Any]:
    if "AlarmRule" in alarm:
        return {"alarmRule": alarm["AlarmRule"]}
    if "Metrics" in alarm:
        return {"metrics": [_query(query) for query in alarm["Metrics"]]}
    if "MetricName" not in alarm:
        return {}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    stat = {"Metric": alarm, "Period": alarm.get("Period"), "Stat": statistic}
    return {"metrics": [_query({"Id": "m1", "MetricStat": stat, "ReturnData": True})]}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key[0].lower() + key[1:]: value for key, value in query.items()}
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        dimensions = metric.get("Dimensions") or []
        shown["metricStat"] = {
            "metric": {
                "namespace": metric["Namespace"],
                "name": metric["MetricName"],
                "dimensions": {each["Name"]: each["Value"] for each in dimensions},
            },
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
    return shown
