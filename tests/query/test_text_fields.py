"""A field that is read as a text gives the same answer as one that is read as JSON."""

from pathlib import Path

import pytest

from intentlog.contract import Record
from intentlog.query import local, parse, plan
from intentlog.query.text_fields import with_text_fields

RECORD = Record(fields=("timestamp", "level", "category", "logger", "message"))
VALUES = [
    '"ERROR"',
    '"\\u0045RROR"',
    '"ERROR\\u0000"',
    '" ERROR"',
    '"error"',
    '"Käse"',
    '"K\\u00e4se"',
    '"\\"ERROR\\""',
    '""',
    '{"a": "ERROR"}',
    '["ERROR"]',
    "true",
    '"true"',
    "false",
    '"false"',
    "null",
    '"null"',
    "NaN",
    '"NaN"',
    "Infinity",
    '"Infinity"',
    "-Infinity",
    "1e3",
    '"1e3"',
    "1000",
    "1",
    '"1"',
    "1.50",
    '"1.50"',
    '{"ERROR": 1}',
]
COUNTS = {"ERROR": 2, "error": 1, "Käse": 2, "true": 1, "null": 1, "1": 3, "1e3": 1}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A line for each value, one without the field, and one with it at another place only."""
    file = tmp_path_factory.mktemp("lines") / "app.log"
    lines = [*(f'"level": {value}' for value in VALUES), "", '"extra": {"level": "ERROR"}']
    file.write_text("".join(f"{{{line}}}\n" for line in lines))
    return file


def _ask(file: Path, query: str) -> list[str | None]:
    rows = local.run(parse(query), local.Lines(paths=[file], record=RECORD)).rows
    return [row[0] for row in rows]


def _texts(query: str) -> tuple[str, ...]:
    return with_text_fields(plan(parse(query)), "timestamp").scan.texts


@pytest.mark.parametrize("word", [*COUNTS, "false", "NaN", "nan", "Infinity", "inf", "a", ""])
@pytest.mark.parametrize("condition", ['= "{}"', 'in ["{}"]', 'in ["{}", "no such word"]'])
def test_the_answer_is_the_same(file: Path, condition: str, word: str) -> None:
    """Whole lines are read as JSON; of some words, the count was found by hand."""
    filtered = f"filter level {condition.format(word)}"
    lines = _ask(file, f"{filtered} | fields @message")
    counts = _ask(file, f"{filtered} | stats count(*)")

    assert counts == ([str(len(lines))] if lines else [])
    if word in COUNTS:
        assert len(lines) == COUNTS[word]


def test_a_key_that_is_there_twice(tmp_path: Path) -> None:
    """The first one counts, though DuckDB refuses such a line where it reads strictly."""
    file = tmp_path / "app.log"
    file.write_text('{"level": "INFO", "level": "ERROR"}\n{"level": "ERROR"}\n')

    table = local.run(
        parse('filter level = "ERROR" | stats count(*)'),
        local.Lines(paths=[file], record=RECORD),
    )

    assert (table.rows, table.statistics.unreadable) == ([("1",)], 0)


@pytest.mark.parametrize(
    "condition",
    [
        'level = "ERROR"',
        'level in ["ERROR", "WARNING"]',
        'level = "Käse" and category = "auth" or level = "null"',
    ],
)
def test_words_are_compared_as_texts(condition: str) -> None:
    """That is what is quicker."""
    assert "level" in _texts(f"filter {condition} | stats count(*)")


@pytest.mark.parametrize(
    "query",
    [
        'filter level = "true" | stats count(*)',
        'filter level in ["ERROR", "1"] | stats count(*)',
        'filter level in ["ERROR", 1] | stats count(*)',
        'filter level != "ERROR" | stats count(*)',
        'filter not (level = "ERROR") | stats count(*)',
        'filter level = "ERROR" or ispresent(level) | stats count(*)',
        'filter level = "ERROR" | fields level',
        'filter level = "ERROR" | stats count(*) by level',
        'filter level = "ERROR" | sort level | fields category',
        'filter level = "ERROR" | fields @message',
        'filter level = "ERROR" and Level = "ERROR" | stats count(*)',
        'filter timestamp = "now" | stats count(*)',
        'stats count(level = "ERROR") by category',
    ],
)
def test_whatever_else_is_asked_needs_json(query: str) -> None:
    """A text does not tell what it is the text of."""
    assert _texts(query) == ()
