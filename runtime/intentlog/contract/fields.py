"""Whether what an expression or a saved query names is there in the record.

A field that was renamed in the record and not in a filter is the drift that this product is
about: the filter would go on matching nothing, and nobody would be told.
"""

import re
from collections.abc import Collection, Iterator

from intentlog.expression import (
    ExpressionError,
    NotExpressibleError,
    Token,
    TokenKind,
    Where,
    fields_of,
    filter_pattern,
    literals_of,
    parse_where,
    tokenize,
)

from .model import Contract
from .problem import Problem, unknown
from .record import LEVELS

_FIELDS_OF_COMMANDS = {"display", "dedup", "fields", "filter", "parse", "sort", "stats", "where"}
_NAMES = {TokenKind.NAME, TokenKind.QUOTED_NAME}
_WORDS = {"and", "as", "asc", "by", "desc", "false", "in", "like", "not", "null", "or", "true"}
_NAMED_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")


def known_fields(contract: Contract) -> tuple[str, ...]:
    """Return the top-level fields of a line; below the data field, any name may follow."""
    return contract.record.all_fields


def expression_problems(
    contract: Contract, at: str, text: str, *, as_pattern: bool = False
) -> Iterator[Problem]:
    """Yield what is wrong with a where-expression: syntax, fields, values, reach.

    Args:
        contract: The contract whose lines it is about.
        at: The key path of the expression.
        text: The expression; an empty one means all lines.
        as_pattern: Whether it must be expressible as a CloudWatch filter pattern.
    """
    if not text:
        return
    try:
        where = parse_where(text)
    except ExpressionError as error:
        yield Problem(at, _in_one_line(error))
        return
    problems = [*_unknown_fields(contract, at, where), *_unknown_values(contract, at, where)]
    yield from problems
    if as_pattern and not problems:
        try:
            filter_pattern(where)
        except NotExpressibleError as error:
            yield Problem(at, error.reason)


def query_problems(contract: Contract, at: str, text: str) -> Iterator[Problem]:
    """Yield the fields that a saved query names and that neither the record nor it defines."""
    try:
        tokens = tokenize(text)
    except ExpressionError as error:
        yield Problem(at, _in_one_line(error))
        return
    made: set[str] = set()
    reported: set[str] = set()
    for command in _commands(tokens):
        # Aliases hold for the whole command: `stats sum(a) as x, x / 2 as half` is allowed.
        made |= _names_made(command)
        if command[0].word not in _FIELDS_OF_COMMANDS:
            continue
        for name in _names_used(command):
            if name not in reported and not _is_field(contract, name, made):
                reported.add(name)
                yield Problem(at, _unknown_field(contract, name, made))


def _unknown_fields(contract: Contract, at: str, where: Where) -> Iterator[Problem]:
    for name in dict.fromkeys(field.name for field in fields_of(where)):
        if name.startswith("@") or not _is_field(contract, name):
            yield Problem(at, _unknown_field(contract, name))


def _unknown_values(contract: Contract, at: str, where: Where) -> Iterator[Problem]:
    """Say which levels and categories do not exist; other fields may have any value."""
    record = contract.record
    known: dict[str, tuple[str, Collection[str]]] = {record.name_of("level"): ("level", LEVELS)}
    if record.name_of("category") in record.all_fields:
        known[record.name_of("category")] = ("category", contract.category_names)
    for field, value in literals_of(where):
        kind, values = known.get(field.name, ("", (value,)))
        if value not in values:
            yield Problem(at, unknown(kind, value, values))


def _is_field(contract: Contract, name: str, made: Collection[str] = ()) -> bool:
    first, _, rest = name.partition(".")
    if name in made or first in made or name.startswith("@"):
        return True
    record = contract.record
    return first in record.all_fields and (
        not rest or first == record.data or first in record.context_fields
    )


def _unknown_field(contract: Contract, name: str, made: Collection[str] = ()) -> str:
    text = unknown("field", name, (*known_fields(contract), *sorted(made)))
    if text.endswith("?"):
        return text
    return f"{text}; an event's own data is below {contract.record.data}, as {_example(contract, name)}"


def _in_one_line(error: ExpressionError) -> str:
    line = f"line {error.line}, " if error.line > 1 else ""
    return f"{error.reason} ({line}column {error.column})"


def _example(contract: Contract, name: str) -> str:
    return f"{contract.record.data}.{name.rpartition('.')[2]}"


def _commands(tokens: list[Token]) -> Iterator[list[Token]]:
    command: list[Token] = []
    for token in tokens:
        if token.text != "|":
            command.append(token)
        elif command:
            yield command
            command = []
    if command:
        yield command


def _names_made(command: list[Token]) -> set[str]:
    """Return the names that a command gives: after ``as``, and a regular expression's groups."""
    made: set[str] = set()
    naming = False
    for token in command:
        if token.word == "as":
            naming = True
        elif naming and token.kind in _NAMES:
            made.add(str(token.value))
            # Only `parse` names several at once: parse x "*,*" as a, b
            naming = command[0].word == "parse"
        elif token.kind is TokenKind.REGEX:
            made.update(_NAMED_GROUP.findall(str(token.value)))
    return made


def _names_used(command: list[Token]) -> Iterator[str]:
    """Yield the names of fields in a command: no keyword, no function, no name it gives."""
    naming = False
    for index, token in enumerate(command[1:], start=1):
        follower = command[index + 1].text if index + 1 < len(command) else ""
        if token.word == "as":
            naming = True
        elif token.kind in _NAMES and not naming:
            if follower != "(" and token.word not in _WORDS:
                yield str(token.value)
        elif token.kind in _NAMES:
            naming = command[0].word == "parse"
