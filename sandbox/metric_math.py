"""The part of CloudWatch's metric math that an alarm's expression needs; knows no emulator.

Numbers, ids, ``+ - * /``, comparisons, ``AND`` and ``OR``, ``IF(condition, then, else)``,
``FILL(metric, number)`` and parentheses. The reading taken where the documentation leaves room: a
period in which a metric of the expression has no data has no result, unless FILL gives it one; and
so has a division by zero. Whatever else metric math can do is refused, not guessed.
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from intentlog.errors import IntentlogError

Value = float | None
Evaluate = Callable[[Mapping[str, Value]], Value]

_TOKEN: Final = re.compile(r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(.[=&|]?))")
_SUMS: Final = {"+": operator.add, "-": operator.sub}
_PRODUCTS: Final = {"*": operator.mul, "/": operator.truediv}
_COMPARISONS: Final = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_CONJUNCTIONS: Final[dict[str, Callable[[float, float], Any]]] = {
    "AND": lambda left, right: bool(left) and bool(right),
    "&&": lambda left, right: bool(left) and bool(right),
}
_DISJUNCTIONS: Final[dict[str, Callable[[float, float], Any]]] = {
    "OR": lambda left, right: bool(left) or bool(right),
    "||": lambda left, right: bool(left) or bool(right),
}
# From what binds least to what binds most.
_LEVELS: Final[tuple[Mapping[str, Callable[[float, float], Any]], ...]] = (
    _DISJUNCTIONS,
    _CONJUNCTIONS,
    _COMPARISONS,
    _SUMS,
    _PRODUCTS,
)
_END: Final = ""


class MetricMathError(IntentlogError):
    """An expression that the sandbox cannot evaluate."""


@lru_cache(maxsize=256)
def compiled(text: str) -> Evaluate:
    """Return a function from the metrics of one period to the expression's value.

    Raises:
        MetricMathError: It does not parse, or uses more of metric math than is emulated.
    """
    return _Parser(text).whole()


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [match[0].strip() for match in _TOKEN.finditer(text.rstrip())]
        self._at = 0

    def whole(self) -> Evaluate:
        result = self._binary(0)
        self._take(_END)
        return result

    def _binary(self, level: int) -> Evaluate:
        if level == len(_LEVELS):
            return self._operand()
        left = self._binary(level + 1)
        while (function := _LEVELS[level].get(self._next())) is not None:
            self._at += 1
            left = _combined(function, left, self._binary(level + 1))
        return left

    def _operand(self) -> Evaluate:
        word = self._next()
        self._at += 1
        if word == "-":
            return _combined(operator.sub, lambda _: 0.0, self._operand())
        if word == "(":
            inside = self._binary(0)
            self._take(")")
            return inside
        if word[:1].isdigit() or word[:1] == ".":
            number = float(word)
            return lambda _: number
        if word[:1].isalpha():
            return self._function(word) if self._next() == "(" else _metric(word)
        raise self._error(self._at - 1, "a number, a metric's id or a parenthesis")

    def _function(self, name: str) -> Evaluate:
        place = self._at - 1
        self._take("(")
        arguments = [self._binary(0)]
        while self._next() == ",":
            self._at += 1
            arguments.append(self._binary(0))
        self._take(")")
        match name, arguments:
            case "IF", [condition, then, otherwise]:
                return _choice(condition, then, otherwise)
            case "FILL", [metric, number]:
                return lambda values: _filled(metric(values), number(values))
        raise self._error(place, "IF(condition, then, else) or FILL(metric, number)")

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self, wanted: str) -> None:
        if self._next() != wanted:
            raise self._error(self._at, repr(wanted) if wanted else "an operator or the end")
        self._at += 1

    def _error(self, place: int, expected: str) -> MetricMathError:
        found = repr(self._tokens[place]) if place < len(self._tokens) else "the end"
        return MetricMathError(
            f"metric math that the sandbox does not evaluate: {self._text!r}: "
            f"expected {expected}, found {found}"
        )


def _metric(name: str) -> Evaluate:
    return lambda values: values.get(name)


def _combined(function: Callable[[float, float], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(values: Mapping[str, Value]) -> Value:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        try:
            return float(function(one, other))
        except (OverflowError, ZeroDivisionError):
            return None

    return evaluate


def _choice(condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    def evaluate(values: Mapping[str, Value]) -> Value:
        decision = condition(values)
        if decision is None:
            return None
        return then(values) if decision else otherwise(values)

    return evaluate


def _filled(value: Value, number: Value) -> Value:
    return number if value is None else value
