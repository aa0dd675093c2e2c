"""Sinks and links of CloudWatch's cross-account observability, as CloudFormation types only.

MiniStack has no Observability Access Manager: what a template says is taken and given an ARN.
There is one account in the sandbox, so nothing could be seen through a link.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import responses

SINK, LINK = "AWS::Oam::Sink", "AWS::Oam::Link"
REPLACING = {SINK: ("Name",), LINK: ("SinkIdentifier", "LabelTemplate")}


def _creating(kind: str, attributes: Callable[[dict[str, Any]], dict[str, str]]) -> Any:
    def create(
        _logical_id: str, properties: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, str]]:
        account, region = responses.get_account_id(), responses.get_region()
        arn = f"arn:aws:oam:{region}:{account}:{kind}/{responses.new_uuid()}"
        return arn, {"Arn": arn, **attributes(properties)}

    return create


def _updating(attributes: Callable[[dict[str, Any]], dict[str, str]]) -> Any:
    def update(
        arn: str, _old: dict[str, Any], properties: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, str]]:
        return arn, {"Arn": arn, **attributes(properties)}

    return update


def _handlers(
    kind: str, attributes: Callable[[dict[str, Any]], dict[str, str]]
) -> dict[str, Callable[..., Any]]:
    return {
        "create": _creating(kind, attributes),
        "update": _updating(attributes),
        "delete": lambda _arn, _properties: None,
    }


HANDLERS: dict[str, dict[str, Callable[..., Any]]] = {
    SINK: _handlers("sink", lambda _properties: {}),
    LINK: _handlers("link", lambda link: {"Label": link.get("LabelTemplate") or "$AccountName"}),
}
