"""A webhook of one's own: plain JSON, signed as https://www.standardwebhooks.com says."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from alarm_digest.message import Link, Message, Section, Status
from alarm_digest.post import PostError, post

from .secret import with_secret
from .size import fitted
from .text import octets

_OCTETS = 1024 * 1024
_STATES: dict[Status, str] = {
    "ringing": "ALARM",
    "flapping": "ALARM",
    "resolved": "OK",
    "unknown": "UNKNOWN",
    "report": "",
}

Payload = dict[str, Any]


def payload(message: Message) -> Payload:
    """Return the message as plain data: ``service``, ``title``, ``status``, ``alarms``, ..."""
    return fitted(message, _rendered, lambda data: octets(json.dumps(data)) <= _OCTETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook that takes JSON.

    The secret is a URL, or JSON with ``url`` and ``key``: then what is posted is signed.
    """

    name: str
    secret: str

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> None:
        """Post a message.

        Raises:
            PostError: It was not taken.
        """
        del thread
        body = json.dumps(payload(message)).encode()

        def send(secret: str) -> None:
            url, key = _url_and_key(secret)
            headers = signature(body, key, now=int(time.time())) if key else {}
            post(url, body, deadline=deadline, headers=headers)

        with_secret(self.secret, send)


def signature(body: bytes, key: str, *, now: int) -> dict[str, str]:
    """Return the headers that prove who posted a body, and when.

    The same body has the same ``webhook-id``: whoever gets it twice can see it.

    Args:
        body: What is posted.
        key: ``whsec_`` and base64, or any text, whose UTF-8 is the key.
        now: Seconds since 1970.

    Raises:
        PostError: What follows ``whsec_`` is not base64.
    """
    identity = f"msg_{hashlib.sha256(body).hexdigest()[:32]}"
    signed = f"{identity}.{now}.".encode() + body
    mac = hmac.new(_key(key), signed, hashlib.sha256).digest()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _key(text: str) -> bytes:
    encoded = text.removeprefix("whsec_")
    if encoded == text:
        return text.encode()
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise PostError("the secret's `key` begins with whsec_ but is not base64") from None


def _url_and_key(secret: str) -> tuple[str, str]:
    if not secret.startswith("{"):
        return secret, ""
    try:
        held = json.loads(secret)
        return str(held["url"]), str(held.get("key", ""))
    except (KeyError, ValueError):
        raise PostError(
            'the secret is neither a URL nor JSON like {"url": "https://...", "key": "..."}',
            secret_refused=True,
        ) from None


def _rendered(message: Message) -> Payload:
    return {
        "service": message.service,
        "title": message.title,
        "status": message.status,
        "reminder": message.reminder,
        "alarms": [_alarm(section) for section in message.sections],
        "links": _links(message.links),
    }


def _alarm(section: Section) -> Payload:
    facts = dict(section.facts)
    states = facts["States"].split(" → ") if "States" in facts else []
    return {
        "key": section.key,
        "name": section.title,
        "status": section.status,
        "state": states[-1] if states else _STATES[section.status],
        "states": states,
        "reason": facts.get("Reason", ""),
        "purpose": section.summary,
        "time": facts.get("Changed", ""),
        "facts": facts,
        "samples": list(section.samples),
        "sparkline": section.sparkline,
        "notes": list(section.notes),
        "links": _links(section.links),
    }


def _links(links: tuple[Link, ...]) -> dict[str, str]:
    return {link.label: link.place for link in links}
