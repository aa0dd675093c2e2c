"""Which columns of an answer a narrow terminal shows, and how wide: what was said comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from .columns import GAP, shrunk, widths_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intentlog.query.table import Table

_DAY: Final = len("2026-01-15")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
_LINE: Final = 80
"""So much of a text that is cut anyway is enough, if columns behind it can be shown for it."""
_SOME: Final = 20
"""With less of it, the last column tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielding:
    """Which column of a table is read first, and what gives way to it.

    Attributes:
        main: The column. What stands behind it gets what it leaves.
        before: Columns before it that are left out, one after the other, while it has less than it
            needs and less than this share of the terminal.
    """

    main: str = ""
    before: Mapping[str, float] = field(default_factory=dict)


def narrowed(table: Table, yielding: Yielding, width: int) -> tuple[Table, list[int]]:
    """Return what of a table fits into a terminal, and how wide its columns are."""
    if yielding.main not in table.columns:
        return table, shrunk(widths_of(table), width)
    for column, share in yielding.before.items():
        room, needed = _room(table, yielding.main, width)
        if column in table.columns and room < min(needed, share * width):
            table = without(table, (column,))
    return _with_what_fits_behind(table, yielding.main, width)


def without(table: Table, columns: Sequence[str]) -> Table:
    """Return a table without some columns."""
    return _of(table, [at for at, name in enumerate(table.columns) if name not in columns])


def of_one_day(table: Table) -> tuple[Table, str | None]:
    """Return a table whose times lack their day, and that day, if all have the same."""
    columns = list(zip(*table.rows, strict=True))
    times = [
        place
        for place, cells in enumerate(columns)
        if all(_TIME.match(cell) for cell in cells if cell)
    ]
    days = {cell[:_DAY] for place in times for cell in columns[place] if cell}
    if len(days) != 1:
        return table, None
    for place in times:
        columns[place] = tuple(cell and cell[_DAY + 1 :] for cell in columns[place])
    return replace(table, rows=list(zip(*columns, strict=True))), days.pop()


def _room(table: Table, main: str, width: int) -> tuple[int, int]:
    """Return how many cells are left for a column, and how many it needs."""
    place, widths = table.columns.index(main), widths_of(table)
    return width - sum(widths[:place]) - GAP * place, widths[place]


def _with_what_fits_behind(table: Table, main: str, width: int) -> tuple[Table, list[int]]:
    """Return a table with those columns behind another one that have room: half an id is none."""
    place, widths = table.columns.index(main), widths_of(table)
    room, needed = _room(table, main, width)
    share = needed if needed <= room else min(room, _LINE)
    left = room - share
    last = len(widths) - 1
    kept = list(range(place + 1))
    for behind in range(place + 1, last + 1):
        if behind == last and left >= GAP + _SOME:
            widths[last] = min(widths[last], left - GAP)
        if widths[behind] + GAP <= left:
            kept.append(behind)
            left -= widths[behind] + GAP
    widths[place] = max(1, min(needed, share + left))
    return _of(table, kept), [widths[at] for at in kept]


def _of(table: Table, places: Sequence[int]) -> Table:
    """Return a table of some columns of another one."""
    rows = [tuple(row[place] for place in places) for row in table.rows]
    return replace(table, columns=tuple(table.columns[place] for place in places), rows=rows)
