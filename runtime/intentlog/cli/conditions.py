"""Which lines are meant: the options of a command, as conditions of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from intentlog.contract import LEVELS, ContractError, Problem
from intentlog.contract.problem import unknown
from intentlog.query.printing import expression_text
from intentlog.query.tree import Constant, Name

from .account import NO_CONTRACT
from .trace_ids import spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intentlog.contract import Contract

    from .options import Options

FAILURES = ("ERROR", "CRITICAL")
"""The levels of what went wrong."""


def conditions(contract: Contract, options: Options, *, text: bool = True) -> list[str]:
    """Return what the options ask of a line; all of it must be so.

    Args:
        contract: What a line is.
        options: The options.
        text: Whether ``--grep`` is among them: it looks at the line, not at its fields.

    Raises:
        typer.BadParameter: There is no such category or level.
        ContractError: The contract's lines have nothing of the kind.
    """
    asked = list(_conditions(contract, options))
    if text and options.grep is not None:
        asked.append(with_text(contract, options.grep))
    return asked


def _conditions(contract: Contract, options: Options) -> Iterator[str]:
    if options.category:
        known = contract.category_names
        if contract is not NO_CONTRACT:
            for category in options.category:
                _known("--category", "category", category, known)
        yield one_of(own_field(contract, "category"), options.category)
    if options.level:
        levels = [_known("--level", "level", name.upper(), LEVELS) for name in options.level]
        yield at_level(contract, levels)
    if options.user is not None:
        yield of_user(contract, options.user)
    if options.trace is not None:
        yield of_trace(contract, options.trace)


def at_level(contract: Contract, levels: Sequence[str] = FAILURES) -> str:
    """Return the condition that a line is at one of some levels."""
    return one_of(own_field(contract, "level"), levels)


def of_user(contract: Contract, user: str) -> str:
    """Return the condition that a line is about a user, whose id may be a number or a text."""
    return f"{context_field(contract, 'user_id')} = {quoted(user)}"


def of_trace(contract: Contract, trace: str) -> str:
    """Return the condition that a line is of a trace, however its id is spelled."""
    return one_of(context_field(contract, "trace_id"), spellings(trace))


def with_text(contract: Contract, text: str) -> str:
    """Return the condition that a text stands in the message, or anywhere in the line."""
    message = own_field(contract, "message")
    return f"({message} like {quoted(text)} or @message like {quoted(text)})"


def one_of(name: str, values: Iterable[str]) -> str:
    """Return the condition that a field has one of some values."""
    return f"{name} in [{', '.join(map(quoted, values))}]"


def own_field(contract: Contract, field: str) -> str:
    """Return a field that the logger fills, as a query names it.

    Raises:
        ContractError: The contract's lines do not have it.
    """
    return context_field(contract, contract.record.name_of(field))


def context_field(contract: Contract, field: str) -> str:
    """Return a field of the line, as a query names it.

    Raises:
        ContractError: The contract's lines do not have it.
    """
    if field not in contract.record.all_fields:
        raise ContractError(contract.service, [Problem("record", f"no line has a {field}")])
    return name(field)


def name(path: str) -> str:
    """Return a field as a query names it: in backticks where it needs them."""
    return expression_text(Name(path))


def quoted(text: str) -> str:
    """Return a text as a query writes it."""
    return expression_text(Constant(text))


def _known(option: str, kind: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise typer.BadParameter(f"{option}: {unknown(kind, value, known)}")
    return value
