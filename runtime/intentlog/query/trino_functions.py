"""The functions of Logs Insights QL in Trino's SQL, which Athena speaks, as templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .java_dates import for_joda, has_offset
from .joni import for_joni
from .kinds import ELEMENT, comparison, text_in
from .relational import Apply, Kind, Value
from .sql import Dialect, literal
from .sql_functions import DYNAMIC, MONTHS, OCTETS, WINDOW, severity
from .sql_steps import StepDialect
from .strftime import OFFSET, for_trino, pieces

if TYPE_CHECKING:
    from .sql import Template

_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
# The special-purpose blocks of IANA that Python's ipaddress knows as not global.
_RESERVED: Final = (
    *("0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24"),
    *("192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
    *("::/128", "::1/128", "2001:db8::/32", "fc00::/7", "fe80::/10"),
)


def _first_sorted(direction: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        assert isinstance(dialect, StepDialect)  # noqa: S101 - it writes aggregates
        text = dialect.convert(apply.arguments[0], Kind.TEXT)
        order = ", ".join(f"{term} {direction}" for term in dialect.natural(text))
        listed = f"array_agg({text} ORDER BY {order}) FILTER (WHERE {text} IS NOT NULL)"
        first = f"element_at({listed}, 1)"
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
    return f"approx_percentile({dialect.convert(of, Kind.NUMBER)}, {share!r})"


def _json_parse(dialect: Dialect, apply: Apply) -> str:
    of = apply.arguments[0]
    if of.kind in (Kind.RAW, Kind.JSON):
        whole = f"json_format({dialect.sql(of)})"
        inner = f"json_extract_scalar({dialect.sql(of)}, '$')"
        text = f"CASE WHEN substr({whole}, 1, 1) = '\"' THEN {inner} ELSE {whole} END"
    else:
        text = dialect.convert(of, Kind.TEXT)
    first = f"substr(ltrim({text}), 1, 1)"
    return f"(CASE WHEN {first} IN ('{{', '[') THEN TRY(json_parse({text})) END)"


def _array_contains(dialect: Dialect, apply: Apply) -> str:
    of, value = apply.arguments
    sql, equal = dialect.convert(of, Kind.JSON), dialect.sql(comparison("=", ELEMENT, value))
    elements = f"filter(TRY(CAST({sql} AS ARRAY(JSON))), {ELEMENT.name} -> {equal})"
    return f"coalesce(cardinality({elements}) > 0, FALSE)"


def _logfmt(dialect: Dialect, apply: Apply) -> str:
    text = dialect.convert(apply.arguments[0], Kind.TEXT)
    key = re.escape(text_in(apply.arguments[1]) or "")
    found = literal(for_joni(rf'(?:^|\s){key}=(?:"((?:[^"\\]|\\.)*)"|(\S*))'))
    quoted, plain = (f"regexp_extract({text}, {found}, {group})" for group in (1, 2))
    # What logfmt escapes in quotes is what JSON does.
    unescaped = f"json_extract_scalar(TRY(json_parse('\"' || {quoted} || '\"')), '$')"
    return f"coalesce({unescaped}, {quoted}, {plain})"


def _trim(side: str, white: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        text, *characters = (dialect.convert(each, Kind.TEXT) for each in apply.arguments)
        if characters:
            return f"trim({side} {characters[0]} FROM {text})"
        return f"regexp_replace({text}, {literal(for_joni(white))}, '')"

    return template


def _matches(dialect: Dialect, apply: Apply) -> str:
    of, regex = apply.arguments
    written = literal(for_joni(text_in(regex) or ""))
    return f"regexp_like({dialect.convert(of, Kind.TEXT)}, {written})"


def _regex_replace(dialect: Dialect, apply: Apply) -> str:
    of, regex, by = apply.arguments
    written = literal(for_joni(text_in(regex) or ""))
    group = re.sub(r"\\([0-9])", r"$\1", text_in(by) or "")
    return f"regexp_replace({dialect.convert(of, Kind.TEXT)}, {written}, {literal(group)})"


def _format_date(dialect: Dialect, apply: Apply) -> str:
    time, form, zone = apply.arguments
    stamp = f"from_unixtime({dialect.convert(time, Kind.TIME)} / 1e3, {dialect.sql(zone)})"
    parts = [
        f"format_datetime({stamp}, 'Z')"
        if piece == OFFSET
        else f"date_format({stamp}, {literal(for_trino(piece))})"
        for piece in pieces(text_in(form) or "")
    ]
    return f"({' || '.join(parts)})"


def _parse_date(dialect: Dialect, apply: Apply) -> str:
    text, form, zone = apply.arguments
    joda = literal(for_joda(text_in(form) or ""))
    stamp = f"parse_datetime({dialect.convert(text, Kind.TEXT)}, {joda})"
    if not has_offset(text_in(form) or ""):
        stamp = f"with_timezone(CAST({stamp} AS TIMESTAMP), {dialect.sql(zone)})"
    return f"TRY(to_unixtime({stamp}) * 1e3)"


def _concat(dialect: Dialect, apply: Apply) -> str:
    parts = [f"coalesce({dialect.convert(each, Kind.TEXT)}, '')" for each in apply.arguments]
    return f"concat({', '.join(parts)})" if len(parts) > 1 else parts[0]


def _of_those_there(function: str) -> Template:
    def template(dialect: Dialect, apply: Apply) -> str:
        listed = ", ".join(dialect.convert(each, Kind.NUMBER) for each in apply.arguments)
        return f"{function}(filter(ARRAY[{listed}], x -> x IS NOT NULL))"

    return template


def _within(networks: tuple[str, ...]) -> str:
    address = "TRY_CAST({0:t} AS IPADDRESS)"
    return "(" + " OR ".join(f"contains('{network}', {address})" for network in networks) + ")"


def _text_of(data: str) -> str:
    """Return the template of a text of bytes, which is missing where they are no UTF-8."""
    text = "CASE WHEN to_utf8(from_utf8(b)) = b THEN from_utf8(b) END"
    return f"TRY(element_at(transform(ARRAY[{data}], b -> {text}), 1))"


_NO_UTF8: Final = "\N{REPLACEMENT CHARACTER}"
# Java's URLDecoder is for forms: + is a blank, and a % without two digits an error.
_AS_IN_FORMS: Final = (
    "array_join(transform(regexp_extract_all({0:t}, '%[0-9A-Fa-f]{{2}}|[^%+]+|[%+]'), "
    "c -> CASE c WHEN '%' THEN '%25' WHEN '+' THEN '%2B' ELSE c END), '')"
)
_ADDRESS: Final = "(TRY_CAST({0:t} AS IPADDRESS) IS NOT NULL)"
_V4: Final = r"regexp_like({0:t}, '^[0-9.]+$')"
_IN_SUBNET: Final = "coalesce(TRY(contains({1:t}, TRY_CAST({0:t} AS IPADDRESS))), FALSE)"
_MONTH: Final = (
    "CAST(to_unixtime(date_add('month', CAST((floor({months} / {{1:v}}) + {more}) * {{1:v}} "
    "AS BIGINT), TIMESTAMP '1970-01-01')) * 1e3 AS BIGINT)"
)


def _months(milliseconds: str) -> str:
    return MONTHS.format(f"CAST(from_unixtime(({milliseconds}) / 1e3, 'UTC') AS TIMESTAMP)")


FUNCTIONS: Final[dict[str, Template]] = {
    "contains": "(strpos({0:t}, {1:t}) > 0)",
    "matches": _matches,
    "greatest": _of_those_there("array_max"),
    "least": _of_those_there("array_min"),
    "toint": "truncate({0:n})",
    "datefloor months": _MONTH.format(months=_months("{0:d}"), more=0),
    "dateceil months": _MONTH.format(months=_months("{0:d} - 1"), more=1),
    "formatdate": _format_date,
    "parsedate": _parse_date,
    "isblank": r"regexp_like(coalesce({0:t}, ''), '\A[\t\n\f\r ]*\z')",
    "messagesize": "CAST(length(to_utf8({0:t})) AS DOUBLE)",
    "jsonparse": _json_parse,
    "jsonarraysize": "CAST(json_array_length({0:j}) AS DOUBLE)",
    "jsonarraycontains": _array_contains,
    "logfmt": _logfmt,
    "concat": _concat,
    "trim": _trim("BOTH", r"^\s+|\s+$"),
    "ltrim": _trim("LEADING", r"^\s+"),
    "rtrim": _trim("TRAILING", r"\s+$"),
    "regexreplace": _regex_replace,
    "endswith": "(substr({0:t}, length({0:t}) - length({1:t}) + 1) = {1:t})",
    "urlencode": "replace(replace(replace(url_encode({0:t}), '+', '%20'), '*', '%2A'), '%7E', '~')",
    "urldecode": (
        f"element_at(transform(ARRAY[TRY(url_decode({_AS_IN_FORMS}))], "
        f"d -> CASE WHEN strpos(d, '{_NO_UTF8}') = 0 THEN d END), 1)"
    ),
    "base64encode": "to_base64(to_utf8({0:t}))",
    # Java also reads Base64 without its padding.
    "base64decode": _text_of("from_base64(CASE WHEN length({0:t}) % 4 = 0 THEN {0:t} END)"),
    "split": (
        "(CASE WHEN {1:t} = '' THEN regexp_extract_all({0:t}, '(?s).') "
        "ELSE split({0:t}, {1:t}) END)"
    ),
    "hextoascii": _text_of("from_hex(CASE WHEN length({0:t}) % 2 = 0 THEN {0:t} END)"),
    "hextodec": "CAST(TRY(from_base(regexp_replace({0:t}, '^0[xX]', ''), 16)) AS DOUBLE)",
    "dectohex": (
        "regexp_replace(lower(to_hex(to_big_endian_64(TRY_CAST({0:n} AS BIGINT)))), "
        r"'\A0{{1,15}}', '')"
    ),
    "md5": "lower(to_hex(md5(to_utf8({0:t}))))",
    "sha256": "lower(to_hex(sha256(to_utf8({0:t}))))",
    "isvalidip": _ADDRESS,
    "isvalidipv4": f"({_V4} AND {_ADDRESS})",
    "isvalidipv6": f"(NOT {_V4} AND {_ADDRESS})",
    "isprivateip": f"coalesce({_within(_PRIVATE)}, FALSE)",
    "isreservedip": f"coalesce({_within(_RESERVED)}, FALSE)",
    "ispublicip": f"(NOT coalesce({_within((*_PRIVATE, *_RESERVED))}, TRUE))",
    "isipinsubnet": _IN_SUBNET,
    "isipv4insubnet": f"({_V4} AND {_IN_SUBNET})",
    "isipv6insubnet": f"(NOT {_V4} AND {_IN_SUBNET})",
    "ipv4tonumber": f"(CASE WHEN {_V4} AND {_ADDRESS} THEN {OCTETS} END)",
    "pattern": (
        "element_at(transform("
        rf"ARRAY[split(regexp_replace({{0:t}}, '{DYNAMIC}', chr(1)), chr(1))], parts -> array_join("
        "transform(sequence(1, cardinality(parts)), place -> CASE WHEN place > 1 "
        "THEN '<Token-' || CAST(place - 1 AS VARCHAR) || '>' ELSE '' END "
        "|| element_at(parts, place)), '')), 1)"
    ),
    "severity": severity("regexp_like"),
    "last there": f"last_value({{0:v}}) IGNORE NULLS OVER ({WINDOW} ROWS UNBOUNDED PRECEDING)",
    "pct": _percentile,
    "sortsfirst": _first_sorted("ASC"),
    "sortslast": _first_sorted("DESC"),
    "values": "array_sort(array_agg(DISTINCT {0:t}) FILTER (WHERE {0:t} IS NOT NULL))",
    "topk": (
        "slice(transform(array_sort(map_entries(histogram({1:t})), (a, b) -> CASE "
        "WHEN a[2] > b[2] THEN -1 WHEN a[2] < b[2] THEN 1 WHEN a[1] < b[1] THEN -1 ELSE 1 END), "
        "e -> e[1]), 1, {0:i})"
    ),
    "rate": (
        "((max_by({0:n}, {2:d}) FILTER (WHERE {0:n} IS NOT NULL) "
        "- min_by({0:n}, {2:d}) FILTER (WHERE {0:n} IS NOT NULL)) "
        "/ nullif((max({2:d}) FILTER (WHERE {0:n} IS NOT NULL) "
        "- min({2:d}) FILTER (WHERE {0:n} IS NOT NULL)) / {1:v}, 0e0))"
    ),
}
"""By the name of the function: what calls it."""
