"""``diagnose export``: an answer as a file for other tools."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from intentlog.query.reading import quoted

from . import written
from .tables import Form, printed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from intentlog.query.table import Table

MOST_ROWS: Final = 1_000_000
SUFFIXES: Final = (".parquet", ".csv", ".jsonl")
# The narrowest of these whose values all look the same again as texts.
_TYPES: Final = ("BIGINT", "DOUBLE", "TIMESTAMP")


def checked(file: Path, read: Iterable[str | Path]) -> Path:
    """Return the file to write, whose name says in which format.

    Args:
        file: The file.
        read: Files that are asked.

    Raises:
        typer.BadParameter: Its name does not say which format.
        WriteError: It cannot be written, or is one of those that are read.
    """
    if file.suffix not in SUFFIXES:
        raise typer.BadParameter(f"--output {file}: end it with {', '.join(SUFFIXES)}")
    return written.checked(file, read)


def export(table: Table, file: Path) -> None:
    """Write an answer: CSV and JSON lines as texts; Parquet with numbers and times as such.

    Raises:
        WriteError: It cannot be written, or not all of it.
    """
    match file.suffix:
        case ".parquet":
            written.write(file, _parquet(table))
        case suffix:
            lines = printed(table, Form(suffix[1:]))
            written.write(file, "".join(f"{line}\n" for line in lines))


def _parquet(table: Table) -> bytes:
    from intentlog.query.database import duckdb

    with tempfile.TemporaryDirectory(prefix="intentlog-") as folder, duckdb.connect() as db:
        lines, parquet = Path(folder, "rows.jsonl"), Path(folder, "rows.parquet")
        lines.write_text("".join(f"{json.dumps(row)}\n" for row in table.objects()))
        names = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in table.columns)
        db.execute(
            f"CREATE TABLE rows AS SELECT * FROM read_json({quoted(str(lines))}, "  # noqa: S608
            f"format = 'newline_delimited', columns = {{{names}}})"
        )
        columns = []
        for column in table.columns:
            name = '"' + column.replace('"', '""') + '"'
            kinds = (kind for kind in _TYPES if _fits(db, name, kind))
            kind = next(kinds, "VARCHAR")
            columns.append(f"{name}::{kind} AS {name}")
        db.execute(
            f"COPY (SELECT {', '.join(columns)} FROM rows) "  # noqa: S608
            f"TO {quoted(str(parquet))} (FORMAT parquet)"
        )
        return parquet.read_bytes()


def _fits(db: DuckDBPyConnection, name: str, kind: str) -> bool:
    """Tell whether no text of a column changes if it is taken for a number or a time."""
    text = f"TRY_CAST({name} AS {kind})::VARCHAR"
    same = f"rtrim({name}, '0') IN (rtrim({text}, '0'), {text} || '.')"
    found = db.execute(
        f"SELECT count({name}), count(CASE WHEN {text} IS NOT NULL AND {same} THEN 1 END) FROM rows"  # noqa: S608
    ).fetchone()
    return found is not None and 0 < found[0] == found[1]
