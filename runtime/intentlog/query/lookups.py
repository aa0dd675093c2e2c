"""The tables that ``lookup`` reads: CSV files of RFC 4180, and whether they have what is asked."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from .problems import Problem, QueryError
from .sources import SourceError
from .sql import identifier, literal
from .tree import Lookup, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .tree import Query

_MALFORMED: Final = re.compile(r"CSV Error on Line: (\d+)\n(.*?)\n\s*file = (.+?)\n", re.DOTALL)
_MIXED: Final = re.compile(r"CSV Parser state machine .*?\n\s*file = (.+?)\n", re.DOTALL)
_CELLS: Final = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def check_columns(query: Query, files: Mapping[str, Path]) -> None:
    """Look for each column that a query looks up; files that cannot be read are left alone.

    Raises:
        QueryError: A table has no such column; says which there are.
    """
    commands = [node for node in walk(query) if isinstance(node, Lookup)]
    if problems := [each for command in commands for each in _missing(command, query, files)]:
        raise QueryError(problems)


def csv_table(file: Path) -> str:
    """Return the SELECT of a CSV file.

    Raises:
        SourceError: It has no line with the names of columns.
    """
    names, separator = _header(file)
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    made = ", ".join(f"c{place} AS {identifier(name)}" for place, name in enumerate(names))
    # Left to itself, DuckDB guesses how cells are quoted, from the first rows.
    dialect = f"""delim = {literal(separator)}, quote = '"', escape = '"', header = true"""
    reader = (
        f"read_csv({literal(str(file))}, {dialect}, auto_detect = false, columns = {{{types}}})"
    )
    return f"SELECT {made} FROM {reader}"  # noqa: S608 - all names are quoted


def malformed(message: str) -> SourceError | None:
    """Return what a message of DuckDB's says of a CSV file, None if it is about something else."""
    if mixed := _MIXED.search(message):
        return SourceError(f"{mixed[1]}: this is no CSV: its lines must all end alike")
    found = _MALFORMED.search(message)
    if found is None:
        return None
    line, reason, file = found.groups()
    said = "this is no CSV: cells are separated as in the first line, and quoted with double quotes"
    if cells := _CELLS.search(reason):
        expected, there = map(int, cells.groups())
        said = f"{there} cell{'' if there == 1 else 's'} instead of {expected}"
    elif "unterminated quote" in reason:
        said = "a quote that begins here is not closed"
    return SourceError(f"{file}, line {line}: {said}")


def _missing(command: Lookup, query: Query, files: Mapping[str, Path]) -> Iterator[Problem]:
    there: list[str] = []
    if command.table in files:
        with suppress(SourceError):
            there, _ = _header(files[command.table])
    alike = [name.lower() for name in there]
    for name, _ in (*command.keys, *command.outputs):
        if there and name not in there:
            message = f"the table {command.table} has no column {name}"
            yield Problem(message, f"there are {', '.join(there)}", query.text, command.at)
        elif alike.count(name.lower()) > 1:
            message = f"the table {command.table} has several columns {name}"
            yield Problem(message, "names that differ in case are one", query.text, command.at)


def _header(file: Path) -> tuple[list[str], str]:
    """Return the names in the first line of a CSV file, and what separates cells.

    That is a comma, as CloudWatch has it; in a line without one, a semicolon or tab.
    """
    import csv  # noqa: PLC0415 - few queries look something up
    import gzip  # noqa: PLC0415 - likewise

    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as lines:
            first = lines.readline().rstrip("\r\n")
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(f"{file}: cannot be read: {error}") from error
    if not first:
        raise SourceError(f"{file}, line 1: the names of the columns are missing")
    separator = next((each for each in ",;\t" if each in first), ",")
    return next(csv.reader([first], delimiter=separator)), separator
