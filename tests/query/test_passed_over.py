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
