"""Prints a where-expression in its one canonical form."""

from __future__ import annotations

import re

from intentlog.expression.hints import KEYWORDS
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
)

_PLAIN_NAME = re.compile(r"[@A-Za-z_$][@A-Za-z0-9_.]*")
_SLASH = re.compile(r"(\\.)|/", re.DOTALL)


def to_text(where: Where) -> str:
    """Print an expression so that parsing the text gives the same expression again."""
    match where:
        case And(operands):
            return " and ".join(_operand(operand, And, Or) for operand in operands)
        case Or(operands):
            return " or ".join(_operand(operand, Or) for operand in operands)
        case Not(operand):
            return f"not {_operand(operand, And, Or)}"
        case atom:
            return _atom(atom)


def _atom(atom: Atom) -> str:
    match atom:
        case Present(field):
            return f"ispresent({_name(field.name)})"
        case Comparison(field, operator, value):
            return f"{_name(field.name)} {operator} {value_text(value)}"
        case Membership(field, values, negated):
            listed = ", ".join(value_text(value) for value in values)
            return f"{_name(field.name)} {'not ' * negated}in [{listed}]"
        case Like(field, text, regex, negated):
            pattern = _regex(text) if regex else value_text(text)
            return f"{_name(field.name)} {'not ' * negated}like {pattern}"


def value_text(value: Value) -> str:
    """Print a value: a text in double quotes, a number, true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)


def _operand(where: Where, *parenthesised: type) -> str:
    text = to_text(where)
    return f"({text})" if isinstance(where, parenthesised) else text


def _name(name: str) -> str:
    plain = _PLAIN_NAME.fullmatch(name) and name.lower() not in KEYWORDS
    return name if plain else f"`{name}`"


def _regex(text: str) -> str:
    return "/" + _SLASH.sub(lambda match: match[1] or "\\/", text) + "/"
