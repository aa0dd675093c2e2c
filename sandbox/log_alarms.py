"""Log alarms, which MiniStack lacks: the API and the CloudFormation type.

They are stored among MiniStack's metric alarms, so that SetAlarmState, DeleteAlarms, composite
alarms and mutes find them; nothing runs their queries.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

RESOURCE_TYPE = "AWS::CloudWatch::LogAlarm"
REPLACING = ("AlarmName",)

_CONFIGURATION = (
    "AlarmDescription",
    "ScheduledQueryConfiguration",
    "ActionLogLineCount",
    "ActionLogLineRoleArn",
    "QueryResultsToEvaluate",
    "QueryResultsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "WarmUpConfiguration",
)


def install() -> None:
    """Let DescribeAlarms tell log alarms from metric alarms; once a process."""
    native = cloudwatch._describe_alarms

    def describe_alarms(
        params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False
    ) -> Any:
        if not is_json:
            return native(params, data, is_cbor, is_json)
        wanted = data.get("AlarmTypes") or ["MetricAlarm"]
        asked = data | {"AlarmTypes": [*wanted, "MetricAlarm"]}
        status, headers, body = native(params, asked, is_cbor, is_json)
        return status, headers, json.dumps(_sorted_out(json.loads(body), wanted)).encode()

    cloudwatch._describe_alarms = describe_alarms


def put(data: dict[str, Any]) -> dict[str, Any]:
    """Answer PutLogAlarm: create a log alarm or change one, which keeps its state."""
    name, now = data["AlarmName"], int(time.time())
    account, region = responses.get_account_id(), responses.get_region()
    fresh = {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
    }
    old = cloudwatch._alarms.get(name, fresh)
    alarm = {key: data[key] for key in _CONFIGURATION if data.get(key) is not None}
    cloudwatch._alarms[name] = alarm | {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
        "AlarmConfigurationUpdatedTimestamp": now,
        "ActionsEnabled": data.get("ActionsEnabled", True),
        **{key: data.get(key) or [] for key in ("AlarmActions", "OKActions")},
        "InsufficientDataActions": data.get("InsufficientDataActions") or [],
        **{key: old[key] for key in fresh},
    }
    return {}


def _is_log_alarm(alarm: dict[str, Any]) -> bool:
    return "ScheduledQueryConfiguration" in alarm


def _sorted_out(answer: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Put log alarms where they belong, and leave out the types that were not asked for."""
    found = answer.get("MetricAlarms", [])
    answer["LogAlarms"] = [
        alarm for alarm in found if _is_log_alarm(alarm) and "LogAlarm" in wanted
    ]
    answer["MetricAlarms"] = [
        alarm for alarm in found if not _is_log_alarm(alarm) and "MetricAlarm" in wanted
    ]
    return answer


def _create_resource(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, str]]:
    name = properties.get("AlarmName") or provisioners._physical_name(
        stack_name, logical_id, max_len=255
    )
    return _put_resource(name, properties)


def _update_resource(
    name: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, str]]:
    return _put_resource(name, properties)


def _put_resource(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
    put(properties | {"AlarmName": name})
    return name, {"Arn": cloudwatch._alarms[name]["AlarmArn"]}


def _delete_resource(name: str, _properties: dict[str, Any]) -> None:
    cloudwatch.cloudformation_delete_metric_alarm(name, refuse_dependents=True)


ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"PutLogAlarm": put}
HANDLERS: dict[str, Callable[..., Any]] = {
    "create": _create_resource,
    "update": _update_resource,
    "delete": _delete_resource,
}
