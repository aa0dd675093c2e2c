"""Compiles where-expressions to CloudWatch Logs filter patterns that count the same records.

The two languages read some values differently, and the difference is what a wrong metric is
made of. The pattern written here agrees with `evaluate` on every JSON record, which a property
test asserts against `FilterPattern`; what cannot agree is refused:

* Insights shows JSON booleans as 1 and 0, a pattern asks ``IS TRUE``: wherever a boolean would
  match the expression, the pattern says so with an own term.
* A pattern has no *not* and no *exists*: negation moves into the comparisons, and
  ``ispresent`` becomes ``= *``, as in the page's own ``{ $.latency = * }``, or a boolean.
* Neither language matches a missing field with ``!=``. For patterns AWS does not document it;
  DataBiosphere/azul issue 5884 shows it with the console's pattern test.
* An object or array is no value in either, so neither ``ispresent`` nor its negation counts it.

One thing is taken on trust: that a record nests where the expression has a dot. A key that is
spelled with the dot must be named in ``dotted_keys``.

Source of the facts: the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail", and for the length the API reference, "PutMetricFilter".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import msgspec

from intentlog.expression.errors import NotExpressibleError
from intentlog.expression.evaluate import value_test
from intentlog.expression.pattern_regex import RegexProblem, read_regex
from intentlog.expression.pattern_scan import MAX_LENGTH, MAX_REGEXES
from intentlog.expression.printing import to_text, value_text
from intentlog.expression.tree import (
    And,
    Comparison,
    Field,
    Like,
    Membership,
    Not,
    Or,
    Present,
    Where,
    atoms_of,
    without_not,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BRACKET_KEY = re.compile(r"[ !#-&()+-\[\]-~]+")
_UNSAFE_IN_TEXT = re.compile(r"[*\"\\\x00-\x1f\x7f]")
_BOOLEANS: Final = frozenset({True, False})

Leaf: TypeAlias = Comparison | Membership | Like | Present | Not
"""A comparison, or ``not ispresent(field)``; the only thing a negation is left on."""

_Node: TypeAlias = "str | _Joined"


class _Joined(msgspec.Struct, frozen=True):
    operator: str
    parts: tuple[_Node, ...]

    def __str__(self) -> str:
        return f" {self.operator} ".join(f"({part})" for part in self.parts)


def filter_pattern(where: Where, *, dotted_keys: Collection[str] = ()) -> str:
    """Compile an expression to the JSON filter pattern that matches the same records.

    Args:
        where: The expression. For "everything" there is none; use the pattern ``""``.
        dotted_keys: Fields whose dots belong to one key, such as ``log.level`` of a record
            ``{"log.level": …}``; by default a dot goes into a nested object.

    Raises:
        NotExpressibleError: A part has no equal in the pattern language; says which and why.
    """
    text = f"{{ {_Compiler(dotted_keys).node(where)} }}"
    regexes = sum(isinstance(atom, Like) and atom.regex for atom in atoms_of(where))
    if regexes > MAX_REGEXES:
        reason = f"it has {regexes} regular expressions; {MAX_REGEXES} are allowed"
        _refuse_all(where, reason)
    if len(text) > MAX_LENGTH:
        reason = f"it would have {len(text)} characters; {MAX_LENGTH} are allowed"
        _refuse_all(where, reason)
    return text


class _Compiler:
    def __init__(self, dotted_keys: Collection[str]) -> None:
        self._dotted_keys = dotted_keys

    def node(self, where: Where) -> _Node:
        return self._node(_expanded(without_not(where)))

    def _node(self, where: Where) -> _Node:
        if isinstance(where, Or):
            return _joined("||", [self._node(operand) for operand in where.operands])
        return self._all(_flat(where))

    def _all(self, operands: Iterable[Leaf | Or]) -> _Node:
        """Compile operands that all must hold, those of one field together.

        Together, because a boolean matches them all or not: ``status >= 400 and status < 500``
        needs no word about booleans although ``status < 500`` alone does.
        """
        groups: dict[str, list[Leaf]] = {}
        parts: list[str | Or] = []
        for operand in operands:
            if isinstance(operand, Or):
                parts.append(operand)
                continue
            selector = self._selector(operand)
            if selector not in groups:
                groups[selector] = []
                parts.append(selector)
            groups[selector].append(operand)
        return _joined(
            "&&",
            [
                _group(part, groups[part]) if isinstance(part, str) else self._node(part)
                for part in parts
            ],
        )

    def _selector(self, leaf: Leaf) -> str:
        field = _field(leaf)
        name = field.name
        if name.startswith("@@"):
            name = name[1:]
        elif name.startswith("@"):
            _refuse(leaf, f"{name} is not in the JSON record, so there is no selector for it")
        keys = [name] if field.name in self._dotted_keys else name.split(".")
        return "$" + "".join(_selector_step(leaf, key) for key in keys)


def _expanded(where: Where) -> Where:
    """Replace each list by the comparisons it stands for."""
    match where:
        case And(operands):
            return And(tuple(_expanded(operand) for operand in operands))
        case Or(operands):
            return Or(tuple(_expanded(operand) for operand in operands))
        case Membership(field, values, negated=False):
            return Or(tuple(Comparison(field, "=", value) for value in values))
        case Membership(field, values):
            return And(tuple(Comparison(field, "!=", value) for value in values))
        case leaf:
            return leaf


def _flat(where: Where) -> Iterator[Leaf | Or]:
    if isinstance(where, And):
        for operand in where.operands:
            yield from _flat(operand)
    else:
        yield where


def _joined(operator: str, parts: Iterable[_Node]) -> _Node:
    """Join parts without repeating one and without nesting an operator in itself."""
    flat: dict[_Node, None] = {}
    for part in parts:
        same = isinstance(part, _Joined) and part.operator == operator
        flat.update(dict.fromkeys(part.parts if isinstance(part, _Joined) and same else [part]))
    return _Joined(operator, tuple(flat)) if len(flat) > 1 else next(iter(flat))


def _group(selector: str, leaves: list[Leaf]) -> _Node:
    """Compile comparisons of one field that all must hold."""
    cores = [_core(selector, leaf) for leaf in leaves]
    # What the pattern matches by itself: != is true of a boolean, nothing else is.
    natural = _BOOLEANS if all(map(_is_inequality, leaves)) else frozenset()
    wanted = frozenset(b for b in _BOOLEANS if all(value_test(leaf)(b) for leaf in leaves))
    if natural == wanted:
        return _joined("&&", cores)
    if natural:
        cores.insert(0, f"{selector} = *")
    named = [f"{selector} IS {str(b).upper()}" for b in sorted(wanted, reverse=True)]
    return _joined("||", [_joined("&&", cores), *named])


def _is_inequality(leaf: Leaf) -> bool:
    if isinstance(leaf, Like):
        return leaf.negated
    return isinstance(leaf, Comparison) and leaf.operator == "!="


def _core(selector: str, leaf: Leaf) -> _Node:
    """Compile one comparison as far as texts and numbers go."""
    match leaf:
        case Comparison(_, operator):
            return f"{selector} {operator} {_operand(leaf)}"
        case Like(_, _, regex, negated):
            operand = _regex(leaf) if regex else _substring(leaf)
            return f"{selector} {'!=' if negated else '='} {operand}"
        case Not():
            return _joined("||", [f"{selector} NOT EXISTS", f"{selector} IS NULL"])
        case _:
            return f"{selector} = *"


def _operand(leaf: Comparison) -> str:
    value = leaf.value
    if isinstance(value, bool):
        if leaf.operator == "!=":
            opposite = f"{_field(leaf).name} = {value_text(not value)}"
            _refuse(leaf, f"what != makes of a JSON boolean is not documented; write {opposite}")
        return str(int(value))
    if not isinstance(value, str):
        return value_text(value)
    if leaf.operator not in ("=", "!="):
        _refuse(leaf, "only numbers have an order there; compare with a number without quotes")
    if value in ("true", "false"):
        reason = "whether a JSON boolean equals this text is not documented"
        _refuse(leaf, f"{reason}; write {value} without quotes for a boolean")
    if value[:1] == "%" == value[-1:]:
        _refuse(leaf, "a text between % could be read as a regular expression")
    return f'"{_literal(leaf, value)}"'


def _substring(leaf: Like) -> str:
    if leaf.text:
        return f'"*{_literal(leaf, leaf.text)}*"'
    if leaf.negated:
        _refuse(leaf, "nothing matches it: every text contains the empty one")
    return "*"


def _literal(leaf: Leaf, text: str) -> str:
    if match := _UNSAFE_IN_TEXT.search(text):
        char = match[0]
        why = "is a wildcard there" if char == "*" else "has no documented spelling there"
        _refuse(leaf, f"{char!r} {why}; a regular expression can match it as \\x{ord(char):02X}")
    return text


def _regex(leaf: Like) -> str:
    try:
        return f"%{read_regex(leaf.text, encode=True).text}%"
    except RegexProblem as problem:
        _refuse(leaf, problem.reason)


def _selector_step(leaf: Leaf, key: str) -> str:
    name = _field(leaf).name
    if not key:
        _refuse(leaf, f"the name {name} has an empty part")
    if key.isdigit() and key != name:
        _refuse(leaf, f"{key} can be a key or a position in an array, and {name} does not say")
    if _PLAIN_KEY.fullmatch(key):
        return f".{key}"
    if not _BRACKET_KEY.fullmatch(key):
        _refuse(leaf, f"how the key {key!r} is written there is not documented")
    return f".['{key}']"


def _field(leaf: Leaf) -> Field:
    return next(atoms_of(leaf)).field


def _refuse(leaf: Leaf, reason: str) -> NoReturn:
    field = _field(leaf)
    reason = f"no filter pattern says {to_text(leaf)}: {reason}"
    raise NotExpressibleError(reason, field.source, field.position, len(field.name))


def _refuse_all(where: Where, reason: str) -> NoReturn:
    field = next(atoms_of(where)).field
    raise NotExpressibleError(f"no filter pattern says all this: {reason}", field.source)
