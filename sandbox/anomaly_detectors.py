"""Log anomaly detectors, which MiniStack lacks: the API and the CloudFormation type.

One is stored and shown, and never looks at a log event.
"""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.core import responses

RESOURCE_TYPE = "AWS::Logs::LogAnomalyDetector"
REPLACING = ()

_SETTINGS = ("evaluationFrequency", "filterPattern", "anomalyVisibilityTime")

_detectors = responses.AccountRegionScopedDict()


def reset() -> None:
    """Forget every detector."""
    _detectors.clear()


def _create(data: dict[str, Any]) -> Any:
    """Answer CreateLogAnomalyDetector."""
    account, region = responses.get_account_id(), responses.get_region()
    arn = f"arn:aws:logs:{region}:{account}:anomaly-detector:{responses.new_uuid()}"
    now = int(time.time() * 1000)
    given = ("detectorName", "kmsKeyId", *_SETTINGS)
    _detectors[arn] = {key: data[key] for key in given if key in data} | {
        "logGroupArnList": data["logGroupArnList"],
        "anomalyDetectorStatus": "INITIALIZING",
        "creationTimeStamp": now,
        "lastModifiedTimeStamp": now,
    }
    return responses.json_response({"anomalyDetectorArn": arn})


def _get(data: dict[str, Any]) -> Any:
    """Answer GetLogAnomalyDetector."""
    return responses.json_response(_found(data))


def _list(data: dict[str, Any]) -> Any:
    """Answer ListLogAnomalyDetectors: those of a log group, or all."""
    group = data.get("filterLogGroupArn")
    found = [
        {"anomalyDetectorArn": arn, **detector}
        for arn, detector in _detectors.items()
        if group is None or group in detector["logGroupArnList"]
    ]
    return responses.json_response({"anomalyDetectors": found})


def _update(data: dict[str, Any]) -> Any:
    """Answer UpdateLogAnomalyDetector."""
    detector = _found(data)
    detector.update({key: data[key] for key in _SETTINGS if key in data})
    detector["anomalyDetectorStatus"] = "INITIALIZING" if data["enabled"] else "PAUSED"
    detector["lastModifiedTimeStamp"] = int(time.time() * 1000)
    return responses.json_response({})


def _delete(data: dict[str, Any]) -> Any:
    """Answer DeleteLogAnomalyDetector."""
    _found(data)
    _detectors.pop(data["anomalyDetectorArn"])
    return responses.json_response({})


def _found(data: dict[str, Any]) -> dict[str, Any]:
    arn = data["anomalyDetectorArn"]
    if arn not in _detectors:
        raise LookupError(f"no anomaly detector {arn}")
    detector: dict[str, Any] = _detectors[arn]
    return detector


def _create_resource(
    _logical_id: str, properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, Any]]:
    status, _, body = _create(_request(properties) | {"logGroupArnList": _groups(properties)})
    if status != HTTPStatus.OK:
        raise ValueError(body.decode())
    arn: str = json.loads(body)["anomalyDetectorArn"]
    return arn, _attributes(arn)


def _update_resource(
    arn: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, Any]]:
    _update(_request(properties) | {"anomalyDetectorArn": arn, "enabled": True})
    _detectors[arn]["logGroupArnList"] = _groups(properties)
    return arn, _attributes(arn)


def _request(properties: dict[str, Any]) -> dict[str, Any]:
    """The API's members for a template's: the same names, the first letter small."""
    request = {name[0].lower() + name[1:]: value for name, value in properties.items()}
    if "anomalyVisibilityTime" in request:
        request["anomalyVisibilityTime"] = int(request["anomalyVisibilityTime"])
    return request


def _groups(properties: dict[str, Any]) -> list[str]:
    return list(properties.get("LogGroupArnList") or [])


def _attributes(arn: str) -> dict[str, Any]:
    detector = _detectors[arn]
    return {
        "AnomalyDetectorArn": arn,
        "AnomalyDetectorStatus": detector["anomalyDetectorStatus"],
        "CreationTimeStamp": detector["creationTimeStamp"],
        "LastModifiedTimeStamp": detector["lastModifiedTimeStamp"],
    }


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "CreateLogAnomalyDetector": _create,
    "GetLogAnomalyDetector": _get,
    "ListLogAnomalyDetectors": _list,
    "UpdateLogAnomalyDetector": _update,
    "DeleteLogAnomalyDetector": _delete,
}
HANDLERS: dict[str, Callable[..., Any]] = {
    "create": _create_resource,
    "update": _update_resource,
    "delete": lambda arn, _properties: _detectors.pop(arn, None),
}
