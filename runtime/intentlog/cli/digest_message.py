"""The digest function's message about some notifications, as if they had just arrived.

``alarm_digest`` is the function's package: whoever imports this has put it on the path.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from alarm_digest.destinations import RENDERERS
from alarm_digest.digest import digest
from alarm_digest.evidence import Evidence, NoEvidence
from alarm_digest.kinds import Kind
from alarm_digest.measured import Measured
from alarm_digest.message import Message
from alarm_digest.notification import parse
from alarm_digest.source import load as log_source_of
from alarm_digest.state import Item, Lease, Policy, State, claimed, introduced, with_changes
from intentlog.contract import Contract
from intentlog.render import log_source

_SERVICE = "preview"
_NO_LINES = NoEvidence("a preview asks nobody; --example-lines shows some")


def message(bodies: list[str], *, contract: Contract | None, example: bool) -> Message | None:
    """Return what a destination that knows of nothing would be told; None for nothing.

    Args:
        bodies: The bodies of the queue's records.
        contract: The application's contract, if it is known.
        example: Whether lines are made up.
    """
    changes = [parse(body, time.time()) for body in bodies]
    now = max(change.time for change in changes)
    state = with_changes(introduced(State(), ["preview"], now), changes, now, Policy())
    _, claims = claimed(state, now, Policy(), Lease("preview", now), patient=False)
    if not claims:
        return None
    items = claims[0].items
    learnt = {
        item.incident.key: _example(item) if example else _NO_LINES
        for item in items
        if item.status in {"ringing", "flapping"}
    }
    service = contract.service if contract else _SERVICE
    return digest(service, items, learnt, log_source_of(log_source(contract)) if contract else None)


def rendered(told: Message, kind: str) -> Any:
    """Return what a kind of destination gets: data, or for e-mail its text."""
    payload = RENDERERS[kind](told)
    return f"Subject: {payload.subject}\n\n{payload.text}" if kind == "email" else payload


def _example(item: Item) -> Evidence:
    """Make up what the logs could say of a breach, with lines that are like no real ones."""
    rang = datetime.fromtimestamp(item.incident.changes[-1][0], UTC)
    start = rang - timedelta(minutes=7)
    rows = (
        ("41", "agent", "the model did not answer: 503 for turn 1001", "ConnectionError"),
        ("12", "http", "request failed: /drawings/1001", ""),
        ("4", "system", "retries exhausted for turn 1001", ""),
    )
    kinds = tuple(
        Kind(
            fingerprint=text,
            rows=(
                {
                    "lineCount": count,
                    "messageText": text,
                    "linePart": part,
                    "errorType": error,
                    "lastError": "an example" if error else "",
                    "lastSeen": f"{rang - timedelta(seconds=20 * (n + 1)):%Y-%m-%d %H:%M:%S}",
                },
            ),
        )
        for n, (count, part, text, error) in enumerate(rows)
    )
    return Evidence(
        start=start,
        end=rang,
        lines=57,
        parts=tuple((part, int(count)) for count, part, _, _ in rows),
        kinds=kinds,
        users=(("1001", 31), ("1002", 9)),
        user_count=2,
        since=start + timedelta(seconds=83),
        metric=Measured(name="Errors", period=60, values=(0, 0, 1, 0, 2, 9, 18, 28)),
        notes=("These lines are made up: this is a preview.",),
    )
