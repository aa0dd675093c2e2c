"""The arithmetic of CloudWatch's metric math, as far as the dashboard's expressions need it."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, Final

from intentlog.errors import IntentlogError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ARITHMETIC: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


class MathError(IntentlogError):
    """An expression has something that is not known here."""


def evaluate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return what an expression comes to at one time; None where a value is missing.

    Known are ``+ - * /``, comparisons, ``IF(condition, then, else)`` and ``FILL(metric, value)``,
    whose syntax is Python's, too.

    Args:
        expression: The expression.
        values: What each id is at that time.

    Raises:
        MathError: It has anything else.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, values)
    except (KeyError, SyntaxError, ValueError) as error:
        raise MathError(f"{expression}: this metric math is not known here") from error


def _value(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=kind, right=right):
            return _combined(_ARITHMETIC[type(kind)], _value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[kind], comparators=[right]):
            return _combined(_COMPARISONS[type(kind)], _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, instead]):
            found = _value(metric, values)
            return _value(instead, values) if found is None else found
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return _value(then if _value(condition, values) else otherwise, values)
        case _:
            raise ValueError(ast.dump(node))


def _combined(
    combine: Callable[[Any, Any], float], left: float | None, right: float | None
) -> float | None:
    if left is None or right is None or (combine is operator.truediv and not right):
        return None
    return float(combine(left, right))
