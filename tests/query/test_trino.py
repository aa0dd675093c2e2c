"""The archive's SQL answers the same tables.

Trino cannot run here. Its SQL is read by sqlglot, which knows Trino's grammar, written as
DuckDB's, and run over the lines of the tables that were computed by hand: that shows that it
says the same, not that Athena takes every function of it.
"""

from collections.abc import Iterator

import duckdb
import pytest

from intentlog.query import Relation, parse, plan
from intentlog.query.sql import literal
from intentlog.query.trino_sql import Archive, approximations, trino_sql, without_java
from sandbox.trino import MACROS, as_duckdb
from tests.query.answers import Case, cases

_START, _END = 1767225600000, 1767311999999  # 2026-01-01
_ARCHIVE = Archive(("archive", "lines"))
# Cases with what sqlglot does not translate, and what that is.
_ONLY_ATHENA = {
    "functions: addresses": "the type IPADDRESS",
    "made: multi makes a row of each match": "two lists unnested side by side",
    "stats: percentiles are interpolated": "approximate percentiles",
    "stats: topk has the most frequent values": "fields of a row by position",
}
_CASES = [case for case in cases() if case.name not in _ONLY_ATHENA]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with an archive, and with what Trino has and DuckDB has not."""
    with duckdb.connect(config={"threads": 1}) as opened:
        opened.execute("CREATE SCHEMA archive")
        opened.execute(MACROS)
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("case", _CASES, ids=[case.name for case in _CASES])
def test_the_archive_answers_what_was_computed_by_hand(
    case: Case, connection: duckdb.DuckDBPyConnection
) -> None:
    """The same columns, the same rows, the same text of each value."""
    connection.execute(
        'CREATE OR REPLACE TABLE archive.lines (message VARCHAR, "$path" VARCHAR, dt VARCHAR)'
    )
    connection.executemany(
        "INSERT INTO archive.lines VALUES (?, 's3://logs/1.gz', '2026/01/01/00')",
        [[line] for line in case.lines.splitlines()],
    )
    for name, table in case.lookups.items():
        header, *rows = [line.split(",") for line in table.splitlines()]
        connection.execute(
            f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{each} VARCHAR' for each in header)})"
        )
        for row in rows:
            connection.execute(
                f"INSERT INTO {name} VALUES (?, ?, ?)",  # noqa: S608 - a table of this test
                [cell or None for cell in row],
            )
    relation = _planned(case)

    found = connection.execute(as_duckdb(trino_sql(relation, _ARCHIVE))).fetchall()

    shown = len(relation.columns) - (relation.columns[-1] == "@ptr")
    assert [list(row[:shown]) for row in found] == case.rows


def test_the_cases_that_only_athena_can_show_are_there() -> None:
    """A case that was renamed is not left out by its old name."""
    assert set(_ONLY_ATHENA) <= {case.name for case in cases()}


def test_only_the_partitions_of_the_time_are_read() -> None:
    """Late lines lie in later partitions."""
    relation = plan(parse("fields level"), start=1767225600000, end=1767229200000)

    sql = trino_sql(relation, _ARCHIVE)

    assert "WHERE \"dt\" BETWEEN '2026/01/01/00' AND '2026/01/01/03'" in sql
    assert "WHERE t BETWEEN 1767225600000 AND 1767229200000" in sql


def test_what_is_only_approximate_is_told() -> None:
    """Percentiles are exact in files, and not in the archive."""
    exact, approximate = (plan(parse(f"stats {each}")) for each in ("avg(a)", "pct(a, 95) * 2"))

    assert approximations(exact) == ()
    assert approximations(approximate) == ("percentiles are approximate in the archive",)


@pytest.mark.parametrize("shown", ["jsonParse(a)", "jsonStringify(jsonParse(a))"])
def test_that_keys_of_maps_are_sorted_is_told(shown: str) -> None:
    """In files they stand as in the line."""
    sorted_keys, looked_into = (
        plan(parse(text))
        for text in (
            f"fields {shown} as p",
            "fields jsonParse(a) as p | filter p.b = 1 | display b",
        )
    )

    assert approximations(sorted_keys) == (
        "maps that jsonParse made have their keys sorted in the archive",
    )
    assert approximations(looked_into) == ()


@pytest.mark.parametrize(
    ("java", "ours"),
    [
        ("5.0E-4", "0.0005"),
        ("3.333333333333333E-4", "0.0003333333333333333"),
        ("-2.5E-4", "-0.00025"),
        ("2.5E-5", "2.5e-05"),
        ("1.0E-7", "1e-07"),
        ("1.5E-10", "1.5e-10"),
        ("1.0E38", "1e+38"),
        ("1.2E100", "1.2e+100"),
        ("0.001", "0.001"),
        ("123456.789", "123456.789"),
    ],
)
def test_numbers_are_not_spelled_as_java_does(
    java: str, ours: str, connection: duckdb.DuckDBPyConnection
) -> None:
    """What `Double.toString` writes becomes what a cell has elsewhere; Java does not run here."""
    sql = as_duckdb(f"SELECT {without_java(literal(java))}")

    assert connection.execute(sql).fetchone() == (ours,)
    assert float(ours) == float(java)


def test_a_date_pattern_has_the_letters_of_joda() -> None:
    """Its Z also reads what X does, and what stands in quotes is left alone."""
    query = """fields parseDate(a, "uuuu-MM-dd'uX'HH:mm:ss.SSSXXX") as t"""
    sql = trino_sql(plan(parse(query), start=_START, end=_END), _ARCHIVE)

    assert ", 'yyyy-MM-dd''uX''HH:mm:ss.SSSZ')" in sql


def test_an_archive_is_not_read_whole() -> None:
    """Without a time, a query would cost as much as the archive is large."""
    with pytest.raises(ValueError, match="a time that begins and ends"):
        trino_sql(plan(parse("fields level"), start=1767225600000), _ARCHIVE)


def _planned(case: Case) -> Relation:
    start, end = case.start or _START, case.end or _END
    return plan(parse(case.query), start=start, end=end)
