"""Which lines go where, for whoever writes them.

``intentlog.expression`` is imported where it is needed: an application that imports the logger
pays for expressions when it sets its logging up, and a contract without any costs nothing.
"""

# ruff: noqa: PLC0415 -- see above

from collections.abc import Callable, Mapping

Predicate = Callable[[Mapping[str, object]], bool]


def matcher(where: str) -> Predicate:
    """Return what tells whether a record matches a contract's ``where``; an empty one takes all.

    Raises:
        ExpressionError: It cannot be parsed; a checked contract has no such expression.
    """
    if not where:
        return _always
    from intentlog.expression import compile_where, parse_where

    return compile_where(parse_where(where))


def fields_asked(where: str) -> frozenset[str]:
    """Return the names of the fields that decide whether a record matches.

    Raises:
        ExpressionError: It cannot be parsed; a checked contract has no such expression.
    """
    if not where:
        return frozenset()
    from intentlog.expression import fields_of, parse_where

    return frozenset(field.name for field in fields_of(parse_where(where)))


def number_at(name: str) -> Callable[[Mapping[str, object]], float | None]:
    """Return what finds the number of a dotted field in a record; None where there is none."""
    from intentlog.expression import find

    def number(record: Mapping[str, object]) -> float | None:
        value = find(record, name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else None  # type: ignore[return-value] # it is a number

    return number


def _always(_record: object) -> bool:
    return True
