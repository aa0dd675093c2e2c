"""Times in equal parts, for bars and sparklines."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .asking import Asker

_MINUTE: Final = 60
# What bin() takes: at most 60 seconds or minutes and 24 hours, else days.
_WIDTHS: Final = {
    "1s": 1,
    "5s": 5,
    "10s": 10,
    "30s": 30,
    "1m": _MINUTE,
    "2m": 2 * _MINUTE,
    "5m": 5 * _MINUTE,
    "10m": 10 * _MINUTE,
    "15m": 15 * _MINUTE,
    "30m": 30 * _MINUTE,
    "1h": 60 * _MINUTE,
    "2h": 120 * _MINUTE,
    "6h": 360 * _MINUTE,
    "12h": 720 * _MINUTE,
    "1d": 1440 * _MINUTE,
    "7d": 7 * 1440 * _MINUTE,
}
_EIGHTHS: Final = "·▁▂▃▄▅▆▇█"
SPARKS: Final = frozenset(_EIGHTHS)
"""What sparklines are made of."""

_LENGTHS: Final = " ▏▎▍▌▋▊▉█"


def width_for(seconds: float, parts: int) -> str:
    """Return the narrowest width of ``bin()`` that makes not more than some parts of a time."""
    fitting = (name for name, width in _WIDTHS.items() if seconds / width <= parts)
    return next(fitting, f"{math.ceil(seconds / parts / 86_400)}d")


def seconds_of(width: str) -> int:
    """Return the length of a width that `width_for` gave."""
    return _WIDTHS.get(width) or int(width[:-1]) * 86_400


def asked_time(asker: Asker) -> tuple[datetime, datetime] | None:
    """Return the time that is asked about: where nobody bounds it, that of the lines.

    None if there is no line.
    """
    now = datetime.now(UTC)
    if asker.start is not None:
        return asker.start, asker.end or now
    text = "stats earliest(@timestamp) as first, latest(@timestamp) as last"
    rows = asker.answer(text).rows
    if not rows or rows[0][0] is None or rows[0][1] is None:
        return None
    first, last = (datetime.fromtimestamp(int(cell or 0) / 1000, UTC) for cell in rows[0])
    return first, last


def starts(begin: datetime, end: datetime, width: str) -> list[str]:
    """Return the beginning of each part of a time, as ``bin()`` shows it."""
    seconds = seconds_of(width)
    first = int(begin.timestamp()) // seconds * seconds
    moments = range(first, int(end.timestamp()) + 1, seconds)
    return [f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}.000" for moment in moments]


def sparkline(counts: Mapping[str, int], times: Iterable[str]) -> str:
    """Draw how much there was at each time, in one line."""
    values = [counts.get(time, 0) for time in times]
    most = max(values, default=0) or 1
    return "".join(_EIGHTHS[math.ceil(value * 8 / most)] for value in values)


def bar(value: float, most: float, length: int) -> str:
    """Draw a value as a bar, of which the greatest one has a length."""
    eighths = round(value / (most or 1) * length * 8)
    if value and not eighths:
        eighths = 1
    return "█" * (eighths // 8) + _LENGTHS[eighths % 8].strip()


def total(rows: Sequence[Sequence[str | None]], place: int) -> int:
    """Return the sum of a column of counts."""
    return sum(int(row[place] or 0) for row in rows)
