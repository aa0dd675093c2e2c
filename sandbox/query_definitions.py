"""Saved queries of CloudWatch Logs, which MiniStack lacks: the API and the CloudFormation type."""

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import responses

RESOURCE_TYPE = "AWS::Logs::QueryDefinition"
REPLACING = ()

_definitions = responses.AccountRegionScopedDict()


def reset() -> None:
    """Forget every query definition."""
    _definitions.clear()


def put(data: dict[str, Any]) -> Any:
    """Answer PutQueryDefinition: create one, or replace the one whose id is given."""
    number = data.get("queryDefinitionId")
    if number is None:
        number = responses.new_uuid()
    elif number not in _definitions:
        return _missing(number)
    _definitions[number] = {
        "queryDefinitionId": number,
        "queryLanguage": data.get("queryLanguage", "CWLI"),
        "name": data["name"],
        "queryString": data["queryString"],
        "logGroupNames": data.get("logGroupNames", []),
        "parameters": data.get("parameters", []),
        "lastModified": int(time.time() * 1000),
    }
    return responses.json_response({"queryDefinitionId": number})


def describe(data: dict[str, Any]) -> Any:
    """Answer DescribeQueryDefinitions: by prefix and language, a page at a time."""
    prefix, language = data.get("queryDefinitionNamePrefix", ""), data.get("queryLanguage")
    found = sorted(
        (
            definition
            for definition in _definitions.values()
            if definition["name"].startswith(prefix)
            and language in (None, definition["queryLanguage"])
        ),
        key=lambda definition: (definition["name"], definition["queryDefinitionId"]),
    )
    start = int(data.get("nextToken") or 0)
    end = start + int(data.get("maxResults") or 1000)
    answer: dict[str, Any] = {"queryDefinitions": found[start:end]}
    if end < len(found):
        answer["nextToken"] = str(end)
    return responses.json_response(answer)


def delete(data: dict[str, Any]) -> Any:
    """Answer DeleteQueryDefinition."""
    number = data.get("queryDefinitionId")
    if _definitions.pop(number, None) is None:
        return _missing(number)
    return responses.json_response({"success": True})


def _create_resource(
    _logical_id: str, properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, str]]:
    answer = json.loads(put(_query_request(properties))[2])
    number: str = answer["queryDefinitionId"]
    return number, {"QueryDefinitionId": number}


def _update_resource(
    number: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
) -> tuple[str, dict[str, str]]:
    put(_query_request(properties) | {"queryDefinitionId": number})
    return number, {"QueryDefinitionId": number}


def _query_request(properties: dict[str, Any]) -> dict[str, Any]:
    """The PutQueryDefinition request for a template's properties."""
    parameters = [
        {name[0].lower() + name[1:]: text for name, text in parameter.items()}
        for parameter in properties.get("Parameters", [])
    ]
    return {
        "name": properties["Name"],
        "queryString": properties["QueryString"],
        "queryLanguage": properties.get("QueryLanguage", "CWLI"),
        "logGroupNames": properties.get("LogGroupNames", []),
        "parameters": parameters,
    }


def _missing(number: str | None) -> Any:
    return responses.error_response_json(
        "ResourceNotFoundException", f"no query definition {number}", 400
    )


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "PutQueryDefinition": put,
    "DescribeQueryDefinitions": describe,
    "DeleteQueryDefinition": delete,
}
HANDLERS: dict[str, Callable[..., Any]] = {
    "create": _create_resource,
    "update": _update_resource,
    "delete": lambda number, _properties: _definitions.pop(number, None),
}
