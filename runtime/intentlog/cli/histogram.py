"""``diagnose histogram``: how many lines there were when, and how many of them failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from intentlog.query.table import Table

from .buckets import asked_time, bar, checked_width, seconds_of, starts, width_for
from .conditions import at_level
from .most import EVERY

if TYPE_CHECKING:
    from .asking import Asker

_PARTS: Final = 30
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""Since when a histogram counts if nobody says it: lines without a time have no bar."""
_LENGTH: Final = 40
_MOST_PARTS: Final = 10_000


def histogram(asker: Asker, *, width: str | None = None, bars: bool) -> Table:
    """Return the lines of each part of the time: when, how many, how many at ERROR and above.

    Args:
        asker: Asks.
        width: The width of a part, as in ``5m``. Default: about 30 parts.
        bars: Whether a column draws them.

    Raises:
        typer.BadParameter: The width is none, or much too short.
    """
    if width is not None:
        checked_width(width)
    time = asked_time(asker)
    if time is None:
        return Table((), [])
    seconds = (time[1] - time[0]).total_seconds()
    width = width or width_for(seconds, _PARTS)
    if (parts := int(seconds / seconds_of(width))) > _MOST_PARTS:
        raise typer.BadParameter(f"--width {width}: that is {parts:,} bars; write a longer one")
    failed = at_level(asker.contract)
    text = f"stats count(*) as lines, sum({failed}) as errors by bin({width})"
    found = asker.answer(text, bound=EVERY, between=(asker.start or _EPOCH, asker.end))
    counted = {row[0]: row for row in found.rows}
    rows = [counted.get(start, (start, "0", "0")) for start in starts(*time, width)]
    rows = rows if found.rows else []
    if not bars:
        return Table(("time", "lines", "errors"), rows, found.statistics, found.notes)
    most = max((int(row[1] or 0) for row in rows), default=0)
    drawn = [(*row, bar(int(row[1] or 0), most, _LENGTH)) for row in rows]
    return Table(("time", "lines", "errors", ""), drawn, found.statistics, found.notes)
