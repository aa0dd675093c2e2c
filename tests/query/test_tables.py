"""What queries answer from files: the tables that were computed by hand."""

from pathlib import Path

import pytest

from intentlog.contract import Record
from intentlog.query import local, parse
from intentlog.query.functions import FUNCTIONS, key_of
from intentlog.query.tree import Call, walk
from tests.query.answers import Case, cases

_RECORD = Record(fields=("timestamp", "level", "message"))
_CASES = cases()


@pytest.mark.parametrize("case", _CASES, ids=[case.name for case in _CASES])
def test_a_query_answers_what_was_computed_by_hand(case: Case, tmp_path: Path) -> None:
    """The engine's table is the one that follows from the specification."""
    file = tmp_path / "lines.jsonl"
    file.write_text(case.lines)
    lookups = {name: tmp_path / f"{name}.csv" for name in case.lookups}
    for name, path in lookups.items():
        path.write_text(case.lookups[name])
    place = local.Lines(paths=[file], record=_RECORD, lookups=lookups)

    found = local.run(parse(case.query), place, start=case.start, end=case.end)

    shown = len(found.columns) - (found.columns[-1] == "@ptr")
    assert list(found.columns[:shown]) == case.columns
    assert [list(row[:shown]) for row in found.rows] == case.rows
    assert list(found.notes) == case.notes


def test_every_function_is_in_a_table() -> None:
    """A function that nobody computed by hand would be trusted on its word."""
    shown = {
        key_of(node.spelling)
        for case in _CASES
        for node in walk(parse(case.query))
        if isinstance(node, Call)
    }

    assert shown == set(FUNCTIONS)
