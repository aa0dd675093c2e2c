"""Decides whether a record matches a where-expression, as Logs Insights would.

Where AWS documents nothing, the choice is the one that counts least by accident: a comparison
with a field that is missing or null matches nothing, and neither does its negation. That `!=`
does not match a missing field is what the example with ``or !ispresent(…)`` on the AWS page
"join" implies; the reporter of DataBiosphere/azul issue 5884 saw a query match one. Who wants to
be sure in every tool writes ``ispresent(field) and field != …``.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from intentlog.expression.tree import (
    And,
    Atom,
    Comparison,
    Like,
    Membership,
    Not,
    Or,
    Present,
    Value,
    Where,
    atoms_of,
    without_not,
)
from intentlog.expression.values import number_of, text_of
from intentlog.expression.where import regex_of

if TYPE_CHECKING:
    from intentlog.expression.tree import Operator

Record: TypeAlias = Mapping[str, object]
Predicate: TypeAlias = Callable[[Record], bool]
ValueTest: TypeAlias = Callable[[object], bool]

_MISSING: Final = object()
_POSITION: Final = re.compile(r"[0-9]{1,9}")
_ORDER: Final[dict[Operator, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXT_ORDER: Final[dict[Operator, Callable[[str, str], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(where: Where, record: Record) -> bool:
    """Tell whether a record matches; for many records, `compile_where` once is faster."""
    return compile_where(where)(record)


def compile_where(where: Where) -> Predicate:
    """Turn an expression into a function of a record.

    The function never raises for a JSON record. A value that JSON cannot hold is neither
    present nor missing and matches nothing.

    Args:
        where: The expression, from `parse_where`.
    """
    return _predicate(without_not(where))


def value_test(atom: Atom | Not) -> ValueTest:
    """Turn one comparison into a function of the field's value.

    Args:
        atom: A comparison, or ``not ispresent(field)``: what `without_not` leaves.
    """
    match atom:
        case Comparison(_, "=" | "!=" as sign, value):
            return _equality(value) if sign == "=" else _inequality((value,))
        case Comparison(_, sign, value):
            return _ordering(sign, value)
        case Membership(_, values, negated):
            return _inequality(values) if negated else _any_equality(values)
        case Like():
            return _like(atom)
        case Present():
            return lambda value: text_of(value) is not None
        case Not():
            return lambda value: value is None or value is _MISSING


def find(record: Record, name: str) -> object:
    """Return the value of a dotted name, None for null and a private object if there is none.

    A key that is spelled with the dots wins over nesting. A number is a position in an array;
    a name shown as ``@@key`` is the key ``@key`` (AWS page "Supported logs and discovered
    fields").
    """
    node: object = record
    rest = name[1:] if name.startswith("@@") else name
    while True:
        if isinstance(node, dict) or isinstance(node, Mapping):  # noqa: SIM101 - dict is faster
            if rest in node:
                found: object = node[rest]
                return found
            head, dot, rest = rest.partition(".")
            if not dot or head not in node:
                return _MISSING
            node = node[head]
        elif isinstance(node, list):
            head, dot, rest = rest.partition(".")
            position = int(head) if _POSITION.fullmatch(head) else len(node)
            if position >= len(node):
                return _MISSING
            node = node[position]
            if not dot:
                return node
        else:
            return _MISSING


def _predicate(where: Where) -> Predicate:
    match where:
        case And(operands):
            return functools.reduce(_both, map(_predicate, operands))
        case Or(operands):
            return functools.reduce(_either, map(_predicate, operands))
        case leaf:
            return _of_field(next(atoms_of(leaf)).field.name, value_test(leaf))


def _both(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) and right(record)


def _either(left: Predicate, right: Predicate) -> Predicate:
    return lambda record: left(record) or right(record)


def _of_field(name: str, test: ValueTest) -> Predicate:
    if "." in name or name.startswith("@@"):
        return lambda record: test(find(record, name))
    return lambda record: test(record.get(name, _MISSING))


def _equality(wanted: Value) -> ValueTest:
    if isinstance(wanted, str):
        return lambda value: text_of(value) == wanted
    return lambda value: number_of(value) == wanted


def _any_equality(wanted: tuple[Value, ...]) -> ValueTest:
    texts = frozenset(value for value in wanted if isinstance(value, str))
    numbers = frozenset(value for value in wanted if not isinstance(value, str))
    if not numbers:
        return lambda value: text_of(value) in texts
    return lambda value: text_of(value) in texts or number_of(value) in numbers


def _inequality(unwanted: tuple[Value, ...]) -> ValueTest:
    equal = _any_equality(unwanted)
    return lambda value: text_of(value) is not None and not equal(value)


def _ordering(sign: Operator, bound: Value) -> ValueTest:
    if isinstance(bound, str):
        return _text_ordering(sign, bound)
    compare = _ORDER[sign]

    def test(value: object) -> bool:
        number = number_of(value)
        return number is not None and compare(number, bound)

    return test


def _text_ordering(sign: Operator, bound: str) -> ValueTest:
    compare = _TEXT_ORDER[sign]

    def test(value: object) -> bool:
        text = text_of(value)
        return text is not None and compare(text, bound)

    return test


def _like(atom: Like) -> ValueTest:
    wanted, negated = atom.text, atom.negated
    search = regex_of(wanted).search if atom.regex else None

    def test(value: object) -> bool:
        text = text_of(value)
        if text is None:
            return False
        found = bool(search(text)) if search else wanted in text
        return found is not negated

    return test
