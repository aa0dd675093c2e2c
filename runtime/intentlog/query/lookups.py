"""The tables that ``lookup`` reads: CSV files, and whether they have the columns asked for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .problems import Problem, QueryError
from .tree import Lookup, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .tree import Query


def check_columns(query: Query, files: Mapping[str, Path]) -> None:
    """Look for each column that a query looks up; files that cannot be read are left alone.

    Raises:
        QueryError: A table has no such column; says which there are.
    """
    commands = [node for node in walk(query) if isinstance(node, Lookup)]
    if problems := [each for command in commands for each in _missing(command, query, files)]:
        raise QueryError(problems)


def csv_table(file: Path) -> str:
    """Return the SELECT of a CSV file."""
    path = str(file).replace("'", "''")
    return f"SELECT * FROM read_csv('{path}', header = true, all_varchar = true)"  # noqa: S608


def _missing(command: Lookup, query: Query, files: Mapping[str, Path]) -> Iterator[Problem]:
    there = _columns(files[command.table]) if command.table in files else []
    known = {name.lower() for name in there}
    for name, _ in (*command.keys, *command.outputs):
        if known and name.lower() not in known:
            message = f"the table {command.table} has no column {name}"
            yield Problem(message, f"there are {', '.join(there)}", query.text, command.at)


def _columns(file: Path) -> list[str]:
    from .database import duckdb  # noqa: PLC0415 -- only an answer should cost it

    with suppress(duckdb.Error), duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE {csv_table(file)}")
        return [str(name) for name, *_ in described.fetchall()]
    return []
