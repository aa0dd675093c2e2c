"""Whether what an expression or a saved query names is there in the record.

A field that was renamed in the record and not in a filter is the drift that this product is
about: the filter would go on matching nothing, and nobody would be told.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from intentlog.expression import (
    PARAMETER,
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

from . import aws_limits
from .asking import Parameter, Query
from .model import Contract
from .problem import Problem, join, nearest, unknown
from .record import LEVELS, OWN_FIELDS

_FIELDS_OF_COMMANDS = {"display", "dedup", "fields", "filter", "parse", "sort", "stats"}
_MAKE_NOTHING = {"anomaly", "diff", "filterindex", "limit", "pattern", "source", "unmask"}
_NAMES = {TokenKind.NAME, TokenKind.QUOTED_NAME}
_WORDS = {"and", "as", "asc", "by", "desc", "false", "in", "like", "not", "null", "or", "true"}
_RECORD = ("record.fields", "record.optional", "record.data", "record.names")
_NAMED_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")


def known_fields(contract: Contract) -> tuple[str, ...]:
    """Return the top-level fields of a line; below the data field, any name may follow."""
    return contract.record.all_fields


def known_values(contract: Contract) -> dict[str, tuple[str, Collection[str]]]:
    """Return what the values of a field are, and all that there are; other fields have any."""
    record = contract.record
    known: dict[str, tuple[str, Collection[str]]] = {record.name_of("level"): ("level", LEVELS)}
    if record.name_of("category") in record.all_fields:
        known[record.name_of("category")] = ("category", contract.category_names)
    return known


def unknown_field(contract: Contract, name: str, made: Collection[str] = ()) -> str:
    """Say that no line has a field, and which one was probably meant.

    Args:
        contract: The contract whose lines they are.
        name: The field that they do not have.
        made: Names that there are besides.
    """
    if new := contract.record.renamed(name):
        return f'no field "{name}"; it is called "{new}" here'
    text = unknown("field", name, (*known_fields(contract), *sorted(made)))
    return text if text.endswith("?") else f"{text}; {_hint(contract, name)}"


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


def has_regex(text: str) -> bool:
    """Tell whether a where-expression has a regular expression; one that is wrong has none."""
    with suppress(ExpressionError):
        return any(token.kind is TokenKind.REGEX for token in tokenize(text))
    return False


def metric_value_problems(contract: Contract, at: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with the field whose value a metric takes."""
    record = contract.record
    if not _is_field(contract, name) or name.startswith("@"):
        yield Problem(at, unknown_field(contract, name), _RECORD)
    elif name in {record.data, *map(record.name_of, OWN_FIELDS)}:
        yield Problem(at, f'"{name}" is never a number; {_hint(contract, "duration_ms")}', _RECORD)
    elif complaint := aws_limits.metric_value_complaint(name):
        yield Problem(at, complaint)


def query_problems(contract: Contract, where: str, query: Query) -> Iterator[Problem]:
    """Yield what is wrong with a saved query: syntax, fields, parameters."""
    at = f"{where}.text"
    try:
        tokens = tokenize(query.text)
    except ExpressionError as error:
        yield Problem(at, _in_one_line(error))
        return
    if not tokens:
        yield Problem(at, "the query is empty")
        return
    yield from _query_fields(contract, at, tokens)
    yield from _query_values(contract, at, query, tokens)
    yield from _parameters(where, query)


def _query_fields(contract: Contract, at: str, tokens: list[Token]) -> Iterator[Problem]:
    made: set[str] = set()
    reported: set[str] = set()
    for command in _commands(tokens):
        if command[0].word not in _FIELDS_OF_COMMANDS | _MAKE_NOTHING:
            return  # it may make fields in a way that is not known here
        # Aliases hold for the whole command: `stats sum(a) as x, x / 2 as half` is allowed.
        made |= _names_made(command)
        if command[0].word not in _FIELDS_OF_COMMANDS:
            continue
        for name in _names_used(command):
            if name not in reported and not _is_field(contract, name, made):
                reported.add(name)
                yield Problem(at, unknown_field(contract, name, made), _RECORD)


def _query_values(
    contract: Contract, at: str, query: Query, tokens: list[Token]
) -> Iterator[Problem]:
    """Yield levels and categories that the filters before any other command compare with."""
    for command in _commands(tokens):
        if command[0].word not in {"filter", "where"}:
            return  # it may give these names to something else
        with suppress(ExpressionError):  # a query can filter by more than a where-expression
            where = parse_where(query.text[command[0].end : command[-1].end])
            yield from _unknown_values(contract, at, where, query.parameters)


def _parameters(where: str, query: Query) -> Iterator[Problem]:
    used = set(PARAMETER.findall(query.text))
    declared = f"{where}.parameters"
    if len(query.parameters) > aws_limits.PARAMETERS_PER_QUERY:
        most = f"a saved query has {aws_limits.PARAMETERS_PER_QUERY} at most"
        yield Problem(declared, f"there are {len(query.parameters)}; {most}")
    meant = set()
    for parameter in sorted(used - set(query.parameters)):
        meant.add(nearest(parameter, query.parameters))
        what = unknown("parameter", parameter, query.parameters)
        yield Problem(f"{where}.text", what, (join(declared, parameter),))
    for parameter in query.parameters:
        at = join(declared, parameter)
        if complaint := aws_limits.parameter_complaint(parameter):
            yield Problem(at, complaint)
        elif parameter not in used | meant:
            yield Problem(at, f"the text has no {{{{{parameter}}}}}", (f"{where}.text",))


def _unknown_fields(contract: Contract, at: str, where: Where) -> Iterator[Problem]:
    for name in dict.fromkeys(field.name for field in fields_of(where)):
        if name.startswith("@") or not _is_field(contract, name):
            yield Problem(at, unknown_field(contract, name), _RECORD)


def _unknown_values(
    contract: Contract, at: str, where: Where, parameters: Mapping[str, Parameter] | None = None
) -> Iterator[Problem]:
    """Say which levels and categories do not exist; other fields may have any value."""
    known = known_values(contract)
    for field, literal in literals_of(where):
        kind, values = known.get(field.name, ("", ()))
        for value in _values_of(literal, parameters or {}) if kind else ():
            if value not in values:
                causes = (join("categories", value), "record.names") if kind == "category" else ()
                yield Problem(at, unknown(kind, value, values), causes)


def _values_of(literal: str, parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Return what a literal can be: itself, or the values of the parameter that it is."""
    if found := PARAMETER.fullmatch(literal):
        parameter = parameters.get(found[1])
        return (parameter.values or (parameter.default,)) if parameter else ()
    return (literal,)


def _is_field(contract: Contract, name: str, made: Collection[str] = ()) -> bool:
    first, _, rest = name.partition(".")
    # A result without a name is called by its expression: sort `count(*)`
    if name in made or first in made or name.startswith("@") or "(" in name:
        return True
    record = contract.record
    return first in record.all_fields and (
        not rest or first == record.data or first in record.context_fields
    )


def _in_one_line(error: ExpressionError) -> str:
    return f"{error.reason} ({error.place})"


def _hint(contract: Contract, name: str) -> str:
    data = contract.record.data
    return f"an event's own data is below {data}, as {data}.{name.rpartition('.')[2]}"


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
