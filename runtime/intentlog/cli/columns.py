"""Columns of an answer: each as wide as what stands in it, numbers to the right."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intentlog.query.table import Table

_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*(?:e[+-]?[0-9]+)?")
GAP: Final = 2
"""How many cells are between two columns."""

_LEAST_WIDTH: Final = 14


def aligned(table: Table, widths: Sequence[int] | None = None) -> Iterator[str]:
    """Yield columns, each as wide as its cells, or as it is said to be."""
    rows = _shown(table)
    widths = widths or widths_of(table)
    numbers = [numeric(table, place) for place in range(len(table.columns))]
    for row in rows:
        cells = (
            _filled(cell, width, right=right)
            for cell, width, right in zip(row, widths, numbers, strict=True)
        )
        yield (" " * GAP).join(cells).rstrip()


def widths_of(table: Table) -> list[int]:
    """Return how many cells of a terminal each column takes."""
    return [max(map(cells_of, column)) for column in zip(*_shown(table), strict=True)]


def whole(widths: Sequence[int]) -> int:
    """Return how many cells columns take together."""
    return sum(widths) + GAP * (len(widths) - 1)


def shrunk(widths: Sequence[int], most: int) -> list[int]:
    """Return widths within so many cells together, if the widest ones can be cut for it."""
    widths = list(widths)
    while whole(widths) > most and max(widths) > _LEAST_WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def cells_of(text: str) -> int:
    """Return how many cells of a terminal a text takes: some letters take two, some none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "FW" for letter in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def numeric(table: Table, place: int) -> bool:
    """Tell whether every cell of a column that is there is a number."""
    cells = [cell for row in table.rows if (cell := row[place])]
    return bool(cells) and all(map(_NUMBER.fullmatch, cells))


def _shown(table: Table) -> list[tuple[str, ...]]:
    return [tuple(map(one_line, row)) for row in (table.columns, *table.rows)]


def one_line(cell: str | None) -> str:
    """Return a cell as one line: what somebody put into it must not command a terminal."""
    from intentlog.contract.problem import printable

    return printable(cell or "")


def _filled(cell: str, width: int, *, right: bool) -> str:
    if cells_of(cell) > width:
        cell = cell[: width - 1]
        while cells_of(cell) > width - 1:
            cell = cell[:-1]
        cell += "…"
    spaces = " " * (width - cells_of(cell))
    return f"{spaces}{cell}" if right else f"{cell}{spaces}"
