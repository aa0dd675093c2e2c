"""Lines that are no JSON are counted whatever a query asks of the others."""

from pathlib import Path

import pytest

from intentlog.contract import Record
from intentlog.query import local, parse

RECORD = Record(fields=("timestamp", "level", "category", "logger", "message"))


@pytest.mark.parametrize(
    "query",
    [
        'filter level = "ERROR" | fields level',
        'filter level in ["ERROR"] | fields level',
        'filter level in ["ERROR"] | stats count(*)',
        'filter level = "ERROR" | fields @message',
        'filter level like /ERR/ and message = "x" | fields @message | sort @timestamp desc',
        "stats count(*) by bin(5m)",
    ],
)
@pytest.mark.parametrize("start", [None, 0])
def test_every_condition_leaves_the_count_alone(
    tmp_path: Path, query: str, start: int | None
) -> None:
    """DuckDB tests conditions in the order that it likes best."""
    file = tmp_path / "app.log"
    line = '{"timestamp":"2026-01-15T10:00:00.000Z","level":"ERROR","message":"x"}\n'
    file.write_text(f"{line}not a line\n{line}null\n")

    table = local.run(parse(query), local.Lines(paths=[file], record=RECORD), start=start)

    assert table.rows != []
    assert table.statistics.unreadable == 2


@pytest.mark.parametrize(
    "query",
    [
        "fields level",
        "fields @message",
        "stats count(*) by level",
        'filter level = "ERROR" | fields level',
        'filter level = "ERROR" | fields @message',
        "filter @message like /x/ | fields level",
        "filter @timestamp > 1000 | fields level",
        "filter @timestamp > 1000 | fields @message",
        'filter level in (SOURCE "a" | filter level = "ERROR" | fields level) | fields level',
    ],
)
@pytest.mark.parametrize("bounds", [(0, None), (None, 2**42), (0, 2**42)])
@pytest.mark.parametrize("garbage", ["", "not a line\n"])
def test_lines_without_a_time_are_told(
    tmp_path: Path, query: str, bounds: tuple[int | None, int | None], garbage: str
) -> None:
    """Who asks about a time is told of all lines of which nobody knows when they were written."""
    file = tmp_path / "app.log"
    line = '{"timestamp":"2026-01-15T10:00:00.000Z","level":"ERROR","message":"x"}\n'
    times = ('"yesterday"', "null", '"2026-02-30T10:00:00.000Z"', '"2026-01-15T10:00:60.000Z"')
    broken = [f'{{"timestamp":{time},"level":"ERROR","message":"x"}}\n' for time in times]
    file.write_text("".join([line, *broken, garbage, '{"level":"INFO"}\n[1,2]\n"text"\n', line]))
    lines = local.Lines(paths=[file], record=RECORD)

    table = local.run(parse(query), lines, start=bounds[0], end=bounds[1])

    assert table.notes == ("7 lines have no time that can be read and were left out",)
    assert table.statistics.unreadable == bool(garbage)
    assert "INFO" not in str(table.rows)


def test_one_line_without_a_time(tmp_path: Path) -> None:
    """One line is one; and where no time is asked about, it is there."""
    file = tmp_path / "app.log"
    file.write_text('{"level":"ERROR","message":"x"}\n')
    lines = local.Lines(paths=[file], record=RECORD)

    asked = local.run(parse("fields level"), lines, start=0)
    unbounded = local.run(parse("fields level"), lines)

    assert (asked.rows, asked.notes) == (
        [],
        ("1 line has no time that can be read and was left out",),
    )
    assert (unbounded.rows, unbounded.notes) == ([("ERROR",)], ())
