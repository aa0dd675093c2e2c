"""Alarms that MiniStack's CloudFormation refuses: on metric math or a band, and composite ones.

Composite alarms themselves, their rules and their states are MiniStack's own.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from intentlog.errors import IntentlogError
from sandbox import alarms

RESOURCE_TYPE = "AWS::CloudWatch::CompositeAlarm"
REPLACING = ("AlarmName",)

_SUPPRESSION = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
)
# What an alarm on one metric has and one on metric math has not.
_OF_ONE_METRIC = (
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Unit",
)


def install() -> None:
    """Let templates and PutMetricAlarm have ``Metrics``; once a process."""
    native_record = provisioners._cw_metric_alarm_record
    native_put = cloudwatch._put_metric_alarm

    def record(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        if not properties.get("Metrics"):
            return dict(native_record(name, properties))
        return _math_record(native_record, name, properties)

    def put(
        params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False
    ) -> Any:
        if not data.get("Metrics"):
            return native_put(params, data, is_cbor, is_json)
        try:
            provisioners._cw_metric_alarm_put(data["AlarmName"], data)
        except ValueError as error:
            return cloudwatch._error(
                "ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor
            )
        return cloudwatch._cbor_ok({}) if is_cbor else cloudwatch._json_ok({})

    provisioners._cw_metric_alarm_record = record
    cloudwatch._put_metric_alarm = put


def _math_record(
    native: Callable[..., dict[str, Any]], name: str, properties: dict[str, Any]
) -> dict[str, Any]:
    """Return MiniStack's record of an alarm, made over to one on several metrics."""
    queries = properties["Metrics"]
    stand_in = {"MetricName": "-", "Namespace": "-", "Threshold": 0, **properties, "Metrics": None}
    alarm = native(name, stand_in)
    alarm = {key: value for key, value in alarm.items() if key not in _OF_ONE_METRIC}
    alarm["Metrics"] = [_query(query) for query in queries]
    if "ThresholdMetricId" in properties:
        del alarm["Threshold"]
        return alarm | {"ThresholdMetricId": properties["ThresholdMetricId"]}
    try:
        alarms.check_metrics(alarm["Metrics"])
    except IntentlogError as error:
        # What a handler raises becomes the reason why the resource failed.
        raise ValueError(str(error)) from error
    return alarm


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    """One of ``Metrics`` as the API has it: a template's numbers may be text."""
    typed = dict(query)
    typed["ReturnData"] = str(query.get("ReturnData", True)).lower() == "true"
    if "MetricStat" in query:
        typed["MetricStat"] = {
            **query["MetricStat"],
            "Period": int(query["MetricStat"]["Period"]),
        }
    if "Period" in query:
        typed["Period"] = int(query["Period"])
    return typed


def _create_resource(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, str]]:
    name = properties.get("AlarmName") or provisioners._physical_name(
        stack_name, logical_id, max_len=255
    )
    return _put_composite(name, properties)


def _update_resource(
    name: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, str]]:
    return _put_composite(name, properties)


def _put_composite(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
    request = properties | {"AlarmName": name}
    _done(cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True))
    alarm = cloudwatch._composite_alarms[name]
    alarm.update({key: properties[key] for key in _SUPPRESSION if key in properties})
    return name, {"Arn": alarm["AlarmArn"]}


def _delete_resource(name: str, _properties: dict[str, Any]) -> None:
    _done(cloudwatch._delete_alarms({}, {"AlarmNames": [name]}, is_cbor=False, is_json=True))


def _done(answer: tuple[int, dict[str, str], bytes]) -> None:
    status, _, body = answer
    if status != HTTPStatus.OK:
        raise ValueError(json.loads(body)["message"])


HANDLERS: dict[str, Callable[..., Any]] = {
    "create": _create_resource,
    "update": _update_resource,
    "delete": _delete_resource,
}
