"""No value in a line makes a function fail: what it cannot take is missing."""

from collections.abc import Iterator
from typing import Any, Final

import duckdb
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from intentlog.query import duckdb_sql, parse, plan
from intentlog.query.addresses import register
from intentlog.query.duckdb_sql import ARRIVALS, in_order
from intentlog.query.functions import FUNCTIONS, Function
from intentlog.query.relational import SYSTEM_COLUMNS, Kind, Scan

_LINES: Final = (
    *("null", "true", "0", "-1", "-0.0", "1.5", "-95.5", "200", "1e17", "1e20", "1e300", "-1e300"),
    *("1e308", "1e-300", "1772359200000000000", "1772359200000000", "9223372036854775807"),
    *("-9223372036854775809", "123456789012345678901234567890123456789012", "-62135596800001"),
    *('""', '" "', '"x"', '"unknown"', '"10.0.0.1"', '"::1"', '"10.0.0.1, 10.0.0.2"', '"-5"'),
    *('"1e999"', '"9223372036854775808"', '"NaN"', '"inf"', '"0x1_0"', '"ff"', '"/w=="', '"100%"'),
    *('{"a":1}', '[1,null,"x",1.0]', "[]", '"[1,2"', '"a=\\"\\\\q\\" b"', '"\\ud83d\\ude00"'),
)
_ARGUMENTS: Final = {
    "p": ("5m", "1mo", "10000y", "10000w", "7d"),
    "r": ("/x/", '"x"'),
    "w": ("3", "0", "308"),
}
_CONSTANT: Final = {  # by function and place: what must be written in the query
    ("formatdate", 1): ('"%F %T %z"',),
    ("formatdate", 2): ('"Europe/Berlin"',),
    ("strftime", 1): ('"%A %j"',),
    ("strftime", 2): ('"Asia/Kolkata"',),
    ("parsedate", 1): ('"yyyy-MM-dd"',),
    ("parsedate", 2): ('"Europe/Berlin"',),
    ("regexreplace", 2): ('"y"',),
    ("pct", 1): ("95",),
    ("percentile", 1): ("95",),
    ("rate", 1): ("1m", "7d"),
    ("topk", 0): ("3",),
    ("histogram", 1): ("0.5", "1e-300", "10"),
    **{(name, 1): ('"10.0.0.0/8"', "a") for name in FUNCTIONS if name.endswith("subnet")},
}
_ANY: Final = (
    *("a", "b", "a", "b", "5", "1e300", "1772359200000000000", '"x"', '""', "true", "null"),
    *("0 - a", "a * b", "a / 3", "toLong(a)", "jsonParse(a)", "@timestamp", "a > b"),
    *("fromMillis(a)", 'split(a, "x")'),
)


@st.composite
def _calls(draw: st.DrawFn) -> tuple[Function, str]:
    key = draw(st.sampled_from(sorted(FUNCTIONS)))
    function = FUNCTIONS[key]
    letters = function.signature.replace("?", "").replace("*", "")
    count = draw(st.integers(function.least, len(letters)))
    letters = "p" if function.name == "bin" and count == 1 else letters
    arguments = [
        draw(st.sampled_from(_CONSTANT.get((key, place)) or _ARGUMENTS.get(letter) or _ANY))
        for place, letter in enumerate(letters[:count])
    ]
    return function, f"{function.name}({', '.join(arguments)})"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in which each value stands beside another."""
    with duckdb.connect(config={"threads": 1}) as opened:
        register(opened, "".join(f"py_{name}(" for name in FUNCTIONS))
        opened.execute(f"SET TimeZone = 'UTC'; CREATE SEQUENCE {ARRIVALS}")
        opened.execute("CREATE TABLE lines (line JSON, number BIGINT)")
        for place, (one, two) in enumerate(zip(_LINES, reversed(_LINES), strict=True)):
            line = f'{{"a":{one},"b":{two}}}'
            opened.execute("INSERT INTO lines VALUES (?, ?)", [line, place])
        yield opened


@given(_calls())
@example((FUNCTIONS["haversine"], "haversine(a, b, b, a)"))
@example((FUNCTIONS["ipv4tonumber"], "ipv4ToNumber(a)"))
@example((FUNCTIONS["frommillis"], "fromMillis(a)"))
@example((FUNCTIONS["datefloor"], "datefloor(a, 1mo)"))
@example((FUNCTIONS["formatdate"], 'formatDate(a, "%F %T %z", "Europe/Berlin")'))
@example((FUNCTIONS["substr"], "substr(a, b, a)"))
@example((FUNCTIONS["stddev"], "stddev(a)"))
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_value_makes_a_function_fail(
    connection: duckdb.DuckDBPyConnection, called: tuple[Function, str]
) -> None:
    """Each function answers for every line, whatever the lines have."""
    function, call = called
    assume(function.role == "scalar" or "jsonParse" not in call)  # no map is counted
    query = {
        "scalar": f"fields {call} as v",
        "aggregate": f"stats {call} as v{'' if function.name == 'topk' else ' by b'}",
        "key": f"stats count(*) as v by {call}",
    }[function.role]

    rows = _answer(connection, query)

    assert function.role != "scalar" or len(rows) == len(_LINES)


@pytest.mark.parametrize("function", ["stddev", "variance", "sum", "avg"])
def test_a_sum_that_is_too_large_is_missing(
    connection: duckdb.DuckDBPyConnection, function: str
) -> None:
    """An aggregate of all of them together does not fail either."""
    assert len(_answer(connection, f"stats {function}(a) as v")) == 1


def _answer(connection: duckdb.DuckDBPyConnection, text: str) -> list[Any]:
    relation = plan(parse(text))
    (scan,) = relation.scans
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {scan.table} AS {in_order(scan, _events(scan))}"
    )
    return connection.execute(duckdb_sql(relation)).fetchall()


def _events(scan: Scan) -> str:
    times = {name for name, (_, kind) in SYSTEM_COLUMNS.items() if kind is Kind.TIME}
    columns = [
        *(f"json_extract(line, '$.\"{key}\"') AS {scan.column(key)}" for key in scan.keys),
        *(
            f"{'number' if name in times else 'CAST(line AS VARCHAR)'} AS {scan.column(name)}"
            for name in scan.system
        ),
    ]
    return f"SELECT {', '.join(columns) or '1 AS one'} FROM lines"  # noqa: S608 - of this test
