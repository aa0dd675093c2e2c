"""Finds the regular expressions that an engine refuses: its message has no place in the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .joni import ungreedy
from .problems import Problem, QueryError
from .regex import with_plain_groups
from .tree import Call, Constant, Parse, Regex, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .tree import At, Node, Query


def refused_regex(query: Query) -> QueryError | None:
    """Return what DuckDB refuses of a query's regular expressions; None if it takes them all."""
    from .database import duckdb  # noqa: PLC0415 -- it was loaded by who asks this

    with duckdb.connect() as connection:
        for pattern, at in _patterns(query):
            plain = with_plain_groups(pattern, named=False)
            try:
                connection.execute("SELECT regexp_matches('', ?)", [plain])
            except duckdb.InvalidInputException as error:
                reason = str(error).partition("\n")[0].removeprefix("Invalid Input Error: ")
                message = f"this regular expression cannot be asked here: {reason}"
                hint = "CloudWatch may take it, or write a simpler one"
                return QueryError([Problem(message, hint, query.text, at)])
    return None


def check_for_archive(query: Query) -> None:
    """Check that the archive's engine can do what a query's regular expressions do in RE2.

    Raises:
        QueryError: One has the flag ``U``.
    """
    message = "the flag U of a regular expression is not in the archive"
    hint = "write +? and *? for what takes as little as possible"
    found = [at for pattern, at in _patterns(query) if ungreedy(pattern)]
    if found:
        raise QueryError([Problem(message, hint, query.text, at) for at in found])


def _patterns(query: Query) -> Iterator[tuple[str, At]]:
    for node in walk(query):
        if isinstance(node, Regex) or (isinstance(node, Parse) and node.mode == "regex"):
            yield node.pattern, node.at
        elif isinstance(node, Call) and node.function == "regexreplace":
            yield from _constant(node.arguments[1])


def _constant(node: Node) -> Iterator[tuple[str, At]]:
    if isinstance(node, Constant) and isinstance(node.value, str):
        yield node.value, node.at
