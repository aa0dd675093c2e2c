"""Generated queries: what is printed is what was meant, and two evaluations agree."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from intentlog.query import Query, QueryError, duckdb_sql, lint, parse, plan, to_text, tree
from intentlog.query.addresses import register
from intentlog.query.duckdb_sql import ARRIVALS, in_order
from intentlog.query.functions import FUNCTIONS
from intentlog.query.periods import UNITS
from intentlog.query.printing import expression_text
from intentlog.query.relational import SYSTEM_COLUMNS, Kind, Scan


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with one thread: the tables are tiny."""
    with duckdb.connect(config={"threads": 1}) as opened:
        register(opened, "".join(f"py_{name}(" for name in FUNCTIONS))
        opened.execute(f"CREATE SEQUENCE {ARRIVALS}")
        yield opened


# --- what is printed is what was meant

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_plain = st.from_regex(r"[@A-Za-z_$][@A-Za-z0-9_]{0,5}(\.[a-z0-9]{1,3}){0,2}", fullmatch=True)
_odd = st.text(st.characters(codec="utf-8", exclude_characters="`\n\r"), min_size=1, max_size=6)
_paths = st.one_of(
    _plain, _odd, st.sampled_from(["parse", "desc", "true", "not", "a[0]", "b[1].c"])
)
_names = st.builds(tree.Name, _paths)
_numbers = st.one_of(
    st.integers(0, 10**20), st.floats(0, allow_nan=False, allow_infinity=False, width=32)
)
_constants = st.builds(
    tree.Constant, st.one_of(_texts, _numbers, st.sampled_from([True, False, None]))
)
_durations = st.builds(tree.Duration, st.integers(1, 90), st.sampled_from(sorted(UNITS)))
_regexes = st.sampled_from([r"a/b", r"^\d+\.(?<x>.*)$", r"[/\]]/", "(?i)é", r"\\"]).map(tree.Regex)


def _calls(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Call]:
    def call(key: str) -> st.SearchStrategy[tree.Call]:
        least, most = FUNCTIONS[key].least, FUNCTIONS[key].most
        count = st.integers(least, least + 2 if most is None else most)
        arguments = count.flatmap(lambda size: st.tuples(*[inner] * size))
        return st.builds(tree.Call, st.just(key), arguments)

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(call)


def _expressions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    operators = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"]
    arrays = st.builds(tree.Array, st.lists(inner, min_size=1, max_size=3).map(tuple))
    return st.one_of(
        _calls(inner),
        st.builds(tree.Unary, st.sampled_from(["-", "not"]), inner),
        st.builds(
            tree.Logical,
            st.sampled_from(["or", "and"]),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
        ),
        st.builds(tree.Binary, st.sampled_from(operators), inner, inner),
        st.builds(tree.Like, inner, st.one_of(_regexes, inner), st.booleans()),
        st.builds(tree.In, inner, st.one_of(arrays, _names), st.booleans()),
    )


_counts = st.just(tree.Call("count", (tree.Star(),)))
_any = st.recursive(st.one_of(_names, _constants, _durations, _counts), _expressions, max_leaves=8)


def _some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, min_size=1, max_size=3).map(tuple)


def _named_once(items: tuple[tree.Item, ...]) -> bool:
    """Tell whether no name would come twice, which is refused."""
    names = [item.alias or expression_text(item.expression) for item in items]
    return len(set(names)) == len(names)


