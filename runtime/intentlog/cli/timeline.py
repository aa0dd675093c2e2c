"""``diagnose trace`` and ``user``: lines of all categories in a row, and the time between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .conditions import FAILURES
from .lines import TIME

if TYPE_CHECKING:
    from intentlog.contract import Record
    from intentlog.query.table import Table

_NEVER: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- the texts of times have no zone
_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def timeline(lines: Table) -> Table:
    """Return lines with the time since the first one and since the one before.

    Args:
        lines: Lines, oldest first, as `lines_table` returns them.
    """
    times = _times(lines)
    gaps = [None, *(_span(later - earlier) for earlier, later in pairwise(times))] if times else []
    rows = [
        (_span(time - times[0]), gap, *row)
        for time, gap, row in zip(times, gaps, lines.rows, strict=True)
    ]
    return replace(lines, columns=("after", "gap", *lines.columns), rows=rows)


def summary(record: Record, lines: Table) -> str:
    """Return a sentence about lines: how many, within what time, of what, how many failed."""
    cells = [dict(zip(lines.columns, row, strict=True)) for row in lines.rows]
    failed = sum(each.get(record.name_of("level")) in FAILURES for each in cells)
    kinds = dict.fromkeys(each.get(record.name_of("category")) for each in cells)
    times = _times(lines)
    within = f" within {_span(times[-1] - times[0])}" if len(times) > 1 else ""
    parts = [f"{len(cells)} {'line' if len(cells) == 1 else 'lines'}{within}"]
    parts += [", ".join(filter(None, kinds))] if any(kinds) else []
    parts += [f"{failed} failed"] if failed else []
    return "; ".join(parts)


def _times(lines: Table) -> list[datetime]:
    """Return each line's time; that of the line before where it has none."""
    place = lines.columns.index(TIME)
    times: list[datetime] = []
    for row in lines.rows:
        cell = row[place]
        times.append(datetime.fromisoformat(cell) if cell else times[-1] if times else _NEVER)
    return times


def _span(span: timedelta) -> str:
    if span < _SECOND:
        return f"{span / timedelta(milliseconds=1):.0f} ms"
    if span < _MINUTE:
        return f"{span / _SECOND:.3f} s"
    if span >= _DAY:
        return f"{span / _DAY:.1f} days"
    minutes, seconds = divmod(span // _SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"
