"""What an operator does follows from the kinds of its operands: decided here for all dialects.

* A comparison with a number compares numbers. A present value that is no number equals none, so
  ``=`` is false and ``!=`` true; ``<`` and the like do not match it.
* ``=`` and ``!=`` with a text compare texts; ``<`` and the like order texts by code points. Two
  fields are ordered as numbers if both are, else as texts.
* A timestamp is a number: comparing it with a text that is no number matches nothing.
* A comparison with something that is missing is neither true nor false.
* Where NUMBER would round (a constant of so many digits, `toLong`, two fields that are whole),
  whole numbers are compared with all their digits: the ids of two people are two.

`intentlog.expression.evaluate` has the same rules for where-expressions, with their sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .relational import Apply, Column, Expr, Kind, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMERIC: Final = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.BOOLEAN, Kind.TIME})
"""The kinds that are numbers whatever their value."""

ELEMENT: Final = Column("element", Kind.RAW)
"""An element of the list that a function looks through."""

_ORDERED: Final = ("<", "<=", ">", ">=")
_STRUCTURES: Final = frozenset({Kind.RAW, Kind.JSON})
_AMONG: Final = {
    "number =": "number among",
    "text =": "among",
    "value = number": "value among",
    "whole =": "whole among",
}
_MISSING: Final = Value(None, Kind.TEXT)
_ROUNDED: Final = 2**53  # from here on, a floating number stands for several whole ones
_MOST_DIGITS: Final = 10**38  # HUGEINT and DECIMAL(38, 0) hold all below it


def constant(value: str | float | bool | None) -> Value:
    """Return a constant; true and false are 1 and 0, as CloudWatch shows booleans."""
    if isinstance(value, int) and _ROUNDED <= abs(value) < _MOST_DIGITS:
        return Value(value, Kind.WHOLE)
    if isinstance(value, bool):
        return Value(int(value), Kind.NUMBER)
    return Value(value, Kind.NUMBER if isinstance(value, (int, float)) else Kind.TEXT)


def comparison(operator: str, left: Expr, right: Expr) -> Expr:
    """Return a comparison, chosen by the kinds of both sides."""
    kinds = (left.kind, right.kind)
    if Kind.WHOLE in kinds and text_in(left) is text_in(right) is None:
        return Apply(f"whole {operator}", (left, right), Kind.BOOLEAN)
    if Kind.TIME in kinds or NUMERIC.issuperset(kinds):
        return Apply(f"number {operator}", (left, right), Kind.BOOLEAN)
    if operator in _ORDERED:
        if any(kind in NUMERIC for kind in kinds):
            return Apply(f"number {operator}", (left, right), Kind.BOOLEAN)
        text = text_in(left) is not None or text_in(right) is not None
        return Apply(f"{'text' if text else 'either'} {operator}", (left, right), Kind.BOOLEAN)
    if Kind.NUMBER in kinds and text_in(left) is text_in(right) is None:
        if kinds[0] in NUMERIC:
            left, right = right, left
        return Apply(f"value {operator} number", (left, right), Kind.BOOLEAN)
    return Apply(f"text {operator}", (left, right), Kind.BOOLEAN)


def any_of(conditions: Iterable[Expr]) -> Expr:
    """Return whether one of several conditions is true.

    What is compared with many constants is looked up among them: its text and number are then
    found once a line, not once a constant.
    """
    constants: dict[tuple[str, Expr], list[str | int | float]] = {}
    found: list[Expr] = []
    for condition in conditions:
        match condition:
            case Apply(function, (of, Value(str() | int() | float() as value))) if (
                function in _AMONG and not (function == "whole =" and _is_fraction(value))
            ):
                constants.setdefault((function, of), []).append(value)
            case _:
                found.append(condition)
    found += [_among(function, of, values) for (function, of), values in constants.items()]
    return found[0] if len(found) == 1 else Apply("or", tuple(found), Kind.BOOLEAN)


def array_contains(of: Expr, value: Expr) -> Expr:
    """Return whether a JSON list, or the text of one, has an element that is equal to a value."""
    parsed = Apply("jsonparse", (of,), Kind.JSON)
    return Apply("jsonarraycontains", (parsed, value), Kind.BOOLEAN)


def common_kind(expressions: tuple[Expr, ...]) -> Kind:
    """Return the kind of a value that is one of several."""
    kinds = {each.kind for each in expressions if each != _MISSING}
    if Kind.WHOLE in kinds and all(map(_is_whole, expressions)):
        return Kind.WHOLE
    if len(kinds) == 1:
        return kinds.pop()
    if kinds and kinds <= _STRUCTURES:
        return Kind.RAW
    return Kind.NUMBER if kinds and kinds <= NUMERIC else Kind.TEXT


def text_in(expression: Expr) -> str | None:
    """Return the text of a constant text; None for everything else."""
    if isinstance(expression, Value) and isinstance(expression.value, str):
        return expression.value
    return None


def _among(equal: str, of: Expr, values: list[str | int | float]) -> Expr:
    if len(values) == 1:
        return Apply(equal, (of, constant(values[0])), Kind.BOOLEAN)
    return Apply(_AMONG[equal], (of, Value(tuple(values), Kind.TEXT)), Kind.BOOLEAN)


def _is_fraction(value: str | float) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _is_whole(expression: Expr) -> bool:
    if isinstance(expression, Value):
        return expression.value is None or isinstance(expression.value, int)
    return expression.kind is Kind.WHOLE
