"""Rules on texts that stand where a condition or a number does, and match or make nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intentlog.expression.values import number_in

from .printing import name_text
from .tree import Binary, Constant, Filter, Like, Logical, Name, Unary, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .refusals import Found
    from .tree import Expression, Query

_ARITHMETIC: Final = ("+", "-", "*", "/", "%", "^")


def texts(query: Query) -> Iterator[Found]:
    """Yield texts that no comparison and no function looks at."""
    for node in walk(query):
        match node:
            case Binary(operator, left, right) if operator in _ARITHMETIC:
                yield from _computed(operator, left)
                yield from _computed(operator, right)
            case Logical(operands=operands):
                for before, operand in zip((None, *operands), operands, strict=False):
                    yield from _condition(before, operand)
            case Filter(condition) | Unary("not", condition):
                yield from _condition(None, condition)
            case _:
                pass


def _condition(before: Expression | None, operand: Expression) -> Iterator[Found]:
    if isinstance(operand, Constant) and isinstance(operand.value, str):
        message = "a text alone is no condition, and matches nothing"
        hint = f'write {_compared(before)} "{operand.value}"'
        yield "field-as-value", message, hint, operand.at


def _compared(before: Expression | None) -> str:
    """Return the field and the operator of the condition before: `level = "A" or "B"`."""
    match before:
        case Binary("=" | "!=" as operator, Name(path), Constant()):
            return f"{name_text(path)} {operator}"
        case Like(Name(path), Constant(), negated):
            return f"{name_text(path)} {'not ' * negated}like"
        case _:
            return "@message like"


def _computed(operator: str, operand: Expression) -> Iterator[Found]:
    text = operand.value if isinstance(operand, Constant) else None
    if isinstance(text, str) and number_in(text) is None:
        joined = f'concat joins texts: concat(field, "{text}")'
        hint = joined if operator == "+" else "write a number, or a field that is one"
        yield "wrong", "nothing can be computed with a text", hint, operand.at
