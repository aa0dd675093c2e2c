"""What arrives in the queue: alarm notifications of CloudWatch, by way of SNS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_UNREADABLE_SHOWN = 500
_LINKS = {"Dashboard", "Query", "Runbook"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One change of state of one alarm; ``time`` is ISO 8601 as CloudWatch gives it.

    ``links`` are places to go, by what they are: ``Runbook``, ``Dashboard``, ``Query``.
    """

    alarm: str
    state: str
    reason: str
    purpose: str = ""
    time: str = ""
    links: Mapping[str, str] = field(default_factory=dict)


def parse(body: str) -> Notification:
    """Read an SQS record's body, whatever it is.

    What is no alarm notification is shown as what it is: something asked for attention, and
    dropping it would hide that.
    """
    try:
        return _alarm(_unwrapped(json.loads(body)))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return Notification(
            alarm="(not an alarm notification)", state="UNKNOWN", reason=body[:_UNREADABLE_SHOWN]
        )


def _unwrapped(message: dict[str, Any]) -> dict[str, Any]:
    """Take an alarm out of the envelope that SNS puts around it, if there is one."""
    if message.get("Type") == "Notification":
        unwrapped: dict[str, Any] = json.loads(message["Message"])
        return unwrapped
    return message


def _alarm(message: dict[str, Any]) -> Notification:
    purpose, links = _description(str(message.get("AlarmDescription") or ""))
    return Notification(
        alarm=str(message["AlarmName"]),
        state=str(message["NewStateValue"]),
        reason=str(message.get("NewStateReason") or ""),
        purpose=purpose,
        time=str(message.get("StateChangeTime") or ""),
        links=links,
    )


def _description(text: str) -> tuple[str, dict[str, str]]:
    """Divide what an alarm says of itself: its purpose, and its links, a line each."""
    purpose: list[str] = []
    links: dict[str, str] = {}
    for line in text.splitlines():
        label, colon, place = line.partition(": ")
        if colon and label in _LINKS:
            links[label] = place
        else:
            purpose.append(line)
    return "\n".join(purpose), links
