"""``diagnose top errors``: failures that are the same but for their numbers and names, counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from intentlog.query.table import Table

from .buckets import asked_time, sparkline, starts, width_for
from .conditions import at_level, name, own_field
from .most import EVERY
from .narrow import Yielding

if TYPE_CHECKING:
    from .asking import Asker

_PARTS: Final = 24
_COLUMNS: Final = ("count", "first", "last", "when", "type", "message")
MESSAGE_FIRST: Final = Yielding(
    main="message", before={"when": 0.5, "first": 0.5, "type": 0.5, "last": 0.5}
)
# What differs between two messages about the same: the longest forms first.
_VARYING: Final = (
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b"), "<id>"),  # a trace of X-Ray
    (
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"),
        "<time>",
    ),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "<address>"),
    (re.compile(r"[\w.+*-]+@[\w-]+(?:\.[\w-]+)+"), "<email>"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"(?<![A-Za-z])[-+]?\d+(?:[.,]\d+)*"), "<n>"),
)


def fingerprint(message: str) -> str:
    """Return a message without what differs between two that say the same."""
    for pattern, stands_for in _VARYING:
        message = pattern.sub(stands_for, message)
    return message


@dataclass
class _Group:
    """Failures of one fingerprint."""

    count: int = 0
    first: int = 0
    last: int = 0
    times: Counter[str] = field(default_factory=Counter)


def top_errors(asker: Asker) -> Table:
    """Return groups of failures, the most frequent first.

    A group has one type of exception and one message but for numbers, ids, times and quoted
    texts. ``when`` draws how it spread over the time that is asked about.
    """
    time = asked_time(asker)
    if time is None:
        return Table(_COLUMNS, [])
    width = width_for((time[1] - time[0]).total_seconds(), _PARTS)
    times = starts(*time, width)
    found = asker.answer(_query(asker, width), bound=EVERY)
    groups: dict[tuple[str, str], _Group] = {}
    for message, kind, bucket, count, first, last in found.rows:
        group = groups.setdefault((kind or "", fingerprint(message or "")), _Group())
        group.count += int(count or 0)
        group.first = min(group.first or int(first or 0), int(first or 0))
        group.last = max(group.last, int(last or 0))
        group.times[bucket or ""] += int(count or 0)
    ranked = sorted(groups.items(), key=lambda item: (-item[1].count, item[0]))
    rows = [
        (
            str(group.count),
            _moment(group.first),
            _moment(group.last),
            sparkline(group.times, times),
            kind or None,
            message,
        )
        for (kind, message), group in ranked
    ]
    return Table(_COLUMNS, list(rows), found.statistics, found.notes)


def _query(asker: Asker, width: str) -> str:
    record = asker.contract.record
    message = own_field(asker.contract, "message")
    kind = name(f"{record.data}.exception.type")
    return f"""
    filter {at_level(asker.contract)}
    | fields coalesce({kind}, "") as kind
    | stats count(*) as count, earliest(@timestamp) as first, latest(@timestamp) as last
      by {message}, kind, bin({width}) as time
    | display {message}, kind, time, count, first, last
    """


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S}"
