"""Generated lines and queries: DuckDB and a plain evaluation in Python answer the same."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intentlog.expression import matches, parse_where
from intentlog.query import duckdb_sql, parse, plan, tree
from intentlog.query.duckdb_sql import ARRIVALS, in_order
from intentlog.query.relational import Scan
from tests.query.evaluation import (
    aggregates,
    carried,
    evaluate,
    number,
    sessions,
    text,
    totals,
    truth,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with one thread: the tables are tiny."""
    with duckdb.connect(config={"threads": 1}) as opened:
        opened.execute(f"CREATE SEQUENCE {ARRIVALS}")
        yield opened


_FIELDS = ("a", "b", "n.x")
_LONG = (2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 10**17, 123456789012345677, 123456789012345678)
_LITERALS = (
    *('"x"', '"X"', '""', '"10"', '"1"', '"true"', "10", "1", "0", "9.5"),
    *map(str, _LONG),
    *("true", "false"),
)
_scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["x", "X", "", "10", "9.5", "1e1", "true", "0", "1", " 1", "a\nb", "é"]),
    st.integers(-20, 20),
    st.sampled_from([0.5, 9.5, 1.0, -0.0, 1e10, 1e17, 1.2345678901234568e17]),
    st.sampled_from(_LONG),
    st.sampled_from(_LONG).map(str),
    st.sampled_from([{}, {"x": 1}, [], ["x"]]),
)
_records = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "a": _scalars,
            "b": _scalars,
            "n": st.one_of(_scalars, _with_x := st.builds(lambda x: {"x": x}, _scalars)),
            "n.x": _scalars,
        },
    ),
    min_size=1,
    max_size=12,
)
_atoms = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(_FIELDS),
        st.sampled_from(["=", "!="]),
        st.sampled_from(_LITERALS),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(_FIELDS),
        st.sampled_from(["<", "<=", ">", ">="]),
        st.sampled_from(_LITERALS[:-2]),
    ),
    st.builds(
        "{} {}in [{}]".format,
        st.sampled_from(_FIELDS),
        st.sampled_from(["", "not "]),
        st.lists(st.sampled_from(_LITERALS), min_size=1, max_size=3).map(", ".join),
    ),
    st.builds(
        "{} {}like {}".format,
        st.sampled_from(_FIELDS),
        st.sampled_from(["", "not "]),
        st.sampled_from(['"1"', '"x"', '""', "/^[0-9]+$/", "/(?i)x|true/", "/a.b/"]),
    ),
    st.builds("ispresent({})".format, st.sampled_from(_FIELDS)),
)
_wheres = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)


def _answer(
    connection: duckdb.DuckDBPyConnection, text: str, records: list[dict[str, Any]]
) -> list[tuple[str | None, ...]]:
    relation = plan(parse(text))
    (scan,) = relation.scans
    connection.execute("CREATE OR REPLACE TEMP TABLE lines (line JSON, number BIGINT)")
    connection.executemany(
        "INSERT INTO lines VALUES (?, ?)",
        [(json.dumps(record), number) for number, record in enumerate(records)],
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {scan.table} AS {in_order(scan, _events(scan))}"
    )
    return connection.execute(duckdb_sql(relation)).fetchall()


def _events(scan: Scan) -> str:
    columns = [
        *(f"json_extract(line, '$.\"{key}\"') AS {scan.column(key)}" for key in scan.keys),
        *(f"number AS {scan.column(name)}" for name in scan.system),
    ]
    return f"SELECT {', '.join(columns) or '1'} FROM lines"  # noqa: S608 - of this test's tables


@given(_wheres, _records)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_duckdb_filters_as_the_where_expressions_of_a_contract_do(
    connection: duckdb.DuckDBPyConnection, where: str, records: list[dict[str, Any]]
) -> None:
    """A metric filter, a stream and a query that say the same count the same lines."""
    expected = [
        str(number) for number, record in enumerate(records) if matches(parse_where(where), record)
    ]

    found = _answer(
        connection, f"filter {where} | display @timestamp as t, toMillis(t) as n", records
    )

    assert sorted(int(row[1] or -1) for row in found) == sorted(map(int, expected))


