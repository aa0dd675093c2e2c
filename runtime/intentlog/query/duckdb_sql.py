"""Writes a relation as DuckDB's SQL.

Numbers are DOUBLE, times BIGINT milliseconds, a field is what `read_json` gives for a column of
type JSON: canonical text, so that equal values are equal texts.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from .duckdb_functions import FUNCTIONS
from .refused_fill import MOST_BINS, TOO_MANY_BINS
from .relational import Apply, Kind, Value
from .sql import literal
from .sql_steps import StepDialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .relational import Expr, Extract, Order, Relation, Scan, Unroll
    from .sql import Path, Template
    from .sql_steps import Chain

_NUMBER: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_WHOLE: Final = "[+-]?[0-9]+"
_MOST_KEPT: Final = 999_999  # of DuckDB's arg_min
_EVENT_TIME: Final = re.compile(r"(e\d+)time")
_ORDER: Final = "order"
_MOST_EVENTS: Final = 2**40
ARRIVALS: Final = "arrivals"
"""The sequence that numbers events as they are read."""
_PLAIN_TEXT: Final = frozenset(map(chr, range(32, 127))) - {'"', "\\"}


def duckdb_sql(relation: Relation) -> str:
    """Return the SELECT that answers a query; all its columns are VARCHAR.

    It reads one table a scan, as the module `relational` says, and the tables of
    ``relation.tables``. Some functions are Python's: `addresses.register` adds them.
    """
    return _DuckDB().query(relation)


def in_order(scan: Scan, events: str) -> str:
    """Return the SELECT of a scan's events, numbered where their order can be asked for."""
    if "@timestamp" not in scan.system:
        return events
    return f"SELECT *, nextval('{ARRIVALS}') AS e{scan.number}{_ORDER} FROM ({events})"


