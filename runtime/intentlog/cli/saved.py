"""Which query is meant: a saved one by its name, with its parameters, or a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import typer

from intentlog.contract import ContractError, Problem
from intentlog.contract.problem import unknown
from intentlog.query.saved import is_name

from .account import NO_CONTRACT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intentlog.contract import Contract


class Chosen(NamedTuple):
    """A query: what it is called, its text, and the streams that it asks."""

    name: str
    text: str
    streams: tuple[str, ...] = ()


def chosen(contract: Contract, query: str, values: Mapping[str, str] | None = None) -> Chosen:
    """Return a saved query with values for its parameters, or what was given as a text.

    Raises:
        typer.BadParameter: There is no such query, or it has no such parameter.
    """
    given = values or {}
    if query not in contract.queries:
        if is_name(query):
            if contract is NO_CONTRACT:
                raise typer.BadParameter(f'"{query}": whose query? Say it with --contract')
            raise typer.BadParameter(unknown("query", query, contract.queries))
        if given:
            raise typer.BadParameter("--set: only a saved query has parameters")
        return Chosen("query", query)
    saved = contract.queries[query]
    for name in given:
        if name not in saved.parameters:
            raise typer.BadParameter(f"--set: {unknown('parameter', name, saved.parameters)}")
    return Chosen(query, saved.filled(given), saved.streams)


def about_tools(contract: Contract) -> str:
    """Return the saved query that is about tools, going by its name.

    Raises:
        ContractError: There is none.
    """
    for name in contract.queries:
        if {"tool", "tools"} & set(re.split(r"[^a-z]+", name.lower())):
            return name
    what = 'none has "tool" in its name, so nobody knows what a tool is here'
    raise ContractError(contract.service, [Problem("queries", what)])


def pairs(option: str, texts: Sequence[str] | None, form: str = "NAME=VALUE") -> dict[str, str]:
    """Read values of an option that has such a form.

    Raises:
        typer.BadParameter: One of them has no ``=``.
    """
    split = [text.partition("=") for text in texts or ()]
    for name, sign, _ in split:
        if not sign:
            raise typer.BadParameter(f"{option} {name}: write {form}")
    return {name: value for name, _, value in split}
