"""The functions of Logs Insights QL in DuckDB's SQL, as templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .java_dates import has_offset, strptime_format, utc_format
from .kinds import ELEMENT, comparison, text_in
from .relational import Apply, Kind, Value
from .sql import literal
from .sql_functions import DYNAMIC, MONTHS, OCTETS, WINDOW, of_same_kind, severity
from .sql_steps import StepDialect
from .strftime import OFFSET, pieces

if TYPE_CHECKING:
    from .sql import Dialect, Template


def _escaped(key: str) -> str:
    return "".join(char if char.isalnum() or char == "_" else f"\\{char}" for char in key)


def _first_sorted(direction: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        assert isinstance(dialect, StepDialect)  # noqa: S101 - it writes aggregates
        text = dialect.convert(apply.arguments[0], Kind.TEXT)
        order = ", ".join(f"{term} {direction}" for term in dialect.natural(text))
        first = f"first({text} ORDER BY {order}) FILTER ({text} IS NOT NULL)"
        match apply.kind:
            case Kind.TEXT:
                return first
            case Kind.WHOLE:
                return dialect.text_whole(first)
            case _:
                return dialect.text_number(first)

    return template


def _percentile(dialect: Dialect, apply: Apply) -> str:
    of, percent = apply.arguments
    assert isinstance(percent, Value)  # noqa: S101 - the planner made it
    share = float(str(percent.value)) / 100
    return f"quantile_cont({dialect.convert(of, Kind.NUMBER)}, {share!r})"


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


def _array_contains(dialect: Dialect, apply: Apply) -> str:
    of, value = apply.arguments
    sql, equal = dialect.convert(of, Kind.JSON), dialect.sql(comparison("=", ELEMENT, value))
    elements = f"CASE WHEN left({sql}, 1) = '[' THEN CAST({sql} AS JSON[]) END"
    return f"coalesce(len(list_filter({elements}, lambda {ELEMENT.name}: {equal})) > 0, FALSE)"


def _logfmt(dialect: Dialect, apply: Apply) -> str:
    text = dialect.convert(apply.arguments[0], Kind.TEXT)
    key = text_in(apply.arguments[1]) or ""
    found = literal(rf'(?:^|\s){_escaped(key)}=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
    quoted, plain = (f"regexp_extract({text}, {found}, {group})" for group in (1, 2))
    # What logfmt escapes in quotes is what JSON does.
    unescaped = f"coalesce((TRY_CAST('\"' || {quoted} || '\"' AS JSON) ->> '$'), {quoted})"
    return f"(CASE WHEN regexp_matches({text}, {found}) THEN {unescaped} || {plain} END)"


def _trim(function: str, white: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        text, *characters = (dialect.convert(each, Kind.TEXT) for each in apply.arguments)
        if characters:
            return f"{function}({text}, {characters[0]})"
        return f"regexp_replace({text}, '{white}', '', 'g')"

    return template


def _format_date(dialect: Dialect, apply: Apply) -> str:
    time, form, zone = apply.arguments
    stamp = f"to_timestamp({dialect.convert(time, Kind.TIME)} / 1000)"
    there = f"timezone({dialect.sql(zone)}, {stamp})"
    minutes = f"date_diff('minute', timezone('UTC', {stamp}), {there})"
    offset = (
        f"printf('%s%02d%02d', CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END, "
        f"abs({minutes}) // 60, abs({minutes}) % 60)"
    )
    parts = [
        offset if piece == OFFSET else f"strftime({there}, {literal(piece)})"
        for piece in pieces(text_in(form) or "")
    ]
    return f"({' || '.join(parts)})"


def _parse_date(dialect: Dialect, apply: Apply) -> str:
    of, form, zone = apply.arguments
    text, java = dialect.convert(of, Kind.TEXT), text_in(form) or ""
    stamp = f"TRY_STRPTIME({text}, {literal(strptime_format(java))})"
    if has_offset(java):
        utc = f"CAST(TRY_STRPTIME({text}, {literal(utc_format(java))}) AS TIMESTAMP)"
        moment = f"coalesce(CAST({stamp} AS TIMESTAMPTZ), timezone('UTC', {utc}))"
    else:
        moment = f"timezone({dialect.sql(zone)}, CAST({stamp} AS TIMESTAMP))"
    return f"CAST(epoch_ms({moment}) AS DOUBLE)"


def _python(name: str) -> Template:
    """Return a template that calls a function of `addresses`."""

    def template(dialect: Dialect, apply: Apply) -> str:
        arguments = (dialect.convert(argument, Kind.TEXT) for argument in apply.arguments)
        return f"py_{name}({', '.join(arguments)})"

    return template


_MONTH: Final = (
    "epoch_ms(TIMESTAMP '1970-01-01' + to_months(CAST("
    "(floor({months} / {{1:i}}) + {more}) * {{1:i}} AS INTEGER)))"
)


def _months(milliseconds: str) -> str:
    return MONTHS.format(f"make_timestamp_ms({milliseconds})")


_TOP: Final = (
    "list_transform(list_sort(list_transform(map_entries(histogram({1:t})), "
    "lambda e: {{'c': -CAST(e.value AS BIGINT), 'k': e.key}})), lambda e: e.k)[1:{0:i}]"
)
FUNCTIONS: Final[dict[str, Template]] = {
    "contains": "contains({0:t}, {1:t})",
    "matches": "regexp_matches({0:t}, {1:t})",
    "greatest": of_same_kind("greatest"),
    "least": of_same_kind("least"),
    "toint": "trunc({0:n})",
    "datefloor months": _MONTH.format(months=_months("{0:d}"), more=0),
    "dateceil months": _MONTH.format(months=_months("{0:d} - 1"), more=1),
    "formatdate": _format_date,
    "parsedate": _parse_date,
    "isblank": r"(regexp_full_match(coalesce({0:t}, ''), '\s*'))",
    "messagesize": "CAST(strlen({0:t}) AS DOUBLE)",
    "jsonparse": _json_parse,
    "jsonarraysize": (
        "(CASE WHEN json_type({0:j}) = 'ARRAY' THEN CAST(json_array_length({0:j}) AS DOUBLE) END)"
    ),
    "jsonarraycontains": _array_contains,
    "logfmt": _logfmt,
    "concat": of_same_kind("concat"),
    "trim": _trim("trim", r"^\s+|\s+$"),
    "ltrim": _trim("ltrim", r"^\s+"),
    "rtrim": _trim("rtrim", r"\s+$"),
    "regexreplace": "regexp_replace({0:t}, {1:t}, {2:t}, 'g')",
    "endswith": "suffix({0:t}, {1:t})",
    "urlencode": "url_encode({0:t})",
    "urldecode": "TRY(url_decode({0:t}))",
    "base64encode": "to_base64(encode({0:t}))",
    "base64decode": "TRY(decode(from_base64({0:t})))",
    "split": "string_split({0:t}, {1:t})",
    "hextoascii": "TRY(decode(unhex(CASE WHEN length({0:t}) % 2 = 0 THEN {0:t} END)))",
    "hextodec": "CAST(TRY_CAST('0x' || regexp_replace({0:t}, '^0[xX]', '') AS BIGINT) AS DOUBLE)",
    "dectohex": "printf('%x', TRY_CAST({0:n} AS BIGINT))",
    "md5": "md5({0:t})",
    "sha256": "sha256({0:t})",
    **{name: _python(name) for name in ("isvalidip", "isvalidipv4", "isvalidipv6", "isprivateip")},
    **{name: _python(name) for name in ("ispublicip", "isreservedip", "isipinsubnet")},
    **{name: _python(name) for name in ("isipv4insubnet", "isipv6insubnet")},
    "ipv4tonumber": f"(CASE WHEN py_isvalidipv4({{0:t}}) THEN {OCTETS} END)",
    "pattern": (
        "array_to_string(list_transform(string_split("
        rf"regexp_replace({{0:t}}, '{DYNAMIC}', chr(1), 'g'), chr(1)), lambda part, place: "
        "CASE WHEN place = 1 THEN part ELSE '<Token-' || (place - 1) || '>' || part END), '')"
    ),
    "severity": severity("regexp_matches"),
    "last there": f"last_value({{0:v}} IGNORE NULLS) OVER ({WINDOW} ROWS UNBOUNDED PRECEDING)",
    "pct": _percentile,
    "sortsfirst": _first_sorted("ASC"),
    "sortslast": _first_sorted("DESC"),
    "values": "list_sort(list(DISTINCT {0:t}) FILTER ({0:t} IS NOT NULL))",
    "topk": _TOP,
    "rate": (
        "((arg_max({0:n}, {2:m}) - arg_min({0:n}, {2:m})) "
        "/ nullif((max({2:d}) FILTER ({0:n} IS NOT NULL) "
        "- min({2:d}) FILTER ({0:n} IS NOT NULL)) / {1:v}, 0))"
    ),
}
"""By the name of the function: what calls it."""
