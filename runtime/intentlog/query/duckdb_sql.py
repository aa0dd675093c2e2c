"""Writes a relation as DuckDB's SQL.

Numbers are DOUBLE, times BIGINT milliseconds, a field is what `read_json` gives for a column of
type JSON: canonical text, so that equal values are equal texts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .java_dates import strptime_format
from .kinds import text_in
from .relational import Apply, Kind, Value
from .sql import Dialect, literal
from .sql_functions import DYNAMIC, severity
from .sql_steps import StepDialect, cases, coalesced, of_same_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .relational import Expr, Extract, Order, Relation, Unroll
    from .sql import Path, Template
    from .sql_steps import Chain

_NUMBER: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_FEW_ROWS: Final = 1000
_MOST_KEPT: Final = 999_999  # of DuckDB's arg_min
_PLAIN_TEXT: Final = frozenset(map(chr, range(32, 127))) - {'"', "\\"}


def duckdb_sql(relation: Relation) -> str:
    """Return the SELECT that answers a query; all its columns are VARCHAR.

    It reads one table a scan, as the module `relational` says, and the tables of
    ``relation.tables``. Some functions are Python's: `duckdb_functions.register` adds them.
    """
    return _DuckDB().query(relation)


def _count(dialect: Dialect, apply: Apply) -> str:
    what = dialect.convert(apply.arguments[0], Kind.TEXT) if apply.arguments else "*"
    return f"CAST(count({what}) AS DOUBLE)"


def _extreme(function: str) -> Template:
    """Of numbers the lowest or highest; of texts only where there is no number."""

    def template(dialect: Dialect, apply: Apply) -> str:
        of = apply.arguments[0]
        number = dialect.convert(of, Kind.NUMBER)
        if apply.kind is Kind.NUMBER:
            return f"{function}({number})"
        text = dialect.convert(of, Kind.TEXT)
        return f"coalesce(arg_{function}({text}, {number}), {function}({text}))"

    return template


def _at_time(function: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        of, time = apply.arguments
        value = dialect.convert(of, apply.kind)
        return f"{function}({value}, {dialect.convert(time, Kind.TIME)})"

    return template


def _first_sorted(direction: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        assert isinstance(dialect, StepDialect)  # noqa: S101 - it writes aggregates
        text = dialect.convert(apply.arguments[0], Kind.TEXT)
        order = ", ".join(f"{term} {direction}" for term in dialect.natural(text))
        first = f"first({text} ORDER BY {order}) FILTER ({text} IS NOT NULL)"
        return first if apply.kind is Kind.TEXT else dialect.text_number(first)

    return template


def _percentile(dialect: Dialect, apply: Apply) -> str:
    of, percent = apply.arguments
    assert isinstance(percent, Value)  # noqa: S101 - the planner made it
    share = float(str(percent.value)) / 100
    return f"quantile_cont({dialect.convert(of, Kind.NUMBER)}, {share!r})"


def _present(dialect: Dialect, apply: Apply) -> str:
    of = apply.arguments[0]
    sql = dialect.sql(of)
    if of.kind is not Kind.RAW:
        return f"({sql} IS NOT NULL)"
    # An object or array is no value, and not missing either: `evaluate` has the same.
    first = f"coalesce(left({sql}, 1), 'n')"
    return f"(CASE WHEN {first} NOT IN ('{{', '[') THEN {first} <> 'n' END)"


def _json_parse(dialect: Dialect, apply: Apply) -> str:
    of = apply.arguments[0]
    sql = dialect.sql(of)
    if of.kind in (Kind.RAW, Kind.JSON):
        inner = f"({sql} ->> '$')"
        text = f"CASE WHEN left({sql}, 1) = '\"' THEN {inner} ELSE CAST({sql} AS VARCHAR) END"
    else:
        text = dialect.convert(of, Kind.TEXT)
    # Only a map or a list comes out of it (AWS page "Boolean, comparison, …").
    return f"(CASE WHEN left(ltrim({text}), 1) IN ('{{', '[') THEN TRY_CAST({text} AS JSON) END)"


def _logfmt(dialect: Dialect, apply: Apply) -> str:
    text = dialect.convert(apply.arguments[0], Kind.TEXT)
    key = text_in(apply.arguments[1]) or ""
    found = literal(rf'(?:^|\s){_escaped(key)}=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
    both = f"regexp_extract({text}, {found}, 1) || regexp_extract({text}, {found}, 2)"
    return f"(CASE WHEN regexp_matches({text}, {found}) THEN {both} END)"


def _trim(function: str, white: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        text, *characters = (dialect.convert(each, Kind.TEXT) for each in apply.arguments)
        if characters:
            return f"{function}({text}, {characters[0]})"
        return f"regexp_replace({text}, '{white}', '', 'g')"

    return template


def _substr(dialect: Dialect, apply: Apply) -> str:
    text = dialect.convert(apply.arguments[0], Kind.TEXT)
    start, *length = (
        f"CAST({dialect.convert(each, Kind.NUMBER)} AS BIGINT)" for each in apply.arguments[1:]
    )
    return f"substr({text}, {', '.join([f'{start} + 1', *length])})"


def _format_date(dialect: Dialect, apply: Apply) -> str:
    time, form, zone = apply.arguments
    stamp = f"to_timestamp({dialect.convert(time, Kind.NUMBER)} / 1000)"
    return f"strftime(timezone({dialect.sql(zone)}, {stamp}), {dialect.sql(form)})"


def _parse_date(dialect: Dialect, apply: Apply) -> str:
    text, form, zone = apply.arguments
    java = literal(strptime_format(text_in(form) or ""))
    stamp = f"TRY_STRPTIME({dialect.convert(text, Kind.TEXT)}, {java})"
    moment = f"timezone({dialect.sql(zone)}, CAST({stamp} AS TIMESTAMP))"
    return f"CAST(epoch_ms({moment}) AS DOUBLE)"


def _round(dialect: Dialect, apply: Apply) -> str:
    of, digits = apply.arguments
    assert isinstance(digits, Value)  # noqa: S101 - the planner made it
    return f"round({dialect.convert(of, Kind.NUMBER)}, {digits.value})"


def _python(name: str) -> Template:
    """Return a template that calls a function of `duckdb_functions`."""

    def template(dialect: Dialect, apply: Apply) -> str:
        arguments = (dialect.convert(argument, Kind.TEXT) for argument in apply.arguments)
        return f"py_{name}({', '.join(arguments)})"

    return template


_MONTHS: Final = "((year({0}) - 1970) * 12 + month({0}) - 1)".format("make_timestamp_ms({0:d})")
_SINCE_1970: Final = "epoch_ms(TIMESTAMP '1970-01-01' + to_months(CAST"
_TOP: Final = (
    "list_transform(list_sort(list_transform(map_entries(histogram({1:t})), "
    "lambda e: {{'c': -CAST(e.value AS BIGINT), 'k': e.key}})), lambda e: e.k)[1:{0:i}]"
)
_FUNCTIONS: Final[dict[str, Template]] = {
    "^": "(CASE WHEN isfinite(power({0:n}, {1:n})) THEN power({0:n}, {1:n}) END)",
    "contains": "contains({0:t}, {1:t})",
    "matches": "regexp_matches({0:t}, {1:t})",
    "coalesce": coalesced,
    "first": of_same_kind("coalesce"),
    "case": cases,
    "greatest": of_same_kind("greatest"),
    "least": of_same_kind("least"),
    "round": _round,
    "toint": "trunc({0:n})",
    "tolong": "trunc({0:n})",
    "datefloor months": f"{_SINCE_1970}({_MONTHS} // {{1:i}} * {{1:i}} AS INTEGER)))",
    "dateceil months": f"{_SINCE_1970}(({_MONTHS} // {{1:i}} + 1) * {{1:i}} AS INTEGER)))",
    "formatdate": _format_date,
    "parsedate": _parse_date,
    "ispresent": _present,
    "isblank": r"(regexp_full_match(coalesce({0:t}, ''), '\s*'))",
    "messagesize": "CAST(strlen({0:t}) AS DOUBLE)",
    "jsonparse": _json_parse,
    "jsonstringify": "CAST({0:j} AS VARCHAR)",
    "jsonarraysize": (
        "(CASE WHEN json_type({0:j}) = 'ARRAY' THEN CAST(json_array_length({0:j}) AS DOUBLE) END)"
    ),
    "jsonarraycontains": (
        "coalesce(list_contains(json_extract_string({0:j}, '$[*]'), {1:t}), FALSE)"
    ),
    "logfmt": _logfmt,
    "concat": of_same_kind("concat"),
    "trim": _trim("trim", r"^\s+|\s+$"),
    "ltrim": _trim("ltrim", r"^\s+"),
    "rtrim": _trim("rtrim", r"\s+$"),
    "substr": _substr,
    "regexreplace": "regexp_replace({0:t}, {1:t}, {2:t}, 'g')",
    "endswith": "suffix({0:t}, {1:t})",
    "urlencode": "url_encode({0:t})",
    "urldecode": "TRY(url_decode({0:t}))",
    "base64encode": "to_base64(encode({0:t}))",
    "base64decode": "TRY(decode(from_base64({0:t})))",
    "split": "string_split({0:t}, {1:t})",
    "hextoascii": "TRY(decode(unhex({0:t})))",
    "hextodec": "CAST(TRY_CAST('0x' || regexp_replace({0:t}, '^0[xX]', '') AS BIGINT) AS DOUBLE)",
    "dectohex": "printf('%x', TRY_CAST({0:n} AS BIGINT))",
    "md5": "md5({0:t})",
    "sha256": "sha256({0:t})",
    **{name: _python(name) for name in ("isvalidip", "isvalidipv4", "isvalidipv6", "isprivateip")},
    **{name: _python(name) for name in ("ispublicip", "isreservedip", "isipinsubnet")},
    **{name: _python(name) for name in ("isipv4insubnet", "isipv6insubnet", "ipv4tonumber")},
    "pattern": (
        "array_to_string(list_transform(string_split("
        rf"regexp_replace({{0:t}}, '{DYNAMIC}', chr(1), 'g'), chr(1)), lambda part, place: "
        "CASE WHEN place = 1 THEN part ELSE '<Token-' || (place - 1) || '>' || part END), '')"
    ),
    "severity": severity("regexp_matches"),
    "count": _count,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "pct": _percentile,
    "earliest": _at_time("arg_min"),
    "latest": _at_time("arg_max"),
    "sortsfirst": _first_sorted("ASC"),
    "sortslast": _first_sorted("DESC"),
    "values": "list_sort(list(DISTINCT {0:t}) FILTER ({0:t} IS NOT NULL))",
    "topk": _TOP,
    "rate": (
        "((arg_max({0:n}, {2:d}) - arg_min({0:n}, {2:d})) "
        "/ nullif((max({2:d}) - min({2:d})) / {1:v}, 0))"
    ),
    "histogram": "(floor({0:n} / nullif({1:n}, 0)) * {1:n})",
}


class _DuckDB(StepDialect):
    functions: Mapping[str, Template] = _FUNCTIONS
    types: Mapping[Kind, str] = {
        Kind.RAW: "JSON",
        Kind.JSON: "JSON",
        Kind.TEXT: "VARCHAR",
        Kind.NUMBER: "DOUBLE",
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
            f"ELSE TRY_CAST({sql} AS DOUBLE) END)"
        )

    def any_json_text(self, sql: str) -> str:
        structure = f"left({sql}, 1) IN ('{{', '[')"
        return f"(CASE WHEN {structure} THEN CAST({sql} AS VARCHAR) ELSE {self.raw_text(sql)} END)"

    def text_number(self, sql: str) -> str:
        # DuckDB would also read " 12 ", "1_000" and "inf".
        return (
            f"(CASE WHEN regexp_full_match({sql}, '{_NUMBER}') THEN TRY_CAST({sql} AS DOUBLE) END)"
        )

    def number_text(self, sql: str) -> str:
        return (
            f"(CASE WHEN {sql} = trunc({sql}) AND abs({sql}) < 1e37 "
            f"THEN CAST(CAST({sql} AS HUGEINT) AS VARCHAR) ELSE CAST({sql} AS VARCHAR) END)"
        )

    def time_text(self, sql: str) -> str:
        return f"strftime(make_timestamp_ms({sql}), '%Y-%m-%d %H:%M:%S.%g')"

    def list_text(self, sql: str) -> str:
        return f"CAST(to_json({sql}) AS VARCHAR)"

    def chunks(self, text: str) -> str:
        parts = f"regexp_extract_all({text}, '[0-9]+|[^0-9]+')"
        length = "lpad(CAST(length(c) AS VARCHAR), 4, '0')"
        key = f"CASE WHEN c[1] BETWEEN '0' AND '9' THEN '0' || {length} || c ELSE c END"
        return f"array_to_string(list_transform({parts}, lambda c: {key}), '')"

    def first(self, table: str, keys: Sequence[Order], count: int) -> str:
        """Return the SELECT of the first rows of an order, in memory for those rows alone.

        DuckDB would sort all rows for more than a few, and run out of memory over lines that are
        long and many: what it sorts of texts does not go to the disk. An aggregate keeps the
        first rows only.
        """
        terms = list(self.order_terms(keys))
        if not terms or not _FEW_ROWS < count <= _MOST_KEPT:
            return super().first(table, keys, count)
        by = ", ".join(f"{term}, '{direction}'" for term, direction in terms)
        kept = f"arg_min({table}, create_sort_key({by}), {count})"
        return f"SELECT unnest({kept}, max_depth := 2) FROM {table}"

    def condition(self, expression: Expr) -> str:
        """Return a condition for WHERE, in which a field is compared without being decoded.

        The text of a JSON string is equal to another exactly where the JSON is. That is a third
        faster, and says false where a field is no value, which is as good as null here.
        """
        match expression:
            case Apply("and" | "or" as operator, (left, right)):
                return f"({self.condition(left)} {operator.upper()} {self.condition(right)})"
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
        if step.multi:
            lists = ", ".join(
                f"unnest(regexp_extract_all({text}, {regex}, {place + 1})) AS {name}"
                for place, name in enumerate(names)
            )
            chain.add(f"SELECT *, {lists} FROM {chain.last}")
            return
        listed = ", ".join(map(literal, names))
        groups = f"groups_{names[0]}"
        found = f"regexp_extract({text}, {regex}, [{listed}])"
        matched = f"CASE WHEN regexp_matches({text}, {regex}) THEN {found} END AS {groups}"
        chain.add(f"SELECT *, {matched} FROM {chain.last}")
        columns = ", ".join(f"{groups}.{name} AS {name}" for name in names)
        chain.add(f"SELECT * EXCLUDE ({groups}), {columns} FROM {chain.last}")

    def unroll(self, chain: Chain, step: Unroll) -> None:
        of = self.convert(step.of, Kind.JSON)
        elements = (
            f"CASE WHEN left({of}, 1) = '[' THEN CAST({of} AS JSON[]) ELSE [CAST({of} AS JSON)] END"
        )
        chain.add(f"SELECT *, unnest({elements}) AS {step.column.name} FROM {chain.last}")

    def series(self, table: str, time: str, width: int) -> str:
        counted = f"generate_series(min({time}), max({time}), {width})"
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


def _escaped(key: str) -> str:
    return "".join(char if char.isalnum() or char == "_" else f"\\{char}" for char in key)
