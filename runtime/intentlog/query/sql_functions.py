"""The functions that both dialects of SQL write alike, as templates.

In ``length({0:t})``, ``t`` says that the first argument is converted to a text. The letters are
``t`` text, ``n`` number, ``b`` condition, ``d`` milliseconds, ``m`` what says which of two
events is the later, ``j`` JSON, ``i`` a constant whole number, ``v`` as it is. A template can also
be a function of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .relational import Apply, Kind, Value

if TYPE_CHECKING:
    from .sql import Dialect, Template

_OPERATORS: Final = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
ROUNDED: Final = "9007199254740992e0"
"""2^53: from here on, one DOUBLE stands for several whole numbers."""
_LONGEST: Final = "1e9"  # no text has more characters
_TOO_LARGE: Final = "1e37"  # for all digits to be kept
_ORDERED: Final = ("<", "<=", ">", ">=")

_SEVERITIES: Final = {
    "Error": "error|fatal|critical|exception|fail(?:ed|ure)?",
    "Warning": "warn(?:ing)?",
    "Info": "info",
    "Debug": "debug|trace",
}
_WORD: Final = r"""[^\s"''=:,;()\[\]{{}}<>/]*"""
DYNAMIC: Final = f"{_WORD}[0-9]{_WORD}"
"""What ``pattern`` takes as a token that changes: a word with a digit, as SQL in a template."""


def severity(matches: str) -> str:
    """Return the template of a pattern's severity.

    Args:
        matches: The function that finds a regular expression in a text.
    """
    whens = " ".join(
        rf"WHEN {matches}({{0:t}}, '(?i)\b(?:{words})\b') THEN '{label}'"
        for label, words in _SEVERITIES.items()
    )
    return f"(CASE {whens} END)"


def _logical(dialect: Dialect, apply: Apply) -> str:
    operands = (dialect.convert(operand, Kind.BOOLEAN) for operand in apply.arguments)
    return f"({f' {apply.function.upper()} '.join(operands)})"


def _cases(dialect: Dialect, apply: Apply) -> str:
    """Write ``case`` and ``if``; the arguments are conditions and values in turn."""
    arguments = apply.arguments
    whens = [
        f"WHEN {dialect.convert(arguments[index], Kind.BOOLEAN)} "
        f"THEN {dialect.convert(arguments[index + 1], apply.kind)}"
        for index in range(0, len(arguments) - 1, 2)
    ]
    rest = arguments[-1] if len(arguments) % 2 else Value(None, apply.kind)
    return f"(CASE {' '.join(whens)} ELSE {dialect.convert(rest, apply.kind)} END)"


def _present(dialect: Dialect, apply: Apply) -> str:
    of = apply.arguments[0]
    sql = dialect.sql(of)
    first = f"coalesce({dialect.json_begin(sql)}, 'n')"
    if of.kind is Kind.JSON and not isinstance(of, Value):
        return f"({first} <> 'n')"
    if of.kind is not Kind.RAW:
        return f"({sql} IS NOT NULL)"
    # An object or array is no value, and not missing either: `evaluate` has the same.
    return f"(CASE WHEN {first} NOT IN ('{{', '[') THEN {first} <> 'n' END)"


def _json_stringify(dialect: Dialect, apply: Apply) -> str:
    sql = dialect.convert(apply.arguments[0], Kind.JSON)
    as_it_is = f"{dialect.json_begin(sql)} IN ('{{', '[', '\"', 't', 'f')"
    text = dialect.raw_text(sql)
    return f"(CASE WHEN {as_it_is} THEN {dialect.json_text(sql)} ELSE {text} END)"


def _coalesced(dialect: Dialect, apply: Apply) -> str:
    """Write ``coalesce``; JSON's null is missing, too, and does not come out of another one."""
    arguments: list[str] = []
    for argument in apply.arguments:
        sql = dialect.convert(argument, apply.kind)
        inner = isinstance(argument, Apply) and argument.function == "coalesce"
        may_be_null = apply.kind in (Kind.RAW, Kind.JSON) and not inner
        # DuckDB makes a CASE of nullif, with its argument twice.
        arguments.append(f"nullif({sql}, {dialect.json_null})" if may_be_null else sql)
    return f"coalesce({', '.join(arguments)})"


def of_same_kind(function: str) -> Template:
    """Return a template whose arguments are all converted to the kind of the result."""

    def template(dialect: Dialect, apply: Apply) -> str:
        arguments = (dialect.convert(argument, apply.kind) for argument in apply.arguments)
        return f"{function}({', '.join(arguments)})"

    return template


def _finite(template: str) -> Template:
    """Return the template of a number that is missing if it is too large for one."""
    return lambda dialect, apply: dialect.finite(dialect.filled(template, apply))


def _count(dialect: Dialect, apply: Apply) -> str:
    what = dialect.convert(apply.arguments[0], Kind.TEXT) if apply.arguments else "*"
    return f"CAST(count({what}) AS DOUBLE)"


def _extreme(function: str) -> Template:
    """Of numbers the lowest or highest; of texts only where there is no number."""

    def template(dialect: Dialect, apply: Apply) -> str:
        of = apply.arguments[0]
        if apply.kind is not Kind.TEXT:
            return f"{function}({dialect.convert(of, apply.kind)})"
        number, text = dialect.convert(of, Kind.NUMBER), dialect.convert(of, Kind.TEXT)
        whole = f"CASE WHEN abs({number}) >= {ROUNDED} THEN {dialect.convert(of, Kind.WHOLE)} END"
        by_number = f"{function}_by({text}, {number}) FILTER (WHERE {number} IS NOT NULL)"
        return (
            f"(CASE WHEN abs({function}({number})) BETWEEN {ROUNDED} AND {_TOO_LARGE} "
            f"THEN CAST({function}({whole}) AS VARCHAR) "
            f"ELSE coalesce({by_number}, {function}({text})) END)"
        )

    return template


def _at_time(function: str) -> Template:
    """The value of the first or last event that has one."""

    def template(dialect: Dialect, apply: Apply) -> str:
        of, time = apply.arguments
        value = dialect.convert(of, apply.kind)
        in_order = f"{function}_by({value}, {dialect.moment(time)})"
        return f"{in_order} FILTER (WHERE {value} IS NOT NULL)"

    return template


def _substr(dialect: Dialect, apply: Apply) -> str:
    text, *numbers = apply.arguments
    counts = [f"floor({dialect.convert(number, Kind.NUMBER)})" for number in numbers]
    start, *length = (f"CAST(least({count}, {_LONGEST}) AS BIGINT)" for count in counts)
    part = f"substr({', '.join([dialect.convert(text, Kind.TEXT), f'{start} + 1', *length])})"
    there = " AND ".join(f"{count} >= 0e0" for count in counts)
    return f"(CASE WHEN {there} THEN {part} END)"


def _round(dialect: Dialect, apply: Apply) -> str:
    of, digits = apply.arguments
    assert isinstance(digits, Value)  # noqa: S101 - the planner made it
    return f"round({dialect.convert(of, Kind.NUMBER)}, {digits.value})"


OCTETS: Final = " + ".join(
    f"TRY_CAST(split_part({{0:t}}, '.', {place + 1}) AS DOUBLE) * {256 ** (3 - place)}e0"
    for place in range(4)
)
"""The number of an IPv4 address, as SQL in a template."""

MONTHS: Final = "((year({0}) - 1970) * 12 + month({0}) - 1)"
"""The months from 1970 to a timestamp."""

WINDOW: Final = "rows_before"
"""The name that the functions of a `Window` give to it."""

SHARED: Final[dict[str, Template]] = {
    # operators
    "and": _logical,
    "or": _logical,
    "not": "(NOT {0:b})",
    "truth": "({0:n} <> 0)",
    "negative": "(- {0:n})",  # without the space, that of a negative number is a comment
    **{operator: _finite(f"({{0:n}} {operator} {{1:n}})") for operator in ("+", "-", "*")},
    "/": _finite("({0:n} / nullif({1:n}, 0e0))"),
    "^": _finite("power({0:n}, {1:n})"),
    "%": "mod({0:n}, nullif({1:n}, 0e0))",
    # comparisons
    **{
        f"{kind} {operator}": f"({{0:{kind[0]}}} {sql} {{1:{kind[0]}}})"
        for kind in ("number", "text")
        for operator, sql in _OPERATORS.items()
    },
    **{
        f"either {operator}": f"(CASE WHEN {{0:n}} = {{1:n}} AND abs({{0:n}}) >= {ROUNDED} "
        f"THEN coalesce({{0:w}} {operator} {{1:w}}, {{0:n}} {operator} {{1:n}}) "
        "WHEN {0:n} IS NOT NULL AND {1:n} IS NOT NULL "
        f"THEN {{0:n}} {operator} {{1:n}} ELSE {{0:t}} {operator} {{1:t}} END)"
        for operator in _ORDERED
    },
    "value = number": "(CASE WHEN {0:t} IS NOT NULL AND {1:n} IS NOT NULL "
    "THEN coalesce({0:n} = {1:n}, FALSE) END)",
    "value != number": "(CASE WHEN {0:t} IS NOT NULL AND {1:n} IS NOT NULL "
    "THEN coalesce({0:n} <> {1:n}, TRUE) END)",
    # Floating numbers that differ tell enough, and fractions; of equal ones all digits decide.
    "whole =": "(CASE WHEN {0:t} IS NOT NULL AND {1:t} IS NOT NULL "
    "THEN coalesce({0:n} = {1:n} AND coalesce({0:w} = {1:w}, TRUE), FALSE) END)",
    "whole !=": "(CASE WHEN {0:t} IS NOT NULL AND {1:t} IS NOT NULL "
    "THEN coalesce({0:n} <> {1:n} OR coalesce({0:w} <> {1:w}, FALSE), TRUE) END)",
    **{
        f"whole {operator}": f"(CASE WHEN {{0:n}} = {{1:n}} "
        f"THEN coalesce({{0:w}} {operator} {{1:w}}, {{0:n}} {operator} {{1:n}}) "
        f"ELSE {{0:n}} {operator} {{1:n}} END)"
        for operator in _ORDERED
    },
    "among": "({0:t} IN {1:t})",
    "number among": "({0:n} IN {1:n})",
    "value among": "(CASE WHEN {0:t} IS NOT NULL THEN coalesce({0:n} IN {1:n}, FALSE) END)",
    "whole among": "(CASE WHEN {0:t} IS NOT NULL "
    "THEN coalesce({0:w} IN {1:w}, {0:n} IN {1:n}, FALSE) END)",
    # numbers
    "round": _round,
    "abs": "abs({0:n})",
    "ceil": "ceil({0:n})",
    "floor": "floor({0:n})",
    "log": "ln(CASE WHEN {0:n} > 0e0 THEN {0:n} END)",
    "sqrt": "sqrt(CASE WHEN {0:n} >= 0e0 THEN {0:n} END)",
    "tonumber": "{0:n}",
    "todouble": "{0:n}",
    "tolong": "{0:w}",
    "haversine": (
        "(CASE WHEN abs({0:n}) <= 90e0 AND abs({2:n}) <= 90e0 "
        "AND abs({1:n}) <= 360e0 AND abs({3:n}) <= 360e0 THEN 12742e0 * asin(sqrt(least(1e0, "
        "power(sin(radians({2:n} - {0:n}) / 2e0), 2e0) + cos(radians({0:n}))"
        " * cos(radians({2:n})) * power(sin(radians({3:n} - {1:n}) / 2e0), 2e0)))) END)"
    ),
    # times
    "datefloor": "(CAST(floor(CAST({0:d} AS DOUBLE) / {1:v}) AS BIGINT) * {1:i})",
    "dateceil": "(CAST(ceil(CAST({0:d} AS DOUBLE) / {1:v}) AS BIGINT) * {1:i})",
    "frommillis": "{0:d}",
    "tomillis": "CAST({0:d} AS DOUBLE)",
    # any value
    "case": _cases,
    "coalesce": _coalesced,
    "ispresent": _present,
    "jsonstringify": _json_stringify,
    "first": of_same_kind("coalesce"),
    "isnumeric": "({0:n} IS NOT NULL)",
    "isempty": "(coalesce({0:t}, '') = '')",
    # texts
    "substr": _substr,
    "strlen": "CAST(length({0:t}) AS DOUBLE)",
    "toupper": "upper({0:t})",
    "tolower": "lower({0:t})",
    "replace": "replace({0:t}, {1:t}, {2:t})",
    "startswith": "starts_with({0:t}, {1:t})",
    "csv cell": (
        "(CASE WHEN length(trim({0:t})) > 1 AND starts_with(trim({0:t}), '\"') "
        "AND substr(trim({0:t}), length(trim({0:t}))) = '\"' "
        "THEN replace(substr(trim({0:t}), 2, length(trim({0:t})) - 2), '\"\"', '\"') "
        "ELSE nullif({0:t}, '') END)"
    ),
    # aggregates
    "histogram": _finite("(floor({0:n} / nullif({1:n}, 0e0)) * {1:n})"),
    "count": _count,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "earliest": _at_time("min"),
    "latest": _at_time("max"),
    "sum": _finite("sum({0:n})"),
    "avg": _finite("avg({0:n})"),
    "stddev": _finite("stddev_pop({0:n})"),
    "variance": _finite("var_pop({0:n})"),
    "countdistinct": "count(DISTINCT {0:t})",
    # what `diff` says of a pattern
    "since": "coalesce(sum(CASE WHEN {0:d} >= {1:i} THEN 1e0 ELSE 0e0 END), 0e0)",
    "change": (
        "(CASE WHEN {1:n} = 0e0 THEN 'New' WHEN {0:n} = 0e0 THEN 'Disappeared' "
        "WHEN {0:n} > {1:n} THEN 'Increased' WHEN {0:n} < {1:n} THEN 'Decreased' "
        "ELSE 'Unchanged' END)"
    ),
    "share": "({0:n} / sum({0:n}) OVER ())",
    # of the rows of a `Window`
    "place": f"CAST(row_number() OVER {WINDOW} AS DOUBLE)",
    "total": f"sum({{0:n}}) OVER ({WINDOW} ROWS UNBOUNDED PRECEDING)",
    "before": f"lag({{0:v}}, {{1:i}}) OVER {WINDOW}",
    # rows of one moment are in the session that one of them begins
    "begins": "(CASE WHEN {0:b} AND NOT coalesce({1:b}, FALSE) THEN 1e0 ELSE 0e0 END)",
    "begun": f"(CASE WHEN {{0:b}} THEN sum({{1:n}}) OVER {WINDOW} END)",
}
"""The functions that both dialects write alike."""
