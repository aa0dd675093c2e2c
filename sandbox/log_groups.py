"""What log groups have that MiniStack lacks: masking, field indexes, deletion protection, an end.

The policies are checked, stored and shown, never applied: nothing is masked and nothing indexed.
A template that names a group which exists is refused, as by CloudFormation, unless it is imported.
What a function says after it was deleted makes no group: at AWS, roles made here may not make one.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs, lambda_svc
from ministack.services.cloudformation import provisioners

from intentlog.errors import IntentlogError

RESOURCE_TYPE = "AWS::Logs::LogGroup"
PROTECTED = (
    "Cannot delete log group with deletion protection enabled. Disable deletion protection first."
)

_MOST_INDEXES = 20
_LONGEST_INDEX = 100


def install() -> None:
    """Put the additions around MiniStack's log groups; once a process."""
    _install_api()
    _install_end_of_functions()
    handlers = provisioners._RESOURCE_HANDLERS[RESOURCE_TYPE]
    handlers["create"] = _creating(handlers["create"])
    handlers["update"] = _updating(handlers["update"])
    handlers["delete"] = _deleting(handlers["delete"])


# The API ----------------------------------------------------------------------------------------


def _install_api() -> None:
    create, delete = cloudwatch_logs._create_log_group, cloudwatch_logs._delete_log_group
    describe = cloudwatch_logs._describe_log_groups

    def create_log_group(data: dict[str, Any]) -> Any:
        existed = data.get("logGroupName") in cloudwatch_logs._log_groups
        answer = create(data)
        if not existed and data.get("deletionProtectionEnabled"):
            cloudwatch_logs._log_groups[data["logGroupName"]]["deletionProtection"] = True
        return answer

    def delete_log_group(data: dict[str, Any]) -> Any:
        if _is_protected(data.get("logGroupName", "")):
            return responses.error_response_json("ValidationException", PROTECTED, 400)
        return delete(data)

    def describe_log_groups(data: dict[str, Any]) -> Any:
        status, headers, body = describe(data)
        answer = json.loads(body)
        for shown in answer.get("logGroups", []):
            shown.update(_additions(cloudwatch_logs._log_groups[shown["logGroupName"]]))
        return status, headers, json.dumps(answer).encode()

    cloudwatch_logs._create_log_group = create_log_group
    cloudwatch_logs._delete_log_group = delete_log_group
    cloudwatch_logs._describe_log_groups = describe_log_groups


