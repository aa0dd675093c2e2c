"""Tables computed by hand, in ``tables/*.toml``: what queries answer.

Each file has lines and cases; each case a query, the columns and rows of its answer, and a
sentence that it shows. Cells are separated by `` | ``, ``~`` is a cell that is not there. A case
may have ``notes``, ``lookups`` (tables as CSV), ``start`` and ``end`` in milliseconds.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILES = sorted(Path(__file__).with_name("tables").glob("*.toml"))


@dataclass(frozen=True)
class Case:
    """A query, its lines and its answer.

    Attributes:
        name: The file, and what it shows.
        lines: JSON lines.
        query: The query.
        columns: The columns, ``@ptr`` left out.
        rows: The rows, likewise.
        notes: What a reader is told.
        lookups: Tables as CSV.
        start: The first millisecond.
        end: The last one.
    """

    name: str
    lines: str
    query: str
    columns: list[str]
    rows: list[list[str | None]]
    notes: list[str]
    lookups: dict[str, str]
    start: int | None
    end: int | None


def cases() -> list[Case]:
    """Return every case of every file."""
    tables = {file.stem: tomllib.loads(file.read_text()) for file in _FILES}
    return [
        _case(name, table["lines"], case)
        for name, table in tables.items()
        for case in table["cases"]
    ]


def _case(name: str, lines: str, case: dict[str, Any]) -> Case:
    return Case(
        name=f"{name}: {case['says']}",
        lines=lines.strip() + "\n",
        query=case["query"],
        columns=case["columns"].split(" | "),
        rows=[[None if cell == "~" else cell for cell in row.split(" | ")] for row in case["rows"]],
        notes=case.get("notes", []),
        lookups=case.get("lookups", {}),
        start=case.get("start"),
        end=case.get("end"),
    )
