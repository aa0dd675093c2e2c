"""The parts of a parsed where-expression, and what can be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = str | int | float | bool
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]


class Field(msgspec.Struct, frozen=True, eq=False):
    """A field as an expression names it; where it stands does not count in comparisons.

    Attributes:
        name: The name without backticks, dots between the keys.
        position: Where it begins in the source, counted from 0.
        source: The text it was parsed from, for error messages; empty if it was built by hand.
    """

    name: str
    position: int = 0
    source: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Comparison(msgspec.Struct, frozen=True):
    """``field = value`` and the other comparisons; an unquoted true or false is a bool."""

    field: Field
    operator: Operator
    value: Value


class Membership(msgspec.Struct, frozen=True):
    """``field in [values]``, or ``not in`` if it is negated."""

    field: Field
    values: tuple[Value, ...]
    negated: bool = False


class Like(msgspec.Struct, frozen=True):
    """``field like "text"``, a substring, or ``field like /text/``, a regular expression."""

    field: Field
    text: str
    regex: bool = False
    negated: bool = False


class Present(msgspec.Struct, frozen=True):
    """``ispresent(field)``."""

    field: Field


class Not(msgspec.Struct, frozen=True):
    """``not operand``."""

    operand: Where


class And(msgspec.Struct, frozen=True):
    """``a and b``, of two or more operands."""

    operands: tuple[Where, ...]


class Or(msgspec.Struct, frozen=True):
    """``a or b``, of two or more operands."""

    operands: tuple[Where, ...]


Atom: TypeAlias = Comparison | Membership | Like | Present
Where: TypeAlias = Atom | Not | And | Or


def atoms_of(where: Where) -> Iterator[Atom]:
    """Yield the comparisons of an expression from left to right."""
    match where:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from atoms_of(operand)
        case Not(operand):
            yield from atoms_of(operand)
        case atom:
            yield atom


def fields_of(where: Where) -> tuple[Field, ...]:
    """Return every mention of a field, from left to right."""
    return tuple(atom.field for atom in atoms_of(where))


def literals_of(where: Where) -> tuple[tuple[Field, str], ...]:
    """Return each field with each quoted text that =, != or in compares it with.

    A contract checks them against what it knows: ``category = "auht"`` names no category.
    """
    found: list[tuple[Field, str]] = []
    for atom in atoms_of(where):
        if isinstance(atom, Membership):
            found.extend((atom.field, value) for value in atom.values if isinstance(value, str))
        elif isinstance(atom, Comparison) and atom.operator in ("=", "!="):
            found.extend((atom.field, value) for value in [atom.value] if isinstance(value, str))
    return tuple(found)


_OPPOSITE: dict[Operator, Operator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


def without_not(where: Where) -> Where:
    """Return the same expression with every ``not`` moved into the comparisons.

    Only ``not ispresent(field)`` keeps one. In three-valued logic, where a comparison with a
    missing field is neither true nor false, this changes no answer: both a comparison and its
    opposite then fail to match. Evaluation and compilation both begin here, so that negation
    cannot mean two things.
    """
    match where:
        case Not(operand):
            return _negated(operand)
        case And(operands):
            return And(tuple(without_not(operand) for operand in operands))
        case Or(operands):
            return Or(tuple(without_not(operand) for operand in operands))
        case atom:
            return atom


def _negated(where: Where) -> Where:
    match where:
        case Not(operand):
            return without_not(operand)
        case And(operands):
            return Or(tuple(_negated(operand) for operand in operands))
        case Or(operands):
            return And(tuple(_negated(operand) for operand in operands))
        case atom:
            return _opposite(atom)


def _opposite(atom: Atom) -> Atom | Not:
    match atom:
        case Comparison(name, operator, value):
            return Comparison(name, _OPPOSITE[operator], value)
        case Membership(name, values, negated):
            return Membership(name, values, not negated)
        case Like(name, text, regex, negated):
            return Like(name, text, regex, not negated)
        case Present():
            return Not(atom)
