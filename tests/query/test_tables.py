"""What queries answer: tables computed by hand, in ``tables/*.toml``.

Each file has lines and cases; each case a query, the columns and rows of its answer, and a
sentence that it shows. Cells are separated by `` | ``, ``~`` is a cell that is not there. A case
may have ``notes``, ``lookups`` (tables as CSV), ``start`` and ``end`` in milliseconds.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from intentlog.contract import Record
from intentlog.query import local, parse
from intentlog.query.functions import FUNCTIONS, key_of
from intentlog.query.tree import Call, walk

_FILES = sorted(Path(__file__).with_name("tables").glob("*.toml"))
_RECORD = Record(fields=("timestamp", "level", "message"))


def _cases() -> list[Any]:
    tables = {file.stem: tomllib.loads(file.read_text()) for file in _FILES}
    return [
        pytest.param(table["lines"], case, id=f"{name}: {case['says']}")
        for name, table in tables.items()
        for case in table["cases"]
    ]


_CASES = _cases()


def _cells(row: str) -> list[str | None]:
    return [None if cell == "~" else cell for cell in row.split(" | ")]


@pytest.mark.parametrize(("lines", "case"), _CASES)
def test_a_query_answers_what_was_computed_by_hand(
    lines: str, case: dict[str, Any], tmp_path: Path
) -> None:
    """The engine's table is the one that follows from the specification."""
    file = tmp_path / "lines.jsonl"
    file.write_text(lines.strip() + "\n")
    lookups = {name: tmp_path / f"{name}.csv" for name in case.get("lookups", {})}
    for name, path in lookups.items():
        path.write_text(case["lookups"][name])
    place = local.Lines(paths=[file], record=_RECORD, lookups=lookups)

    found = local.run(parse(case["query"]), place, start=case.get("start"), end=case.get("end"))

    columns, rows = list(found.columns), [list(row) for row in found.rows]
    if columns[-1] == "@ptr":
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    assert columns == case["columns"].split(" | ")
    assert rows == [_cells(row) for row in case["rows"]]
    assert list(found.notes) == case.get("notes", [])


def test_every_function_is_in_a_table() -> None:
    """A function that nobody computed by hand would be trusted on its word."""
    shown = {
        key_of(node.spelling)
        for case in _CASES
        for node in walk(parse(case.values[1]["query"]))
        if isinstance(node, Call)
    }

    assert shown == set(FUNCTIONS)