class _DuckDB(StepDialect):
    functions: Mapping[str, Template] = FUNCTIONS
    types: Mapping[Kind, str] = {
        Kind.RAW: "JSON",
        Kind.JSON: "JSON",
        Kind.TEXT: "VARCHAR",
        Kind.NUMBER: "DOUBLE",
        Kind.WHOLE: "HUGEINT",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.TIME: "BIGINT",
        Kind.LIST: "VARCHAR[]",
    }
    json_null = "CAST('null' AS JSON)"

    def member(self, sql: str, paths: tuple[Path, ...]) -> str:
        found = [f"json_extract({sql}, {literal(_pointer(path))})" for path in paths]
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    def json(self, sql: str) -> str:
        return f"to_json({sql})"

    def json_number(self, sql: str) -> str:
        return f"CAST({sql} AS JSON)"

    def raw_text(self, sql: str) -> str:
        number = self.number_text(f"CAST({sql} AS DOUBLE)")
        return (
            f"(CASE left({sql}, 1) WHEN '\"' THEN {sql} ->> '$' WHEN 't' THEN '1' WHEN 'f' THEN "
            f"'0' WHEN 'n' THEN NULL WHEN '{{' THEN NULL WHEN '[' THEN NULL "
            f"ELSE CASE WHEN contains({sql}, '.') OR contains({sql}, 'e') THEN {number} "
            f"ELSE CAST({sql} AS VARCHAR) END END)"
        )

    def raw_number(self, sql: str) -> str:
        text = self.text_number(f"({sql} ->> '$')")
        return (
            f"(CASE left({sql}, 1) WHEN '\"' THEN {text} WHEN 't' THEN 1 WHEN 'f' THEN 0 "
            f"WHEN 'n' THEN NULL WHEN '{{' THEN NULL WHEN '[' THEN NULL "
            f"ELSE {self.finite(f'TRY_CAST({sql} AS DOUBLE)')} END)"
        )

    def json_text(self, sql: str) -> str:
        return f"CAST({sql} AS VARCHAR)"

    def json_begin(self, sql: str) -> str:
        return f"left({sql}, 1)"

    def text_number(self, sql: str) -> str:
        # DuckDB would also read " 12 ", "1_000" and "inf".
        number = self.finite(f"TRY_CAST({sql} AS DOUBLE)")
        return f"(CASE WHEN regexp_full_match({sql}, '{_NUMBER}') THEN {number} END)"

    def text_whole(self, sql: str) -> str:
        return (
            f"(CASE WHEN regexp_full_match({sql}, '{_WHOLE}') THEN TRY_CAST({sql} AS HUGEINT) END)"
        )

    def number_whole(self, sql: str) -> str:
        return f"TRY_CAST(trunc({sql}) AS HUGEINT)"

    def number_text(self, sql: str) -> str:
        return (
            f"(CASE WHEN {sql} = trunc({sql}) AND abs({sql}) < 1e37 "
            f"THEN CAST(CAST({sql} AS HUGEINT) AS VARCHAR) "
            f"WHEN isfinite({sql}) THEN CAST({sql} AS VARCHAR) END)"
        )

    def finite(self, sql: str) -> str:
        return f"list_filter([{sql}], lambda n: isfinite(n))[1]"

    def bound(self, sql: str, name: str, body: str) -> str:
        return f"list_transform([{sql}], lambda {name}: {body})[1]"

    def time_text(self, sql: str) -> str:
        return f"strftime(make_timestamp_ms({sql}), '%Y-%m-%d %H:%M:%S.%g')"

    def list_text(self, sql: str) -> str:
        return f"CAST(to_json({sql}) AS VARCHAR)"

    def chunks(self, text: str) -> str:
        parts = f"regexp_extract_all({text}, '[0-9]+|[^0-9]+')"
        length = "lpad(CAST(length(c) AS VARCHAR), 4, '0')"
        key = f"CASE WHEN c[1] BETWEEN '0' AND '9' THEN '0' || {length} || c ELSE c END"
        return f"array_to_string(list_transform({parts}, lambda c: {key}), '')"

    def order_terms(self, keys: Sequence[Order], table: str = "") -> Iterator[tuple[str, str]]:
        """Yield the same; events of one moment come in the order in which they were read."""
        yield from super().order_terms(keys, table)
        for key in keys:
            if event_time := _EVENT_TIME.fullmatch(key.column.name):
                direction = f"{'DESC' if key.descending else 'ASC'} NULLS LAST"
                yield f"{table}{event_time[1]}{_ORDER}", direction

    def moment(self, time: Expr) -> str:
        """Return the time, and of events of one moment the order in which they were read."""
        sql = super().moment(time)
        event_time = _EVENT_TIME.fullmatch(sql)
        if event_time is None:
            return sql
        return f"(CAST({sql} AS HUGEINT) * {_MOST_EVENTS} + {event_time[1]}{_ORDER})"

    def first(self, chain: Chain, keys: Sequence[Order], count: int) -> str:
        """Add the first rows of an order, in memory for those rows alone.

        DuckDB keeps more of them, and runs out of memory over lines that are long and many: what
        it sorts of texts does not go to the disk. An aggregate keeps the first rows only.
        """
        terms = list(self.order_terms(keys))
        if not terms or not 0 < count <= _MOST_KEPT:
            return super().first(chain, keys, count)
        by = ", ".join(f"{term}, '{direction}'" for term, direction in terms)
        place = f"place_{len(chain.parts)}"
        chain.add(f"SELECT *, create_sort_key({by}) AS {place} FROM {chain.last}")
        kept = f"arg_min({chain.last}, {place}, {count})"
        chain.add(f"SELECT unnest({kept}, max_depth := 2) FROM {chain.last}")
        return f" ORDER BY {chain.last}.{place}"

    def condition(self, expression: Expr) -> str:
        """Return a condition for WHERE, in which a field is compared without being decoded.

        The text of a JSON string is equal to another exactly where the JSON is. That is a third
        faster, and says false where a field is no value, which is as good as null here.
        """
        match expression:
            case Apply("and" | "or" as operator, operands):
                return f"({f' {operator.upper()} '.join(map(self.condition, operands))})"
            case Apply("text =", (of, Value(str(text)))) if _is_field(of) and _only_string(text):
                return f"({self.sql(of)} = {literal(json.dumps(text))})"
            case Apply("among", (of, Value(tuple(texts)))) if _is_field(of) and all(
                isinstance(text, str) and _only_string(text) for text in texts
            ):
                listed = ", ".join(literal(json.dumps(text)) for text in texts)
                return f"({self.sql(of)} IN ({listed}))"
            case _:
                return super().condition(expression)

    def extract(self, chain: Chain, step: Extract) -> None:
        text, regex = self.convert(step.of, Kind.TEXT), literal(step.regex)
        names = [column.name for column in step.columns]
        if step.position is not None:
            lists = [f"regexp_extract_all({text}, {regex}, {n + 1})" for n in range(len(names))]
            made = [f"unnest({found}) AS {name}" for found, name in zip(lists, names, strict=True)]
            made.append(f"generate_subscripts({lists[0]}, 1) AS {step.position.name}")
            chain.add(f"SELECT *, {', '.join(made)} FROM {chain.last}")
            return
        listed = ", ".join(map(literal, names))
        groups = f"groups_{names[0]}"
        found = f"regexp_extract({text}, {regex}, [{listed}])"
        matched = f"CASE WHEN regexp_matches({text}, {regex}) THEN {found} END AS {groups}"
        chain.add(f"SELECT *, {matched} FROM {chain.last}")
        # A group that took no part is empty there, and null in the other function alone.
        columns = ", ".join(
            f"CASE WHEN {groups}.{name} = '' "
            f"THEN regexp_extract_all({text}, {regex}, {place + 1})[1] "
            f"ELSE {groups}.{name} END AS {name}"
            for place, name in enumerate(names)
        )
        chain.add(f"SELECT * EXCLUDE ({groups}), {columns} FROM {chain.last}")

    def unroll(self, chain: Chain, step: Unroll) -> None:
        of = self.convert(step.of, Kind.JSON)
        elements = (
            f"CASE WHEN left({of}, 1) = '[' THEN CAST({of} AS JSON[]) ELSE [CAST({of} AS JSON)] END"
        )
        made = f"unnest({elements}) AS {step.column.name}"
        place = f"generate_subscripts({elements}, 1) AS {step.position.name}"
        chain.add(f"SELECT *, {made}, {place} FROM {chain.last}")

    def series(self, table: str, time: str, width: int) -> str:
        too_many = f"max({time}) - min({time}) >= {MOST_BINS * width}"
        refused = f"CAST(error({literal(TOO_MANY_BINS)}) AS BIGINT)"
        last = f"CASE WHEN {too_many} THEN {refused} ELSE max({time}) END"
        counted = f"generate_series(min({time}), {last}, {width})"
        return f"(SELECT unnest({counted}) AS t FROM {table}) AS series"


def _is_field(expression: Expr) -> bool:
    return expression.kind is Kind.RAW and not isinstance(expression, Value)


def _only_string(text: str) -> bool:
    """Tell whether only a JSON string has this text, spelled the one way that DuckDB does."""
    return text.lower() == text.upper() == "" or (
        _PLAIN_TEXT.issuperset(text) and text[:1].isalpha()
    )


def _pointer(path: Path) -> str:
    """Return a JSON pointer: unlike a path with $, it can hold any key."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
