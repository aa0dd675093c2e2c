"""The answer to a query: the same table from files, from CloudWatch and from the archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Row: TypeAlias = "tuple[str | None, ...]"
"""One text a column, as CloudWatch gives it; None where the row has no such cell."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an answer took; None for what an engine does not tell.

    Attributes:
        matched: Log events that the query's filters let through.
        scanned: Log events that were looked at.
        bytes_scanned: Bytes that were read: of files as they lie there, compressed or not.
        unreadable: Lines of files that are no JSON, and were passed over.
    """

    matched: int | None = None
    scanned: int | None = None
    bytes_scanned: int | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows, and what a reader must know of them.

    Two tables are equal when their columns and rows are: how they were found does not count.

    Attributes:
        columns: The names, in the order in which the query shows them.
        rows: The rows in order.
        statistics: What it took.
        notes: Sentences for the reader, such as what is only approximate.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    statistics: Statistics = field(default=Statistics(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def objects(self) -> list[dict[str, str]]:
        """Return each row as an object that has only the cells that are there."""
        return [
            {name: cell for name, cell in zip(self.columns, row, strict=True) if cell is not None}
            for row in self.rows
        ]
