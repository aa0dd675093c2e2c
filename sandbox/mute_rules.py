"""Alarm mute rules, which MiniStack lacks: the API and the CloudFormation type."""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import provisioners

from intentlog.errors import IntentlogError
from sandbox.cloudwatch_api import ApiError
from sandbox.mute_schedule import MuteSchedule

RESOURCE_TYPE = "AWS::CloudWatch::AlarmMuteRule"

_MOST_TARGETS = 100
_SCHEDULED, _ACTIVE, _EXPIRED = "SCHEDULED", "ACTIVE", "EXPIRED"

_rules = responses.AccountRegionScopedDict()


def reset() -> None:
    """Forget every mute rule."""
    _rules.clear()


def is_muted(alarm_name: str) -> bool:
    """Whether a rule that targets the alarm is active now."""
    return any(
        alarm_name in _targets(rule) and _status(rule) == _ACTIVE for rule in list(_rules.values())
    )


def _put(data: dict[str, Any]) -> dict[str, Any]:
    """Answer PutAlarmMuteRule."""
    rule = {
        "Name": data["Name"],
        "AlarmMuteRuleArn": _arn(data["Name"]),
        "Description": data.get("Description", ""),
        "Rule": data["Rule"],
        "MuteTargets": data.get("MuteTargets") or {"AlarmNames": []},
        "StartDate": _time(data.get("StartDate")),
        "ExpireDate": _time(data.get("ExpireDate")),
        "LastUpdatedTimestamp": datetime.now(UTC),
    }
    try:
        MuteSchedule.of(rule["Rule"])
    except IntentlogError as error:
        raise ApiError("ValidationError", str(error)) from error
    if len(_targets(rule)) > _MOST_TARGETS:
        raise ApiError("ValidationError", f"a mute rule targets at most {_MOST_TARGETS} alarms")
    _rules[data["Name"]] = rule
    return {}


def _get(data: dict[str, Any]) -> dict[str, Any]:
    """Answer GetAlarmMuteRule."""
    name = data["AlarmMuteRuleName"].rpartition(":")[2]
    if name not in _rules:
        raise ApiError("ResourceNotFoundException", f"Alarm mute rule {name} does not exist", 404)
    return _described(_rules[name])


def _list(data: dict[str, Any]) -> dict[str, Any]:
    """Answer ListAlarmMuteRules: those of an alarm, those in a state, or all."""
    shown = ("AlarmMuteRuleArn", "ExpireDate", "Status", "MuteType", "LastUpdatedTimestamp")
    alarm, statuses = data.get("AlarmName"), data.get("Statuses")
    summaries = [
        {key: value for key, value in _described(rule).items() if key in shown}
        for rule in sorted(_rules.values(), key=lambda rule: str(rule["Name"]))
        if (alarm is None or alarm in _targets(rule))
        and (not statuses or _status(rule) in statuses)
    ]
    return {"AlarmMuteRuleSummaries": summaries}


def _delete(data: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteAlarmMuteRule; one that is not there counts as deleted."""
    _rules.pop(data["AlarmMuteRuleName"].rpartition(":")[2], None)
    return {}


def _described(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if value is not None} | {
        "Status": _status(rule),
        "MuteType": "Scheduled",
    }


def _status(rule: dict[str, Any]) -> str:
    now = datetime.now(UTC)
    if rule["ExpireDate"] is not None and now >= rule["ExpireDate"]:
        return _EXPIRED
    begun = rule["StartDate"] is None or now >= rule["StartDate"]
    return _ACTIVE if begun and MuteSchedule.of(rule["Rule"]).is_active(now) else _SCHEDULED


def _targets(rule: dict[str, Any]) -> list[str]:
    names: list[str] = rule["MuteTargets"]["AlarmNames"]
    return names


def _time(given: datetime | float | str | None) -> datetime | None:
    """Read a date as the API or a template gives it."""
    if given is None or isinstance(given, datetime):
        return given
    if isinstance(given, str):
        moment = datetime.fromisoformat(given)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.fromtimestamp(given, UTC)


def _arn(name: str) -> str:
    account, region = responses.get_account_id(), responses.get_region()
    return f"arn:aws:cloudwatch:{region}:{account}:alarm-mute-rule:{name}"


def _create_resource(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, str]]:
    name = properties.get("Name") or provisioners._physical_name(
        stack_name, logical_id, max_len=255
    )
    return _put_resource(name, properties)


def _update_resource(
    arn: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, str]]:
    return _put_resource(arn.rpartition(":")[2], properties)


def _put_resource(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
    _put(properties | {"Name": name})
    rule = _described(_rules[name])
    arn: str = rule["AlarmMuteRuleArn"]
    return arn, {
        "Arn": arn,
        "Status": rule["Status"],
        "MuteType": rule["MuteType"],
        "LastUpdatedTimestamp": rule["LastUpdatedTimestamp"].isoformat(),
    }


def _delete_resource(arn: str, _properties: dict[str, Any]) -> None:
    _delete({"AlarmMuteRuleName": arn})


ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "PutAlarmMuteRule": _put,
    "GetAlarmMuteRule": _get,
    "ListAlarmMuteRules": _list,
    "DeleteAlarmMuteRule": _delete,
}
HANDLERS: dict[str, Callable[..., Any]] = {
    "create": _create_resource,
    "update": _update_resource,
    "delete": _delete_resource,
}
REPLACING = ("Name",)
