"""What arrives in the queue: changes of alarms, by way of SNS or EventBridge; or anything else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from .breach import Breach, breach
from .message import Link
from .redaction import redacted

UNRECOGNISED = "UNRECOGNISED"
"""The state of what is no alarm notification."""

_STATES = {"ALARM", "INSUFFICIENT_DATA", "OK"}
_LINKS = {"Dashboard", "Query", "Runbook"}
_ALARM_NAME = 255  # CloudWatch takes no longer one
_ARN = 1_600  # the same
_DESCRIPTION = 1_024  # the same
_REASON = 1_023  # the same
_UNREADABLE_SHOWN = 500
_NAMED_SHOWN = 100
_FUTURE_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One change of state of one alarm, or something that is none.

    Attributes:
        key: What tells alarm from alarm: its ARN, else its name. What is unrecognised has a hash.
        alarm: The alarm's name; of what is unrecognised, what it is instead.
        state: ``ALARM``, ``OK``, ``INSUFFICIENT_DATA`` or ``UNRECOGNISED``.
        old_state: The state before; empty if it was not told.
        time: When the state changed, in seconds since 1970, to the millisecond.
        reason: Why, in CloudWatch's words; of what is unrecognised, its beginning.
        purpose: What the alarm says of itself.
        links: Where its description leads: ``Runbook``, ``Dashboard``, ``Query``.
        breach: What it watches, and over how long.
    """

    key: str
    alarm: str
    state: str
    time: float
    old_state: str = ""
    reason: str = ""
    purpose: str = ""
    links: tuple[Link, ...] = ()
    breach: Breach | None = None


class _NoAlarmError(Exception):
    """It is something else; the text says what."""


def parse(body: str, sent: float) -> Notification:
    """Read an SQS record's body, whatever it is; nothing is raised.

    What is no alarm notification is shown as what it is: something asked for attention, and
    dropping it would hide that.

    Args:
        body: The record's body.
        sent: When it was put into the queue, in seconds since 1970: the time of a change that
            does not say its own.
    """
    text = body = body.encode(errors="replace").decode()
    try:
        message = _object(text, "")
        if message.get("Type") == "Notification" and "Message" in message:
            # What says no time of its own is as old as its envelope, however often that comes.
            sent = _time(message.get("Timestamp"), sent)
            text = str(message["Message"])
            message = _object(text, str(message.get("Subject") or ""))
        return _alarm(message, sent)
    except _NoAlarmError as error:
        what = str(error)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        what = "an alarm notification that lacks something"
    return Notification(
        # The same body, delivered twice, is one.
        key=f"{UNRECOGNISED}:{sha256(body.encode()).hexdigest()[:16]}",
        alarm=what,
        state=UNRECOGNISED,
        time=sent,
        reason=redacted(text[:_UNREADABLE_SHOWN]),
    )


def _object(text: str, subject: str) -> dict[str, Any]:
    """Read a JSON object, or say what it is instead."""
    try:
        # Half of a surrogate pair, which JSON can say, can be posted nowhere.
        written = json.dumps(json.loads(text), ensure_ascii=False)
        value = json.loads(written.encode(errors="replace"))
    except (RecursionError, ValueError):
        value = None
    if isinstance(value, dict):
        return value
    if subject:
        raise _NoAlarmError(f"an SNS message: {_cut(subject)}")
    raise _NoAlarmError("not JSON" if value is None else "JSON that is no object")


def _alarm(message: dict[str, Any], sent: float) -> Notification:
    if "AlarmName" in message:
        return _of_topic(message, sent)
    if message.get("source") == "aws.cloudwatch" and "alarmName" in (message.get("detail") or ()):
        return _of_event_bus(message, sent)
    sender = message.get("source") or message.get("Source") or message.get("Service")
    kind = message.get("detail-type") or message.get("Type") or message.get("Event")
    raise _NoAlarmError(", ".join(_cut(part) for part in (sender, kind) if part) or "other JSON")


def _of_topic(message: dict[str, Any], sent: float) -> Notification:
    """Read what an alarm's action publishes: metric, composite and log alarms alike."""
    name = _name(message["AlarmName"])
    return _notification(
        key=str(message.get("AlarmArn") or name),
        alarm=name,
        state=message["NewStateValue"],
        old_state=message.get("OldStateValue"),
        time=_time(message.get("StateChangeTime"), sent),
        reason=message.get("NewStateReason"),
        description=message.get("AlarmDescription"),
        message=message,
    )


def _of_event_bus(message: dict[str, Any], sent: float) -> Notification:
    """Read an event of the type "CloudWatch Alarm State Change"."""
    detail, state = message["detail"], message["detail"]["state"]
    name = _name(detail["alarmName"])
    arns = message.get("resources") or [name]
    return _notification(
        key=str(arns[0] or name),
        alarm=name,
        state=state["value"],
        old_state=(detail.get("previousState") or {}).get("value"),
        time=_time(state.get("timestamp") or message.get("time"), sent),
        reason=state.get("reason"),
        description=(detail.get("configuration") or {}).get("description"),
        message=message,
    )


def _notification(  # noqa: PLR0913 - the members of either kind of message
    *,
    key: str,
    alarm: str,
    state: object,
    old_state: object,
    time: float,
    reason: object,
    description: object,
    message: Mapping[str, Any],
) -> Notification:
    if state not in _STATES:
        raise _NoAlarmError(f"an alarm in the state {_cut(state)}")
    purpose, links = _description(description)
    return Notification(
        key=key[:_ARN],
        alarm=alarm,
        state=str(state),
        old_state=_cut(old_state or ""),
        time=time,
        reason=redacted(str(reason or "")[:_REASON]),
        purpose=purpose,
        links=links,
        breach=breach(message),
    )


def _cut(value: object) -> str:
    return str(value)[:_NAMED_SHOWN]


def _name(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no alarm's name")
    return value[:_ALARM_NAME]


def _time(text: object, sent: float) -> float:
    """Return a time that can be believed: what rang far in the future would never be over."""
    if not text:
        return sent
    moment = datetime.fromisoformat(str(text))
    seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    return round(seconds, 3) if 0 < seconds < sent + _FUTURE_SECONDS else sent


def _description(text: object) -> tuple[str, tuple[Link, ...]]:
    """Divide what an alarm says of itself: its purpose, and its links, a line each."""
    purpose: list[str] = []
    links: list[Link] = []
    for line in str(text or "")[:_DESCRIPTION].splitlines():
        label, colon, place = line.partition(": ")
        if colon and label in _LINKS:
            links.append(Link(label=label, place=place))
        else:
            purpose.append(line)
    return "\n".join(purpose), tuple(links)