_items = _some(st.builds(tree.Item, _any, st.one_of(st.none(), _paths))).filter(_named_once)
_regex_parse = st.builds(
    tree.Parse, _names, st.just("regex"), st.just(r"(?<a>x)(y)(?<b>z)"), st.just(("a", "b"))
)
_two_paths = st.lists(_paths, min_size=2, max_size=2, unique=True).map(tuple)
_aliases = st.one_of(st.none(), _paths)
_wildcards = st.from_regex(r"[@A-Za-z_]{0,3}\*[a-z_]{0,3}\*?", fullmatch=True).map(tree.Wildcard)
_pairs = _some(st.tuples(_plain, _plain))
_outputs = _pairs.filter(lambda pairs: len({alias for _, alias in pairs}) == len(pairs))
_sources = st.builds(tree.Source, _some(_texts), st.just(()), st.none(), st.integers(0, 10**13))
_commands: st.SearchStrategy[Any] = st.one_of(
    st.builds(tree.Fields, _items),
    st.builds(tree.Display, _items),
    st.builds(tree.Filter, _any, st.booleans()),
    st.builds(
        tree.Stats, _items, st.one_of(st.just(()), _items), st.one_of(st.none(), _durations)
    ).filter(lambda command: _named_once((*command.keys, *command.items))),
    st.builds(tree.Sort, _some(st.builds(tree.SortKey, _any, st.booleans()))),
    st.builds(tree.Limit, st.integers(1, 10**5), st.booleans()),
    st.builds(tree.Dedup, _some(_names)),
    st.builds(tree.Parse, _names, st.just("glob"), st.just("a=* b=*"), _two_paths),
    st.builds(tree.Parse, _names, st.sampled_from(["logfmt", "csv"]), st.just(""), st.tuples(_odd)),
    _regex_parse,
    _regex_parse.map(lambda command: replace(command, multi=True)),
    st.builds(tree.Json, _names, _texts, _paths),
    st.builds(tree.Unnest, _names, _paths),
    _names.map(lambda name: tree.Unnest(name, name.path, expand=True)),
    st.builds(tree.Lookup, _plain, _pairs, _outputs),
    st.builds(tree.FillMissing, _some(st.tuples(_constants, st.tuples(_paths)))),
    st.builds(tree.Pattern, _names),
    st.builds(tree.Accum, _names, _aliases),
    st.builds(tree.FillDown, st.lists(st.one_of(_names, _wildcards), max_size=3).map(tuple)),
    st.builds(tree.Autoregress, _names, _aliases, st.integers(1, 3), st.integers(3, 5)),
    st.builds(tree.Sessionize, _some(_names), st.one_of(st.none(), _durations), _aliases),
    st.builds(tree.CountFrequent, _some(_names)),
    st.builds(
        tree.AddTotals,
        st.one_of(st.just(()), _some(_names)),
        _aliases,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(tree.Other, st.just("diff"), st.sampled_from(["", "previousDay"])),
)
_queries = st.lists(_commands, min_size=1, max_size=4).map(lambda made: Query(tuple(made)))
_subqueries = st.builds(lambda source, rest: Query((source, *rest.commands)), _sources, _queries)
_with_subqueries = st.one_of(
    st.builds(tree.Filter, st.builds(tree.In, _names, _subqueries)),
    st.builds(
        tree.Join,
        st.sampled_from(["inner", "left"]),
        st.just("l"),
        st.just("r"),
        st.just(((tree.Name("l.a"), tree.Name("r.b")),)),
        _subqueries,
    ),
)


@given(st.one_of(_queries, _subqueries, _with_subqueries.map(lambda made: Query((made,)))))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_parsing_what_was_printed_gives_the_same_tree(query: Query) -> None:
    """Every tree has a text, and the text has that tree."""
    assert parse(to_text(query)) == query


@given(_any)
@settings(max_examples=100, deadline=None)
def test_no_parenthesis_is_superfluous_or_missing(expression: Any) -> None:
    """An expression that is printed alone is read as itself."""
    (command,) = parse(f"filter {expression_text(expression)}").commands

    assert isinstance(command, tree.Filter)
    assert command.condition == expression


@given(st.one_of(_queries, _subqueries, _with_subqueries.map(lambda made: Query((made,)))))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_can_be_planned_can_be_asked(
    connection: duckdb.DuckDBPyConnection, query: Query
) -> None:
    """A query is refused with its place, or DuckDB takes it; it never fails in between."""
    lint(query)
    with suppress(QueryError):
        relation = plan(parse(to_text(query)), start=0, end=10**13)
        assume(not relation.tables)
        for scan in relation.scans:
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {scan.table} AS {in_order(scan, _no_events(scan))}"
            )
        connection.execute(duckdb_sql(relation))


def _no_events(scan: Scan) -> str:
    types = {Kind.TIME: "BIGINT", Kind.TEXT: "VARCHAR"}
    columns = [
        "1 AS one",
        *(f"NULL::JSON AS {scan.column(key)}" for key in scan.keys),
        *(f"NULL::{types[SYSTEM_COLUMNS[name][1]]} AS {scan.column(name)}" for name in scan.system),
    ]
    return f"SELECT {', '.join(columns)} WHERE FALSE"