def _install_end_of_functions() -> None:
    native = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(func: dict[str, Any], *arguments: Any, **options: Any) -> None:
        name = (func.get("config") or func).get("FunctionName")
        if name in lambda_svc._functions:
            native(func, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_lambda_logs


def _additions(group: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"deletionProtectionEnabled": group.get("deletionProtection", False)}
    if "dataProtection" in group:
        shown["dataProtectionStatus"] = "ACTIVATED"
    return shown


def _is_protected(name: str) -> bool:
    return bool(cloudwatch_logs._log_groups.get(name, {}).get("deletionProtection"))


def _protect(data: dict[str, Any]) -> Any:
    """Answer PutLogGroupDeletionProtection."""
    _, group = _identified(data["logGroupIdentifier"])
    group["deletionProtection"] = bool(data["deletionProtectionEnabled"])
    return responses.json_response({})


def _put_data_protection(data: dict[str, Any]) -> Any:
    """Answer PutDataProtectionPolicy."""
    name, group = _identified(data["logGroupIdentifier"])
    check_data_protection(data["policyDocument"])
    group["dataProtection"] = _policy(name, data["policyDocument"], "lastUpdatedTime")
    return responses.json_response(group["dataProtection"])


def _get_data_protection(data: dict[str, Any]) -> Any:
    """Answer GetDataProtectionPolicy; without a policy it names the group alone."""
    name, group = _identified(data["logGroupIdentifier"])
    return responses.json_response(group.get("dataProtection") or {"logGroupIdentifier": name})


def _delete_data_protection(data: dict[str, Any]) -> Any:
    """Answer DeleteDataProtectionPolicy."""
    _, group = _identified(data["logGroupIdentifier"])
    group.pop("dataProtection", None)
    return responses.json_response({})


def _put_index(data: dict[str, Any]) -> Any:
    """Answer PutIndexPolicy."""
    name, group = _identified(data["logGroupIdentifier"])
    if group.get("logGroupClass", "STANDARD") != "STANDARD":
        raise IntentlogError("field index policies are for log groups of the class STANDARD only")
    check_index(data["policyDocument"])
    policy = _policy(name, data["policyDocument"], "lastUpdateTime") | {"source": "LOG_GROUP"}
    group["indexPolicy"] = policy
    return responses.json_response({"indexPolicy": policy})


def _describe_index(data: dict[str, Any]) -> Any:
    """Answer DescribeIndexPolicies."""
    groups = [_identified(identifier)[1] for identifier in data["logGroupIdentifiers"]]
    policies = [group["indexPolicy"] for group in groups if "indexPolicy" in group]
    return responses.json_response({"indexPolicies": policies})


def _delete_index(data: dict[str, Any]) -> Any:
    """Answer DeleteIndexPolicy."""
    _, group = _identified(data["logGroupIdentifier"])
    group.pop("indexPolicy", None)
    return responses.json_response({})


def check_data_protection(document: str) -> None:
    """Refuse a data protection policy without its two statements, for the same identifiers.

    Raises:
        IntentlogError: It is none.
    """
    try:
        statements = json.loads(document)["Statement"]
        operations = {next(iter(each["Operation"])) for each in statements}
        identifiers = {tuple(sorted(map(str, each["DataIdentifier"]))) for each in statements}
    except (KeyError, StopIteration, TypeError, ValueError) as error:
        raise IntentlogError(f"not a data protection policy: {document[:200]}") from error
    if operations != {"Audit", "Deidentify"} or len(identifiers) != 1:
        raise IntentlogError(
            "a data protection policy has an Audit and a Deidentify statement for the same data"
        )


def check_index(document: str) -> None:
    """Refuse a field index policy without fields, with more than 20 or with one too long.

    Raises:
        IntentlogError: It is none.
    """
    try:
        policy = json.loads(document)
        fields = [*policy.get("Fields", []), *policy.get("FieldsV2", {})]
    except (AttributeError, TypeError, ValueError) as error:
        raise IntentlogError(f"not a field index policy: {document[:200]}") from error
    if not 0 < len(fields) <= _MOST_INDEXES or max(map(len, fields)) > _LONGEST_INDEX:
        raise IntentlogError("a field index policy has 1 to 20 fields of at most 100 characters")


def _policy(name: str, document: str, time_key: str) -> dict[str, Any]:
    return {
        "logGroupIdentifier": name,
        "policyDocument": document,
        time_key: int(time.time() * 1000),
    }


def _identified(identifier: str) -> tuple[str, dict[str, Any]]:
    """Find a log group by its name or its ARN."""
    name = identifier.rpartition(":log-group:")[2].removesuffix(":*")
    group = cloudwatch_logs._log_groups.get(name)
    if group is None:
        raise LookupError(f"The specified log group does not exist: {name}")
    return name, group


# CloudFormation ---------------------------------------------------------------------------------


def _creating(native: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        _refuse_taken(properties.get("LogGroupName"))
        name, attributes = native(logical_id, properties, stack_name)
        _apply(name, properties)
        return name, attributes

    return create


def _updating(native: Callable[..., Any]) -> Callable[..., Any]:
    def update(name: str, old: dict[str, Any], properties: dict[str, Any], *where: Any) -> Any:
        wanted = properties.get("LogGroupName")
        if wanted != name:
            _refuse_taken(wanted)
        name, attributes = native(name, old, properties, *where)
        _apply(name, properties)
        return name, attributes

    return update


def _deleting(native: Callable[..., Any]) -> Callable[..., Any]:
    def delete(name: str, properties: dict[str, Any]) -> None:
        if _is_protected(name):
            raise ValueError(PROTECTED)
        native(name, properties)

    return delete


def _refuse_taken(name: str | None) -> None:
    """Refuse to create a group that is there: MiniStack would empty it and take it over."""
    if name in cloudwatch_logs._log_groups:
        identifier = json.dumps({"/properties/LogGroupName": name}, separators=(",", ":"))
        raise ValueError(
            f"Resource of type '{RESOURCE_TYPE}' with identifier '{identifier}' already exists."
        )


def _apply(name: str, properties: dict[str, Any]) -> None:
    """Give the group what a template says of masking, indexes and protection, and no more."""
    group = cloudwatch_logs._log_groups[name]
    for key in ("dataProtection", "indexPolicy", "deletionProtection"):
        group.pop(key, None)
    try:
        if document := properties.get("DataProtectionPolicy"):
            _put_data_protection({"logGroupIdentifier": name, "policyDocument": _text(document)})
        for document in properties.get("FieldIndexPolicies") or []:
            _put_index({"logGroupIdentifier": name, "policyDocument": _text(document)})
    except IntentlogError as error:
        raise ValueError(str(error)) from error
    protected = str(properties.get("DeletionProtectionEnabled", False)).lower() == "true"
    group["deletionProtection"] = protected


def _text(document: dict[str, Any] | str) -> str:
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "PutLogGroupDeletionProtection": _protect,
    "PutDataProtectionPolicy": _put_data_protection,
    "GetDataProtectionPolicy": _get_data_protection,
    "DeleteDataProtectionPolicy": _delete_data_protection,
    "PutIndexPolicy": _put_index,
    "DescribeIndexPolicies": _describe_index,
    "DeleteIndexPolicy": _delete_index,
}
