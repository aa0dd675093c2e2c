"""Figures as tables: for a terminal, and for a page."""

from collections.abc import Sequence
from typing import NamedTuple

Row = tuple[str, ...]


class Table(NamedTuple):
    """A table.

    Attributes:
        name: What a page's marks call it.
        header: The columns' titles; the first column is words, the others are numbers.
        rows: The rows.
    """

    name: str
    header: Row
    rows: Sequence[Row]


def as_text(table: Table) -> str:
    """Return a table for a terminal."""
    columns = list(zip(table.header, *table.rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])))
        for row in (table.header, *table.rows)
    ]
    return "\n".join((lines[0], "-" * len(lines[0]), *lines[1:], ""))


def as_markdown(table: Table) -> str:
    """Return a table for a page; what is this project's is bold."""
    marks = ("---", *["---:"] * (len(table.header) - 1))
    rows = [
        tuple(f"**{cell}**" for cell in row) if row[0].startswith("intentlog") else row
        for row in table.rows
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in (table.header, marks, *rows))
