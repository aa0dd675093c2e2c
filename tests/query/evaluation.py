"""A second, plain evaluation of filters and aggregates: one Python value at a time, no SQL.

It is written from `docs/query-language.md` alone. A value is what a JSON line has: None where a
field is missing or null; a dict or list is no value, and not missing either.
"""

import math
import re
import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Any

from intentlog.query import tree

_NUMERIC = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NUMBER_CALLS = ("strlen", "abs", "floor", "ceil", "greatest")
_TRUTH_CALLS = ("ispresent", "isempty", "isnumeric")


def text(value: Any) -> str | None:
    """Return how a value is shown."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e37 else repr(value)
    return str(value) if isinstance(value, (int, str)) else None


def number(value: Any) -> int | float | None:
    """Return the number that a value is or spells."""
    if isinstance(value, str):
        if not _NUMERIC.fullmatch(value):
            return None
        found = int(value) if re.fullmatch("[+-]?[0-9]+", value) else float(value)
        return found if abs(found) <= sys.float_info.max else None
    return value if isinstance(value, (bool, int, float)) else None


def evaluate(node: Any, record: dict[str, Any]) -> Any:  # noqa: PLR0911 - a table of nodes
    """Return the value of an expression for a record; conditions are True, False or None."""
    match node:
        case tree.Name(path):
            return record.get(path)
        case tree.Constant(value):
            return value
        case tree.Unary("not", operand):
            held = truth(operand, record)
            return None if held is None else not held
        case tree.Unary("-", operand):
            found = number(evaluate(operand, record))
            return None if found is None else -found
        case tree.Logical(operator, operands):
            return _logical(operator, [truth(operand, record) for operand in operands])
        case tree.Binary(operator, left, right) if operator in _ARITHMETIC:
            return _calculated(operator, evaluate(left, record), evaluate(right, record))
        case tree.Binary(operator, left, right):
            sides = (left, evaluate(left, record)), (right, evaluate(right, record))
            return _compared(operator, *sides)
        case tree.Call(function, arguments):
            return _called(function, arguments, record)
        case _:
            raise NotImplementedError(node)


def truth(node: Any, record: dict[str, Any]) -> bool | None:
    """Return whether a condition holds; a bare value holds if it is a number other than 0."""
    found = number(evaluate(node, record))
    return None if found is None else found != 0


def _logical(operator: str, held: list[bool | None]) -> bool | None:
    decides = operator == "or"
    if decides in held:
        return decides
    return None if None in held else not decides


_ARITHMETIC: dict[str, Callable[[float, float], float | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else None,
    "%": lambda a, b: math.fmod(a, b) if b else None,
}
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _calculated(operator: str, left: Any, right: Any) -> float | None:
    one, two = number(left), number(right)
    if one is None or two is None:
        return None
    return _ARITHMETIC[operator](float(one), float(two))


def _is_number(node: Any) -> bool:
    """Tell whether an expression is a number whatever the line has."""
    match node:
        case tree.Constant(value):
            return not isinstance(value, (str, type(None)))
        case tree.Binary() | tree.Unary() | tree.Logical():
            return True
        case tree.Call(function):
            return function in (*_NUMBER_CALLS, *_TRUTH_CALLS)
        case _:
            return False


def _compared(operator: str, left: tuple[Any, Any], right: tuple[Any, Any]) -> bool | None:
    (left_node, one), (right_node, two) = left, right
    if text(one) is None or text(two) is None:
        return None
    quoted = any(
        isinstance(node, tree.Constant) and isinstance(node.value, str)
        for node in (left_node, right_node)
    )
    numbers = number(one), number(two)
    calculated = _is_number(left_node) or _is_number(right_node)
    if operator in _ORDERED:
        if calculated or (not quoted and None not in numbers):
            return None if None in numbers else _ORDERED[operator](*numbers)
        return _ORDERED[operator](text(one), text(two))
    if calculated and not quoted:
        equal = None not in numbers and numbers[0] == numbers[1]
    else:
        equal = text(one) == text(two)
    return equal is (operator == "=")


def _called(function: str, arguments: Sequence[Any], record: dict[str, Any]) -> Any:
    if function == "if":
        condition, yes, no = arguments
        return text(evaluate(yes if truth(condition, record) else no, record))
    return _FUNCTIONS[function](*(evaluate(argument, record) for argument in arguments))


def _of_number(function: Callable[[float], float]) -> Callable[[Any], float | None]:
    def of(value: Any) -> float | None:
        found = number(value)
        return None if found is None else function(float(found))

    return of


def _present(value: Any) -> bool | None:
    return None if isinstance(value, (dict, list)) else value is not None


def _greatest(*values: Any) -> float | None:
    return max((float(found) for found in map(number, values) if found is not None), default=None)


def _upper(value: Any) -> str | None:
    shown = text(value)
    return None if shown is None else shown.upper()


def _length(value: Any) -> int | None:
    shown = text(value)
    return None if shown is None else len(shown)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": _of_number(abs),
    "ceil": _of_number(math.ceil),
    "coalesce": lambda *values: next(
        (text(each) for each in values if text(each) is not None), None
    ),
    "concat": lambda *values: "".join(text(value) or "" for value in values),
    "floor": _of_number(math.floor),
    "greatest": _greatest,
    "isempty": lambda value: not text(value),
    "isnumeric": lambda value: number(value) is not None,
    "ispresent": _present,
    "strlen": _length,
    "toupper": _upper,
}


def natural(value: str) -> tuple[Any, ...]:
    """Return what a text is sorted by: numbers last, runs of digits by their length first."""
    found = number(value)
    chunks = re.sub(r"[0-9]+", lambda run: f"0{len(run[0]):04}{run[0]}", value)
    return (found is not None, found or 0, "" if found is not None else chunks, value)


def aggregates(values: list[Any]) -> dict[str, Any]:
    """Return each aggregate of the values of a group, in the order of their times."""
    texts = [shown for value in values if (shown := text(value)) is not None]
    numbers = [found for value in values if (found := number(value)) is not None]
    floats = [float(found) for found in numbers]
    least: Any = min(numbers) if numbers else min(texts, default=None)
    most: Any = max(numbers) if numbers else max(texts, default=None)
    return {
        "rows": len(values),
        "there": len(texts),
        "kinds": len(set(texts)),
        "total": math.fsum(floats) if floats else None,
        "mean": math.fsum(floats) / len(floats) if floats else None,
        "spread": statistics.pstdev(floats) if floats else None,
        "half": statistics.median(floats) if floats else None,
        "least": least,
        "most": most,
        "first": texts[0] if texts else None,
        "last": texts[-1] if texts else None,
        "low": min(texts, key=natural, default=None),
        "high": max(texts, key=natural, default=None),
        "each": sorted(set(texts)) if texts else None,
    }


def totals(values: list[Any]) -> list[float | None]:
    """Return the total of the numbers so far at each row that has one."""
    total, rows = 0.0, []
    for found in map(number, values):
        total += found or 0
        rows.append(None if found is None else total)
    return rows


def carried(values: list[Any]) -> list[str | None]:
    """Return the last value so far at each row."""
    last, rows = None, []
    for shown in map(text, values):
        last = last if shown is None else shown
        rows.append(last)
    return rows


def sessions(users: list[Any], gap: int) -> list[str | None]:
    """Return each row's session: user by user, a new one after more than ``gap`` rows."""
    rows: list[str | None] = [None] * len(users)
    names = [text(user) for user in users]
    count = 0
    for user in sorted({name for name in names if name is not None}):
        places = [place for place, name in enumerate(names) if name == user]
        for before, place in zip([None, *places], places, strict=False):
            count += before is None or place - before > gap
            rows[place] = str(count)
    return rows
