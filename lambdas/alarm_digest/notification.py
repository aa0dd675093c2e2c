"""What arrives in the queue: alarm notifications of CloudWatch, by way of SNS."""

import json
from dataclasses import dataclass
from typing import Any

_UNREADABLE_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One change of state of one alarm; ``time`` is ISO 8601 as CloudWatch gives it."""

    alarm: str
    state: str
    reason: str
    purpose: str = ""
    time: str = ""


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
    return Notification(
        alarm=str(message["AlarmName"]),
        state=str(message["NewStateValue"]),
        reason=str(message.get("NewStateReason") or ""),
        purpose=str(message.get("AlarmDescription") or ""),
        time=str(message.get("StateChangeTime") or ""),
    )