_operands = st.recursive(
    st.sampled_from([*_FIELDS[:2], *_FIELDS[:2], *_LITERALS[:-2]]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["=", "!=", "<", ">="]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not {})".format, inner),
        st.builds(
            "{}({})".format,
            st.sampled_from(["abs", "floor", "ceil", "strlen", "isempty", "isNumeric", "toupper"]),
            inner,
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["greatest", "concat"]), inner, inner),
        st.builds("ispresent({})".format, st.sampled_from(_FIELDS[:2])),
        st.builds('coalesce({}, "none")'.format, st.sampled_from(_FIELDS[:2])),
        st.builds('if({}, {}, "no")'.format, inner, st.sampled_from(_FIELDS[:2])),
    ),
    max_leaves=6,
)


@given(_operands, _records)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_duckdb_evaluates_expressions_as_plain_python_does(
    connection: duckdb.DuckDBPyConnection, expression: str, records: list[dict[str, Any]]
) -> None:
    """Operators and functions over values missing, of every kind, and of many digits."""
    (command,) = parse(f"display {expression} as v").commands
    assert isinstance(command, tree.Display)
    node = command.items[0].expression

    rows = _answer(connection, f"display {expression} as v | sort @timestamp asc", records)
    kept = _answer(connection, f"filter {expression} | display toMillis(@timestamp) as n", records)

    assert [row[0] for row in rows] == [text(evaluate(node, record)) for record in records]
    assert sorted(int(row[0] or -1) for row in kept) == [
        place for place, record in enumerate(records) if truth(node, record)
    ]


_AGGREGATES = {
    "rows": "count(*)",
    "there": "count(a)",
    "kinds": "count_distinct(a)",
    "total": "sum(a)",
    "mean": "avg(a)",
    "spread": "stddev(a)",
    "half": "pct(a, 50)",
    "least": "min(a)",
    "most": "max(a)",
    "first": "earliest(a)",
    "last": "latest(a)",
    "low": "sortsFirst(a)",
    "high": "sortsLast(a)",
    "each": "values(a)",
}
_ROUNDED = ("total", "mean", "spread", "half")


@given(_records)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_duckdb_aggregates_as_plain_python_does(
    connection: duckdb.DuckDBPyConnection, records: list[dict[str, Any]]
) -> None:
    """Every aggregate, over groups and values missing, of every kind, and of many digits."""
    groups: dict[str | None, list[Any]] = {}
    for record in records:
        groups.setdefault(text(record.get("b")), []).append(record.get("a"))
    expected = {key: aggregates(values) for key, values in groups.items()}
    asked = ", ".join(f"{call} as {name}" for name, call in _AGGREGATES.items())

    rows = _answer(connection, f"stats {asked} by b", records)

    assert {row[0] for row in rows} == expected.keys()
    for key, *cells in rows:
        found = dict(zip(_AGGREGATES, cells, strict=True))
        wanted = expected[key]
        for name in _ROUNDED:
            cell, rounded = found.pop(name), wanted.pop(name)
            near = None if rounded is None else pytest.approx(rounded, rel=1e-9, abs=1e-6)
            assert (None if cell is None else float(cell)) == near
        for name in ("least", "most"):
            assert _value(found.pop(name)) == _value(text(wanted.pop(name)))
        assert json.loads(found.pop("each") or "null") == wanted.pop("each")
        assert found == {name: text(value) for name, value in wanted.items()}


def _value(cell: str | None) -> float | str | None:
    """Return a cell as a number if it spells one: equal numbers may be spelled differently."""
    spelled = number(cell)
    return cell if spelled is None else spelled


_GAP = 2


@given(_records)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_duckdb_looks_at_rows_before_as_plain_python_does(
    connection: duckdb.DuckDBPyConnection, records: list[dict[str, Any]]
) -> None:
    """Totals, rows before, values carried on and sessions, with values of every kind."""
    values, users = [[record.get(name) for record in records] for name in ("a", "b")]

    rows = _answer(
        connection,
        "sort @timestamp asc | accum a as total | autoregress a | sessionize b maxspan "
        f"{_GAP}ms | filldown a | display total, a_p1, a, session_id",
        records,
    )

    for (total, *_), rounded in zip(rows, totals(values), strict=True):
        near = None if rounded is None else pytest.approx(rounded, rel=1e-9, abs=1e-6)
        assert (None if total is None else float(total)) == near
    found = list(zip(*rows, strict=True))[1:]
    assert found == [
        tuple(map(text, [None, *values[:-1]])),
        tuple(carried(values)),
        tuple(sessions(users, _GAP)),
    ]
