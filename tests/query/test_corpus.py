"""Queries that other people published: all are read, nearly all can be answered.

The corpus is not part of the project (others wrote it); where it is not beside the checkout,
these tests are skipped.
"""

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from intentlog.query import QueryError, duckdb_sql, lint, parse, plan, to_text
from intentlog.query.addresses import register
from intentlog.query.duckdb_sql import ARRIVALS, in_order
from intentlog.query.functions import FUNCTIONS
from intentlog.query.relational import SYSTEM_COLUMNS, Kind, Scan

_FILE = Path(
    os.environ.get("INTENTLOG_CORPUS", "")
    or Path(__file__).parents[3] / "shared" / "insights-corpus.jsonl"
)
pytestmark = pytest.mark.skipif(not _FILE.is_file(), reason=f"there is no corpus at {_FILE}")

_RULES = {
    "at_sign_capture_group": "at-sign-group",
    "bin_unit_cap": "bin-capped",
    "double_equals": "double-equals",
    "iso_timestamp_compare": "iso-timestamp",
    "sort_or_limit_before_last_stats": "sort-before-stats",
    "unknown_function:date_floor": "undocumented",
}


def _corpus() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _FILE.read_text().splitlines()]


def _marked(*expectations: str) -> list[dict[str, Any]]:
    found = [each for each in _corpus() if each["expect"] in expectations]
    assert found
    return found


def test_every_query_is_read_and_printed() -> None:
    """What is printed is the same query."""
    for each in _marked("parse", "parse_with_lint"):
        query = parse(each["query"])
        assert parse(to_text(query)) == query


def test_every_query_that_is_none_is_refused_where_it_is_wrong() -> None:
    """The place lies in the text, and there is something to do about it."""
    for each in _marked("reject"):
        with pytest.raises(QueryError) as refused:
            parse(each["query"])
        for problem in refused.value.problems:
            assert 0 <= problem.at[0] < problem.at[1] <= len(each["query"])
            assert problem.hint


def test_what_published_queries_get_wrong_is_found() -> None:
    """Each has a finding of the rule that it was collected for."""
    for each in _marked("parse_with_lint"):
        rules = {finding.rule for finding in lint(parse(each["query"]))}
        assert {_RULES[wrong] for wrong in each["lint"]} <= rules


def test_every_query_on_json_lines_can_be_answered() -> None:
    """DuckDB takes the SQL of each, over a few lines; 99 per cent must, and all do."""
    queries = [each["query"] for each in _corpus() if each["run_on_json"]]
    assert len(queries) > 100
    with duckdb.connect() as connection:
        register(connection, "".join(f"py_{name}(" for name in FUNCTIONS))
        connection.execute(f"CREATE SEQUENCE {ARRIVALS}")

        refused = {text: why for text in queries if (why := _why_not(connection, text))}

    assert refused == {}


def _why_not(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    relation = plan(parse(text))
    for scan in relation.scans:
        connection.execute(
            f"CREATE OR REPLACE VIEW {scan.table} AS {in_order(scan, _events(scan))}"
        )
    try:
        connection.execute(duckdb_sql(relation)).fetchall()
    except duckdb.Error as error:
        return str(error)
    return ""


def _events(scan: Scan) -> str:
    """Return two events in which every key is a text, a number and an object in turn."""
    types = {Kind.TIME: "1767225600000", Kind.TEXT: "'text'"}
    values = ["'\"text\"'::JSON", "'12'::JSON", "'{\"a\":[1]}'::JSON"]
    rows = [
        [
            *(f"{value} AS {scan.column(key)}" for key in scan.keys),
            *(f"{types[SYSTEM_COLUMNS[name][1]]} AS {scan.column(name)}" for name in scan.system),
        ]
        for value in values
    ]
    return " UNION ALL ".join(f"SELECT {', '.join(row) or '1'}" for row in rows)
