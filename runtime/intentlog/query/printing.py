"""Prints a query in one canonical form: one command a line, parentheses only where needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from intentlog.expression.printing import value_text

from .functions import FUNCTIONS
from .parse_expression import RESERVED
from .tree import (
    Accum,
    AddTotals,
    Array,
    Autoregress,
    Binary,
    Call,
    Constant,
    CountFrequent,
    Dedup,
    Display,
    Duration,
    Fields,
    FillDown,
    FillMissing,
    Filter,
    In,
    Join,
    Json,
    Like,
    Limit,
    Logical,
    Lookup,
    Name,
    Other,
    Parse,
    Pattern,
    Query,
    Regex,
    Sessionize,
    Sort,
    Source,
    Star,
    Stats,
    Unary,
    Unnest,
    Wildcard,
)

if TYPE_CHECKING:
    from .tree import Command, Expression, Item

_PLAIN: Final = re.compile(r"[@A-Za-z_$][@A-Za-z0-9_.]*")
_POSITIONS: Final = re.compile(r"\[[0-9]+\](?=[.\[]|$)")
_SLASH: Final = re.compile(r"(\\.)|/", re.DOTALL)
_LOOSE: Final = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 7}
_COMPARISON, _NEGATIVE, _ATOM = 4, 8, 9
_WORDS: Final = RESERVED | {"true", "false", "null", "asc", "desc", "parse"}


def to_text(query: Query) -> str:
    """Print a query so that parsing the text gives the same tree again."""
    return "\n| ".join(_command(command) for command in query.commands)


def expression_text(expression: Expression) -> str:  # noqa: PLR0911 - a table of expressions
    """Print one expression."""
    match expression:
        case Logical(operator, operands):
            tight = _LOOSE[operator] + 1
            return f" {operator} ".join(_within(operand, tight) for operand in operands)
        case Binary(operator, left, right):
            level = _level(expression)
            # The one operator that groups from the right; a comparison does not group at all.
            tighter = (level + (operator == "^" or level == _COMPARISON), level + (operator != "^"))
            return f"{_within(left, tighter[0])} {operator} {_within(right, tighter[1])}"
        case Unary("not", operand):
            return f"not {_within(operand, _LOOSE['not'])}"
        case Unary(_, operand):
            return f"-{_within(operand, _NEGATIVE)}"
        case Like(operand, pattern, negated):
            of = _within(operand, _COMPARISON + 1)
            return f"{of} {'not ' * negated}like {_within(pattern, _COMPARISON + 1)}"
        case In(operand, values, negated):
            of = _within(operand, _COMPARISON + 1)
            return f"{of} {'not ' * negated}in {_values(values)}"
        case _:
            return _atom(expression)


def _level(expression: Expression) -> int:
    match expression:
        case Binary(operator) | Logical(operator):
            return _LOOSE.get(operator, _COMPARISON)
        case Unary("not"):
            return _LOOSE["not"]
        case Unary():
            return _NEGATIVE
        case Like() | In():
            return _COMPARISON
        case _:
            return _ATOM


def _within(expression: Expression, level: int) -> str:
    text = expression_text(expression)
    return text if _level(expression) >= level else f"({text})"


def _values(values: Array | Name | Query) -> str:
    if isinstance(values, Query):
        return _subquery(values)
    return expression_text(values)


def _atom(atom: Expression) -> str:  # noqa: PLR0911 - a table of atoms
    match atom:
        case Name(path):
            plain = _PLAIN.fullmatch(_POSITIONS.sub("", path)) and path.lower() not in _WORDS
            return path if plain else name_text(path)
        case Constant(value):
            return "null" if value is None else value_text(value)
        case Duration(amount, unit):
            return f"{amount}{unit}"
        case Regex(pattern):
            return _slashes(pattern)
        case Star():
            return "*"
        case Array(items):
            return f"[{', '.join(_within(item, _COMPARISON + 1) for item in items)}]"
        case Call(function, arguments):
            name = FUNCTIONS[function].name if function in FUNCTIONS else function
            return f"{name}({', '.join(expression_text(argument) for argument in arguments)})"
        case _:
            return f"({expression_text(atom)})"


def name_text(path: str) -> str:
    """Print a name, in backticks where it needs them."""
    return path if _PLAIN.fullmatch(path) and path.lower() not in _WORDS else f"`{path}`"


def _slashes(pattern: str) -> str:
    return "/" + _SLASH.sub(lambda match: match[1] or "\\/", pattern) + "/"


def _command(command: Command) -> str:  # noqa: C901, PLR0911, PLR0912 - a table of commands
    match command:
        case Fields(items):
            return f"fields {_items(items)}"
        case Display(items):
            return f"display {_items(items)}"
        case Filter(condition, index):
            return f"{'filterIndex' if index else 'filter'} {expression_text(condition)}"
        case Stats(items, keys, offset):
            by = f" by {_items(keys)}" if keys else ""
            shifted = f" offset {expression_text(offset)}" if offset else ""
            return f"stats {_items(items)}{by}{shifted}"
        case Sort(keys):
            return "sort " + ", ".join(
                f"{expression_text(key.expression)} {'desc' if key.descending else 'asc'}"
                for key in keys
            )
        case Limit(count, some):
            return f"limit {'any ' * some}{count}"
        case Dedup(names):
            return f"dedup {_names(names)}"
        case Parse():
            return _parse(command)
        case Json(operand, path, name):
            return f"json field={name_text(operand.path)} {value_text(path)} as {name_text(name)}"
        case Unnest(operand, name, expand):
            into = "" if expand else f" into {name_text(name)}"
            return f"{'expand' if expand else 'unnest'} {expression_text(operand)}{into}"
        case Source():
            return _source(command)
        case Join(kind, left, right, on, query):
            pairs = " and ".join(f"{expression_text(a)} = {expression_text(b)}" for a, b in on)
            sides = f"left={name_text(left)} right={name_text(right)}"
            return f"join type={kind} {sides} where {pairs} {_subquery(query)}"
        case Lookup(table, keys, outputs):
            return f"lookup {name_text(table)} {_renamed(keys)} OUTPUT {_renamed(outputs)}"
        case FillMissing(values):
            filled = ", ".join(
                f"{expression_text(value)} for {name_text(name)}"
                for value, names in values
                for name in names
            )
            return f"fillmissing with {filled}" if filled else "fillmissing"
        case Pattern(operand):
            return f"pattern {expression_text(operand)}"
        case Accum(operand, alias):
            return f"accum {expression_text(operand)}{_as(alias)}"
        case FillDown(fields):
            return f"filldown {' '.join(map(_name_or_wildcard, fields))}".rstrip()
        case Autoregress(operand, alias, nearest, farthest):
            lags = f"{nearest}-{farthest}" if farthest > nearest else f"{nearest}"
            return f"autoregress {expression_text(operand)}{_as(alias)} p={lags}"
        case Sessionize(names, gap, alias):
            span = f" maxspan {expression_text(gap)}" if gap else ""
            return f"sessionize {_names(names)}{span}{_as(alias)}"
        case CountFrequent(names):
            return f"countFrequent {_names(names)}"
        case AddTotals(names, alias, rows, columns):
            named = f"fieldname={name_text(alias)} " if alias else ""
            switches = "row=false " * (not rows) + "col=true " * columns
            return f"addtotals {named}{switches}{_names(names)}".rstrip()
        case Other(name, text):
            return f"{name} {text}".rstrip()


def _name_or_wildcard(field: Name | Wildcard) -> str:
    return field.pattern if isinstance(field, Wildcard) else name_text(field.path)


def _as(alias: str | None) -> str:
    return "" if alias is None else f" as {name_text(alias)}"


def _names(names: tuple[Name, ...]) -> str:
    return ", ".join(map(expression_text, names))


def _items(items: tuple[Item, ...]) -> str:
    return ", ".join(expression_text(item.expression) + _as(item.alias) for item in items)


def _parse(command: Parse) -> str:
    text = f"parse {name_text(command.operand.path)}"
    names = ", ".join(map(name_text, command.names))
    match command.mode:
        case "glob":
            return f"{text} {value_text(command.pattern)} as {names}"
        case "regex":
            pattern = _slashes(command.pattern)
            return f"{text} {pattern} multi" if command.multi else f"{text} {pattern} as {names}"
        case "xml":
            return f"{text} xml {value_text(command.pattern)} as {names}"
        case mode:
            return f"{text} {mode} as {names}"


def _source(command: Source) -> str:
    chosen = ", ".join([*map(value_text, command.groups), *command.choice])
    start = "" if command.start is None else f" START={command.start}"
    end = "" if command.end is None else f" END={command.end}"
    return f"SOURCE {chosen}{start}{end}"


def _renamed(pairs: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(
        name_text(name) + ("" if name == other else f" as {name_text(other)}")
        for name, other in pairs
    )


def _subquery(query: Query) -> str:
    return f"({' | '.join(_command(command) for command in query.commands)})"
