"""``diagnose histogram``: how many lines there were when, and how many of them failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from intentlog.query.table import Table

from .buckets import asked_time, bar, starts, width_for
from .conditions import at_level

if TYPE_CHECKING:
    from .asking import Asker

_PARTS: Final = 30
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""Since when a histogram counts if nobody says it: lines without a time have no bar."""
_LENGTH: Final = 40


def histogram(asker: Asker, *, width: str | None = None, bars: bool) -> Table:
    """Return the lines of each part of the time: when, how many, how many at ERROR and above.

    Args:
        asker: Asks.
        width: The width of a part, as in ``5m``. Default: about 30 parts.
        bars: Whether a column draws them.
    """
    time = asked_time(asker)
    if time is None:
        return Table((), [])
    width = width or width_for((time[1] - time[0]).total_seconds(), _PARTS)
    failed = at_level(asker.contract)
    text = f"stats count(*) as lines, sum({failed}) as errors by bin({width})"
    found = asker.answer(text, between=(asker.start or _EPOCH, asker.end))
    counted = {row[0]: row for row in found.rows}
    rows = [counted.get(start, (start, "0", "0")) for start in starts(*time, width)]
    rows = rows if found.rows else []
    if not bars:
        return Table(("time", "lines", "errors"), rows, found.statistics, found.notes)
    most = max((int(row[1] or 0) for row in rows), default=0)
    drawn = [(*row, bar(int(row[1] or 0), most, _LENGTH)) for row in rows]
    return Table(("time", "lines", "errors", ""), drawn, found.statistics, found.notes)
