"""PagerDuty's Events API v2: https://developer.pagerduty.com/docs/send-alert-event."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from alarm_digest.message import Link, Message, Section, Status
from alarm_digest.post import PostError, post

from .secret import with_secret
from .size import fitted
from .text import address, fit, line, octets

_ENDPOINT = "https://events.pagerduty.com/v2/enqueue"
_OCTETS = 512_000
_SUMMARY = 1_024
_KEY = 255
_NAME = 255
_TEXT = 4_000
_SEVERITIES: dict[Status, str] = {"ringing": "critical", "flapping": "error", "unknown": "warning"}

Payload = dict[str, Any]


def payload(message: Message) -> list[Payload]:
    """Return an event for each incident, without the routing key; a report has none.

    The same incident has the same ``dedup_key`` in every message, so that it is one in PagerDuty
    however often it is told.
    """
    return [
        fitted(
            Message(
                service=message.service,
                title=message.title,
                status=section.status,
                sections=(section,),
                links=message.links,
            ),
            _event,
            lambda event: octets(json.dumps(event)) <= _OCTETS,
        )
        for section in message.sections
        if section.status != "report"
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty:
    """A service of PagerDuty; the secret is its integration's routing key."""

    name: str
    secret: str
    endpoint: str = _ENDPOINT

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> None:
        """Send every event, also after one that is refused.

        Raises:
            PostError: One or more were not taken; it has the keys of those that were.
        """
        del thread
        sections = [section for section in message.sections if section.status != "report"]
        taken: list[str] = []
        refused: PostError | None = None
        for section, event in zip(sections, payload(message), strict=True):
            try:
                self._send(event, deadline)
            except PostError as error:
                refused = refused or error
            else:
                taken.append(section.key)
        if refused:
            raise PostError(str(refused), retry_after=refused.retry_after, taken=taken)

    def _send(self, event: Payload, deadline: float) -> None:
        def send(routing_key: str) -> None:
            body = json.dumps({"routing_key": routing_key, **event}).encode()
            post(self.endpoint, body, deadline=deadline)

        with_secret(self.secret, send)


def _event(message: Message) -> Payload:
    (section,) = message.sections
    key = _dedup_key(message.service, section)
    if section.status == "resolved":
        return {"event_action": "resolve", "dedup_key": key}
    links = [*section.links, *message.links]
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "client": "intentlog",
        "payload": {
            "summary": fit(line(f"{message.service}: {_about(section)}"), _SUMMARY),
            "source": fit(message.service, _NAME) or "-",
            "severity": _SEVERITIES.get(section.status, "info"),
            "component": fit(section.title, _NAME) or "-",
            "custom_details": _details(section, links),
        },
        "links": [
            {"href": url, "text": fit(link.label, _NAME)}
            for link in links
            if (url := address(link.place))
        ],
    }


def _about(section: Section) -> str:
    return " - ".join(filter(None, (section.title, section.summary)))


def _details(section: Section, links: list[Link]) -> Payload:
    details: Payload = {fit(name, _NAME): fit(value, _TEXT) for name, value in section.facts}
    if section.samples:
        details["Samples"] = [fit(sample, _TEXT) for sample in section.samples]
    if section.sparkline:
        details["Sparkline"] = section.sparkline
    if section.notes:
        details["Notes"] = [fit(note, _TEXT) for note in section.notes]
    elsewhere = {link.label: link.place for link in links if address(link.place) is None}
    return details | {label: fit(place, _TEXT) for label, place in elsewhere.items()}


def _dedup_key(service: str, section: Section) -> str:
    key = section.key or f"{service}/{section.title}"
    if len(key) <= _KEY:
        return key
    return hashlib.sha256(key.encode()).hexdigest()
