"""A contract's saved queries, checked with its own fields and log groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intentlog.contract.fields import known_values

from .lint import lint
from .lint_names import KnownFields
from .parse import parse
from .parse_commands import COMMANDS
from .problems import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intentlog.contract import Contract

    from .lint import Finding, LogClass
    from .tree import Query


def is_name(query: str) -> bool:
    """Tell whether somebody means a saved query: it is one word, and none that begins a query."""
    return bool(re.fullmatch(r"[\w-]+", query)) and query.lower() not in COMMANDS


def complaints(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with saved queries: the query's name, and a text with the place."""
    for name in contract.queries:
        for complaint in complaints_about(contract, name, contract.queries[name].filled()):
            yield name, complaint


def complaints_about(contract: Contract | None, name: str, text: str) -> list[str]:
    """Return what is wrong with a query over a contract's lines.

    Args:
        contract: The contract; None if nobody knows what lines have.
        name: The query's name, of which its log groups' class follows; any other name will do.
        text: The query.
    """
    try:
        query = parse(text, source=name)
    except QueryError as error:
        return [str(problem) for problem in error.problems]
    return [str(each) for each in findings(contract, name, query)]


def findings(contract: Contract | None, name: str, query: Query) -> list[Finding]:
    """Return what the linter finds in a query that can be read; otherwise as above."""
    if contract is None:
        return lint(query)
    fields = KnownFields.of(contract.record, known_values(contract))
    return lint(query, known_fields=fields, log_class=_class(contract, name))


def _class(contract: Contract, name: str) -> LogClass:
    if name not in contract.queries:
        return "standard"
    asked = contract.queries[name].streams or tuple(contract.log_groups)[:1]
    infrequent = any(contract.streams[each].log_class != "standard" for each in asked)
    return "infrequent access" if infrequent else "standard"
