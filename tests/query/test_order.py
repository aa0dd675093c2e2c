"""Events of one moment: they come as they were written."""

import json
from itertools import accumulate
from pathlib import Path

import pytest

from intentlog.contract import Record
from intentlog.query import local, parse

RECORD = Record(fields=("timestamp", "level", "category", "logger", "message"))


@pytest.fixture
def lines(tmp_path: Path) -> local.Lines:
    """Forty lines in four milliseconds."""
    file = tmp_path / "app.log"
    events = [
        {"timestamp": f"2026-01-15T10:00:00.{n // 10:03}Z", "category": "ab"[n % 2], "n": n}
        for n in range(40)
    ]
    file.write_text("".join(json.dumps(event) + "\n" for event in events))
    return local.Lines(paths=[file], record=RECORD)


def answered(lines: local.Lines, query: str) -> list[int]:
    """Return the numbers of the events that a query answers with."""
    return [int(row[0] or "") for row in local.run(parse(query), lines).rows]


@pytest.mark.parametrize("limit", ["", "| limit 25", "| limit 2000"])
def test_events_of_one_millisecond_keep_their_order(lines: local.Lines, limit: str) -> None:
    """Up and down, whichever way DuckDB takes for few rows and for many."""
    up = answered(lines, f"fields n | sort @timestamp asc {limit}")
    down = answered(lines, f"fields n | sort @timestamp desc {limit}")

    assert up == list(range(40))[: len(up)]
    assert down == list(range(39, -1, -1))[: len(down)]


def test_equal_keys_come_latest_first(lines: local.Lines) -> None:
    """An order by something else ends with that of the events."""
    found = answered(lines, "fields n, category | sort category asc")

    assert found == [*range(38, -1, -2), *range(39, 0, -2)]


def test_totals_of_one_millisecond_stand_in_the_order_of_their_rows(lines: local.Lines) -> None:
    """The rows are shown as they were added up, though their times do not tell them apart."""
    up = answered(lines, "sort @timestamp asc | accum n as total | display total")
    down = answered(lines, "accum n as total | display total | limit 15")
    by_category = answered(lines, "sort category desc | accum n as total | display total")

    assert up == list(accumulate(range(40)))
    assert down == list(accumulate(range(39, 24, -1)))
    assert by_category == list(accumulate([*range(39, 0, -2), *range(38, -1, -2)]))


def test_events_of_one_millisecond_are_in_one_session(lines: local.Lines) -> None:
    """Sessions are told apart by time: those of 10 events each, in two categories."""
    found = answered(
        lines, "sessionize category maxspan 1ms | sort @timestamp asc | display session_id"
    )

    assert found == [1, 2] * 20


def test_the_latest_of_one_millisecond_is_the_one_that_stands_last(lines: local.Lines) -> None:
    """A job that began and failed in one millisecond has failed."""
    query = "stats {}(n) as n by category | sort category asc | display n"

    assert answered(lines, query.format("latest")) == [38, 39]
    assert answered(lines, query.format("earliest")) == [0, 1]
    assert answered(lines, "stats rate(n, 3ms) as n") == [39]
