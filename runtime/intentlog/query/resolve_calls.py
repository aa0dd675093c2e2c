"""The functions that are more than their name with resolved arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from .functions import FUNCTIONS
from .java_dates import JAVA_LETTERS, has_year, strptime_format
from .kinds import common_kind
from .periods import MONTHS, UNITS, capped, fixed_length
from .regex import complaint, with_plain_groups
from .relational import Apply, Expr, Kind, Value
from .strftime import STRFTIME_LETTERS, pieces
from .tree import Call, Constant, Duration, Expression, Regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from .resolve import Resolver

_DOLLAR_GROUP: Final = re.compile(r"\$\{?([0-9])\}?")


def _bin(resolver: Resolver, call: Call) -> Expr:
    time = resolver.resolve(call.arguments[0]) if len(call.arguments) > 1 else None
    return _rounded(resolver, call, time or resolver.scope.find("@timestamp"), "datefloor")


def _date_floor(resolver: Resolver, call: Call) -> Expr:
    return _rounded(resolver, call, resolver.resolve(call.arguments[0]), "datefloor")


def _date_ceil(resolver: Resolver, call: Call) -> Expr:
    return _rounded(resolver, call, resolver.resolve(call.arguments[0]), "dateceil")


def _rounded(resolver: Resolver, call: Call, time: Expr, function: str) -> Expr:
    period = call.arguments[-1]
    if not isinstance(period, Duration):
        name = FUNCTIONS[call.function].name
        resolver.fail(f"{name} takes a period", "write for example 5m or 1h", period)
    if period.amount <= 0:
        resolver.fail("a period is longer than 0", "", period)
    unit = UNITS[period.unit]
    amount = capped(period.amount, unit)
    if unit in MONTHS:
        months = Value(int(amount * MONTHS[unit]), Kind.NUMBER)
        return Apply(f"{function} months", (time, months), Kind.TIME)
    width = Value(fixed_length(amount, unit), Kind.NUMBER)
    return Apply(function, (time, width), Kind.TIME)


def _case(resolver: Resolver, call: Call) -> Expr:
    arguments = call.arguments
    resolved = [
        resolver.condition(argument)
        if index % 2 == 0 and index + 1 < len(arguments)
        else resolver.resolve(argument)
        for index, argument in enumerate(arguments)
    ]
    default = [resolved[-1]] if len(resolved) % 2 else []
    kind = common_kind((*resolved[1::2], *default))
    return Apply("case", tuple(resolved), kind)


def _coalesce(resolver: Resolver, call: Call) -> Expr:
    arguments = tuple(map(resolver.resolve, call.arguments))
    return Apply("coalesce", arguments, common_kind(arguments))


def _unmask(resolver: Resolver, call: Call) -> Expr:
    return resolver.resolve(call.arguments[0])  # nothing is masked outside CloudWatch


def _now(resolver: Resolver, _: Call) -> Expr:
    return Value(resolver.now // 1000, Kind.NUMBER)


def _start(resolver: Resolver, call: Call) -> Expr:
    return _bound(resolver, call, resolver.start)


def _end(resolver: Resolver, call: Call) -> Expr:
    return _bound(resolver, call, resolver.end)


def _range(resolver: Resolver, call: Call) -> Expr:
    start, end = resolver.start, resolver.end
    return _bound(resolver, call, None if start is None or end is None else end - start)


def _bound(resolver: Resolver, call: Call, milliseconds: int | None) -> Expr:
    if milliseconds is None:
        name = FUNCTIONS[call.function].name
        resolver.scope.notes.append(f"{name}() is empty: the time asked about has no such bound")
    return Value(milliseconds, Kind.NUMBER)


def _in_subnet(resolver: Resolver, call: Call) -> Expr:
    address, subnet = call.arguments
    if isinstance(subnet, Constant):
        _check_network(resolver, subnet)
    arguments = (resolver.resolve(address), resolver.resolve(subnet))
    return Apply(call.function, arguments, Kind.BOOLEAN)


def _check_network(resolver: Resolver, subnet: Constant) -> None:
    from ipaddress import ip_network  # noqa: PLC0415 - few queries need it

    try:
        ip_network(str(subnet.value), strict=False)
    except ValueError:
        resolver.fail(f"{subnet.value} is no network", 'write for example "10.0.0.0/8"', subnet)


def _regex_replace(resolver: Resolver, call: Call) -> Expr:
    of, pattern, replacement = call.arguments
    match pattern:
        case Regex(text) | Constant(str(text)):
            if wrong := complaint(text):
                resolver.fail(*wrong, pattern)
            regex = Value(with_plain_groups(text, named=False), Kind.TEXT)
        case _:
            resolver.fail("the pattern must be a text or /regular expression/", "", pattern)
    by = _text(resolver, replacement, "the replacement")
    # RE2 writes a group as \1, Java as $1: either is understood.
    value = Value(_DOLLAR_GROUP.sub(r"\\\1", by), Kind.TEXT)
    return Apply("regexreplace", (resolver.resolve(of), regex, value), Kind.TEXT)


def _str_contains(resolver: Resolver, call: Call) -> Expr:
    # A live test found that the third argument has no effect.
    return Apply("contains", tuple(map(resolver.resolve, call.arguments[:2])), Kind.BOOLEAN)


def _format_date(resolver: Resolver, call: Call) -> Expr:
    form = _text(resolver, call.arguments[1], "the format")
    try:
        pieces(form)
    except ValueError as error:
        resolver.fail(str(error), f"there are {' '.join(STRFTIME_LETTERS)}", call.arguments[1])
    time = resolver.resolve(call.arguments[0])
    return Apply("formatdate", (time, Value(form, Kind.TEXT), _zone(resolver, call)), Kind.TEXT)


def _parse_date(resolver: Resolver, call: Call) -> Expr:
    form = Value(_text(resolver, call.arguments[1], "the format"), Kind.TEXT)
    try:
        strptime_format(str(form.value))
    except ValueError as error:
        resolver.fail(str(error), f"there are {' '.join(JAVA_LETTERS)}", call.arguments[1])
    if not has_year(str(form.value)):
        hint = 'write for example parseDate(concat("1970-01-01 ", field), "yyyy-MM-dd HH:mm")'
        resolver.fail(
            "AWS does not say of which day a time without a year is", hint, call.arguments[1]
        )
    text = resolver.resolve(call.arguments[0])
    return Apply("parsedate", (text, form, _zone(resolver, call)), Kind.NUMBER)


def _zone(resolver: Resolver, call: Call) -> Value:
    if len(call.arguments) < 3:  # noqa: PLR2004 - the zone is the third argument
        return Value("UTC", Kind.TEXT)
    node = call.arguments[2]
    zone = _text(resolver, node, "the time zone")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        resolver.fail(f"there is no time zone {zone}", "write for example Europe/Berlin", node)
    return Value(zone, Kind.TEXT)


def _text(resolver: Resolver, node: Expression, what: str) -> str:
    if not (isinstance(node, Constant) and isinstance(node.value, str)):
        resolver.fail(f"{what} must be a text in quotes", "", node)
    return node.value


def _of_json(resolver: Resolver, call: Call) -> Expr:
    """Resolve a function of a JSON list, which may be the text of one."""
    first, *rest = [resolver.resolve(argument) for argument in call.arguments]
    parsed = Apply("jsonparse", (first,), Kind.JSON)
    result = FUNCTIONS[call.function].result
    assert result is not None  # noqa: S101 - the table says it
    return Apply(call.function, (parsed, *rest), result)


def _round(resolver: Resolver, call: Call) -> Expr:
    of, *rest = call.arguments
    digits = rest[0] if rest else Constant(0)
    if not (isinstance(digits, Constant) and isinstance(digits.value, int)):
        resolver.fail("the number of decimal places must be a whole number", "", digits)
    return Apply(
        "round", (resolver.resolve(of), Value(int(digits.value), Kind.NUMBER)), Kind.NUMBER
    )


Resolved: TypeAlias = "Callable[[Resolver, Call], Expr]"

CALLS: Final[dict[str, Resolved]] = {
    "bin": _bin,
    "case": _case,
    "coalesce": _coalesce,
    "dateceil": _date_ceil,
    "datefloor": _date_floor,
    "formatdate": _format_date,
    "if": _case,
    **dict.fromkeys(("isipinsubnet", "isipv4insubnet", "isipv6insubnet"), _in_subnet),
    "jsonarraycontains": _of_json,
    "jsonarraysize": _of_json,
    "now": _now,
    "parsedate": _parse_date,
    "queryendtime": _end,
    "querystarttime": _start,
    "querytimerange": _range,
    "regexreplace": _regex_replace,
    "round": _round,
    "strcontains": _str_contains,
    "strftime": _format_date,
    "unmask": _unmask,
}
"""By key of the function: what makes the call's expression."""
