"""Kinds of errors: what a thousand lines have in common, with one of them to be looked at.

Logs Insights groups lines by category, exception and the beginning of the message; here those
groups become one that have one fingerprint. Insights' own ``pattern`` command would do both, but
not in every log class, and its patterns are not the same from one day to the next.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from .fingerprint import fingerprint
from .insights import Answer, Row
from .redaction import redacted, shown
from .source import LogSource

ROWS: Final = 1_000
"""How many groups an answer has at most, the largest first."""

_READ: Final = 300
_LINKED_LINES: Final = 200
_SAMPLE: Final = 400
_NAME: Final = 60
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.@]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Errors that are the same but for their numbers, names and quotes; all texts redacted.

    Attributes:
        fingerprint: What they have in common.
        rows: The groups of lines that were joined, the largest first.
    """

    fingerprint: str
    rows: tuple[Row, ...]

    @property
    def lines(self) -> int:
        """How many there are."""
        return sum(map(count, self.rows))

    @property
    def first(self) -> datetime | None:
        """When the first of them was, if that could be read."""
        times = (moment(row.get("firstSeen", "")) for row in self.rows)
        return min(filter(None, times), default=None)

    @property
    def trace(self) -> str:
        """A trace that one of them belongs to; empty if none has one."""
        traces = (row["lastTrace"] for row in self.rows if row.get("lastTrace"))
        return shown(next(traces, ""), _NAME)

    @property
    def sample(self) -> str:
        """The latest line of the largest group, in one line."""
        row = self.rows[0]
        last = moment(row.get("lastSeen", ""))
        head = (f"{last:%H:%M:%S}" if last else "", row.get("linePart"), row.get("lastLogger"))
        text = ": ".join(filter(None, (" ".join(filter(None, head)), row.get("messageText"))))
        if error := row.get("errorType"):
            text += f" ({error}: {row.get('lastError', '')})"
        return shown(text, _SAMPLE)


def kinds_query(source: LogSource, where: str) -> str:
    """Return the query whose answer ``kinds_of`` and ``by_part`` read."""
    shown = ["@timestamp", f"substr({field_name(source.message)}, 0, {_READ}) as messageText"]
    counted = [
        "count(*) as lineCount",
        "min(@timestamp) as firstSeen",
        "max(@timestamp) as lastSeen",
    ]
    grouped = ["messageText"]
    if source.part:
        shown.append(f"{field_name(source.part)} as linePart")
        grouped.append("linePart")
    if source.data:
        error = f"{source.data}.exception"
        shown.append(f"{field_name(f'{error}.type')} as errorType")
        shown.append(f"substr({field_name(f'{error}.message')}, 0, {_READ}) as errorText")
        counted.append("latest(errorText) as lastError")
        grouped.append("errorType")
    if source.category and source.logger:
        shown.append(f"{field_name(source.logger)} as lineLogger")
        counted.append("latest(lineLogger) as lastLogger")
    if source.trace:
        shown.append(f"{field_name(source.trace)} as lineTrace")
        counted.append("latest(lineTrace) as lastTrace")
    return "\n| ".join(
        [
            *filtered(where),
            f"fields {', '.join(shown)}",
            f"stats {', '.join(counted)} by {', '.join(grouped)}",
            "sort lineCount desc",
            f"limit {ROWS}",
        ]
    )


def lines_query(source: LogSource, where: str) -> str:
    """Return the query that somebody reads the lines with."""
    names = (source.level, source.category, source.logger, source.message)
    fields = ", ".join(["@timestamp", *(field_name(name) for name in names if name)])
    return "\n| ".join(
        [*filtered(where), f"fields {fields}", "sort @timestamp desc", f"limit {_LINKED_LINES}"]
    )


def filtered(where: str) -> list[str]:
    """Return the part of a query that takes some of the lines: none if all are meant."""
    return [f"filter {where}"] if where else []


def field_name(path: str) -> str:
    """Return a field's name as a query has it: in backticks if it has other than plain letters."""
    return path if _PLAIN.fullmatch(path) else f"`{path}`"


def any_of(field: str | None, values: Iterable[str]) -> str:
    """Return the filter for lines whose field has one of some values; empty without a field."""
    listed = ", ".join(f'"{value}"' for value in values)
    return f"{field_name(field)} in [{listed}]" if field else ""


def kinds_of(answer: Answer) -> list[Kind]:
    """Join the groups of an answer by their fingerprints: the most frequent kind first."""
    groups: dict[str, list[Row]] = {}
    for row in answer.rows:
        error, said = redacted(row.get("errorType", "")), redacted(row.get("messageText", ""))
        groups.setdefault(fingerprint(error, said), []).append(row)
    kinds = [Kind(fingerprint=shared, rows=tuple(rows)) for shared, rows in groups.items()]
    return sorted(kinds, key=lambda kind: -kind.lines)


def most_frequent(kinds: Iterable[Kind]) -> str:
    """Return kinds as people read them, a line each: how many, and what they have in common."""
    return "\n".join(f"{kind.lines}x {kind.fingerprint}" for kind in kinds)


def by_part(answer: Answer) -> dict[str, int]:
    """Count lines by category, else by logger: the largest first; the name may be empty."""
    counts: dict[str, int] = {}
    for row in answer.rows:
        name = shown(row.get("linePart", ""), _NAME)
        counts[name] = counts.get(name, 0) + count(row)
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def count(row: Row) -> int:
    """Return how many lines a row stands for."""
    number = _number(row.get("lineCount", ""))
    return max(int(number), 0) if number is not None else 0


def moment(text: str) -> datetime | None:
    """Read a time as Insights gives it: ``2026-11-22 10:00:00.000``, or milliseconds since 1970."""
    number = _number(text)
    try:
        if number is not None:
            return datetime.fromtimestamp(number / 1000, UTC)
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (OSError, OverflowError, ValueError):
        return None


def _number(text: str) -> float | None:
    """Read a number, which Insights may write as ``1.7953416E12``."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
