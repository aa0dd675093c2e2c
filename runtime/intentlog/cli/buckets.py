"""Times in equal parts, for bars and sparklines."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from .most import EVERY

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
_WIDTH: Final = re.compile(r"([0-9]{1,4})([smhd])")
_UNITS: Final = {"s": 1, "m": _MINUTE, "h": 60 * _MINUTE, "d": 1440 * _MINUTE}
_MOST: Final = {"s": 60, "m": 60, "h": 24, "d": 3650}
_EIGHTHS: Final = "·▁▂▃▄▅▆▇█"
SPARKS: Final = frozenset(_EIGHTHS)
"""What sparklines are made of."""

_LENGTHS: Final = " ▏▎▍▌▋▊▉█"


def width_for(seconds: float, parts: int) -> str:
    """Return the narrowest width of ``bin()`` that makes not more than some parts of a time."""
    fitting = (name for name, width in _WIDTHS.items() if seconds / width <= parts)
    return next(fitting, f"{math.ceil(seconds / parts / 86_400)}d")


def checked_width(width: str) -> str:
    """Return a width that somebody has written, if ``bin()`` takes it as it is.

    Raises:
        typer.BadParameter: It is none, or longer than its unit allows.
    """
    found = _WIDTH.fullmatch(width)
    if found is None or not 0 < int(found[1]) <= _MOST[found[2]]:
        how = "write 1s to 60s, 1m to 60m, 1h to 24h, or days, as 7d"
        raise typer.BadParameter(f'--width: "{width}" is no width; {how}')
    return width


def seconds_of(width: str) -> int:
    """Return the length of a width that `width_for` or `checked_width` gave."""
    return int(width[:-1]) * _UNITS[width[-1]]


def asked_time(asker: Asker) -> tuple[datetime, datetime] | None:
    """Return the time that is asked about: where nobody bounds it, that of the lines.

    None if there is no line.
    """
    now = datetime.now(UTC)
    if asker.start is not None:
        return asker.start, asker.end or now
    text = "stats earliest(@timestamp) as first, latest(@timestamp) as last"
    rows = asker.answer(text, bound=EVERY).rows
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
