"""Rules on values and operators that do not do what they seem to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from intentlog.expression.values import number_in

from .periods import CAPS, UNITS
from .printing import name_text
from .tree import Array, Binary, Call, Constant, Duration, Expression, In, Like, Name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .refusals import Found
    from .tree import Node, Query

_TIMES: Final = ("@timestamp", "@ingestionTime")
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_DATE: Final = re.compile(r"\d{4}-\d\d")
_WILDCARD: Final = re.compile(r"\*.+|.+\*|%.+%", re.DOTALL)
_SECONDS_TILL_5138: Final = 10**11
_ALL_DIGITS_KEPT: Final = 2**53
_NO_DATE: Final = "a timestamp is a number of milliseconds, not a date"
_COMPARE_TIMES: Final = (
    "choose the time of the query, or compare toMillis(@timestamp) with milliseconds"
)
_BETTER_UNIT: Final = {"ms": "s", "s": "m", "m": "h", "h": "d"}


def expressions(query: Query) -> Iterator[Found]:
    """Yield values and operators that do something else than what is meant."""
    for node in walk(query):
        yield from _date_looked_for(node)
        match node:
            case Binary(operator, left, right) if operator in _COMPARISONS:
                yield from _comparison(node, left, right)
                yield from _comparison(node, right, left)
            case Binary("+" | "-", left, Duration()) if _is_time(left) or _is_now(left):
                hint = "write toMillis(@timestamp) >= now() * 1000 - 3600000"
                message = "now() is in seconds, a period in milliseconds"
                if _is_time(left):
                    message = "a period cannot be taken from a timestamp"
                yield "duration-arithmetic", message, hint, node.at
            case Like(_, Constant(str(text)), at=at) if _WILDCARD.fullmatch(text):
                hint = "like finds the text anywhere by itself: leave them out"
                yield "wildcard-in-text", "* and % stand for themselves here", hint, at
            case In(_, Array(items)):
                for item in items:
                    yield from _value(item)
            case Duration():
                yield from _period(node)
            case Call("formatdate" | "strftime", (_, Constant(str(form)), *_)) if "%" not in form:
                hint = 'write for example "%Y-%m-%d %H:%M"'
                yield "no-effect", "without %, every time gets this same text", hint, node.at
            case _:
                pass


def _date_looked_for(node: Node) -> Iterator[Found]:
    """Yield a timestamp that is looked at as if it were a date; `_comparison` has the rest."""
    match node:
        case Like(operand) if _is_time(operand):
            yield "iso-timestamp", _NO_DATE, _COMPARE_TIMES, node.at
        case In(operand, Array(items)) if _is_time(operand) and any(map(_is_date, items)):
            yield "iso-timestamp", _NO_DATE, _COMPARE_TIMES, node.at
        case _:
            pass


def _comparison(node: Binary, left: Expression, right: Expression) -> Iterator[Found]:
    if _is_time(left) and _is_date(right):
        yield "iso-timestamp", _NO_DATE, _COMPARE_TIMES, node.at
    elif _is_time(left) and _is_seconds(right):
        hint = "write milliseconds: now() * 1000, or three digits more"
        yield "timestamp-seconds", "a timestamp is in milliseconds, this in seconds", hint, node.at
    if isinstance(right, Constant) and right.value is None:
        hint = "write ispresent(field) or !ispresent(field)"
        yield "null", "nothing is equal to null, or differs from it", hint, node.at
    if right is not node.right:
        return
    yield from _value(right)
    if isinstance(right, Name) and isinstance(left, Name) and _looks_like_text(right):
        hint = f'a text is written "{right.path}"'
        yield "field-as-value", "this names a field", hint, right.at
    if isinstance(right, Constant) and isinstance(right.value, str):
        yield from _against_text(node, left, right.value)


def _against_text(node: Binary, left: Expression, text: str) -> Iterator[Found]:
    if node.operator not in ("=", "!=") and number_in(text) is not None:
        message = 'a text is compared, character by character: "9" is more than "10"'
        yield "quoted-number", message, f"write {text} without quotes", node.right.at
    if isinstance(left, Constant) and isinstance(left.value, str):
        hint = f"a field has no quotes: write {name_text(left.value)}"
        yield "field-as-value", "two texts are compared", hint, left.at
    if isinstance(left, Binary) and left.operator == "-" and _are_names(left):
        start, end = left.at
        hint = "a name with - in it needs backticks"
        yield "minus-in-name", "this - is a minus", hint, (start, end)


def _value(value: Expression) -> Iterator[Found]:
    if not isinstance(value, Constant):
        return
    if isinstance(value.value, bool) or value.value in ("true", "false"):
        number = 1 if value.value in (True, "true") else 0
        hint = f"write {number}, or keep the text if a text it is"
        yield "boolean", "JSON's true and false are 1 and 0 in queries", hint, value.at
    elif isinstance(value.value, int) and abs(value.value) >= _ALL_DIGITS_KEPT:
        hint = f'with = and in, write "{value.value}": a text is compared as it stands'
        message = "AWS does not say whether it keeps all digits of such a number"
        yield "long-number", message, hint, value.at
    elif isinstance(value.value, str) and _WILDCARD.fullmatch(value.value):
        hint = "write like, which finds a part of a text"
        yield "wildcard-in-text", "* and % stand for themselves here", hint, value.at


def _period(period: Duration) -> Iterator[Found]:
    unit = UNITS[period.unit]
    most = CAPS.get(unit)
    if most is not None and period.amount > most:
        message = f"{period.amount}{period.unit} is taken as {most}{unit}, silently"
        hint = f"write a longer unit, such as {_BETTER_UNIT[unit]}"
        yield "bin-capped", message, hint, period.at


def _looks_like_text(name: Name) -> bool:
    return name.path.isupper() or (name.quoted and " " in name.path)


def _is_date(expression: Expression) -> bool:
    """Tell whether this is the text of a date, or one without quotes: 2026 minus 5 minus 4."""
    match expression:
        case Constant(str(text)):
            return _DATE.match(text) is not None
        case Binary("-", Binary("-", Constant(), Constant()), Constant()):
            return True
        case _:
            return False


def _is_now(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.function == "now"


def _is_seconds(expression: Expression) -> bool:
    """Tell whether this is a moment in seconds: as milliseconds, it would lie in 1970."""
    if isinstance(expression, Binary) and expression.operator in ("+", "-"):
        return _is_seconds(expression.left)
    if isinstance(expression, Constant):
        return type(expression.value) is int and 0 < expression.value < _SECONDS_TILL_5138
    return _is_now(expression)


def _is_time(expression: Expression) -> bool:
    return isinstance(expression, Name) and expression.path in _TIMES


def _are_names(minus: Binary) -> bool:
    return isinstance(minus.left, Name) and isinstance(minus.right, Name)
