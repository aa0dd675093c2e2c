"""Rules on the order of commands, and on what a class of logs has."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .tree import (
    Accum,
    Autoregress,
    Call,
    CountFrequent,
    Dedup,
    FillDown,
    Filter,
    Limit,
    Other,
    Pattern,
    Sort,
    Stats,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .lint_spelling import Found
    from .tree import Query

_MOST_STATS: Final = {False: 10, True: 2}
_MOST_ROWS: Final = 100_000
_NOT_INFREQUENT: Final = ("anomaly", "diff")


def order_of_commands(query: Query, *, infrequent: bool) -> Iterator[Found]:
    """Yield commands that stand where CloudWatch refuses or misunderstands them.

    Args:
        query: The query.
        infrequent: Whether the logs are of the class Infrequent Access.
    """
    commands = query.commands
    stats = [place for place, command in enumerate(commands) if isinstance(command, Stats)]
    for place, command in enumerate(commands):
        if isinstance(command, (Sort, Limit)) and stats and place < stats[-1]:
            hint = "put it after the last stats"
            message = "sort and limit before stats are documented as invalid"
            yield "sort-before-stats", message, hint, command.at
    for before, command in pairwise(commands):
        if isinstance(before, Dedup) and not isinstance(command, Limit):
            hint = "put dedup last, or before limit"
            yield "dedup-not-last", "only limit may follow dedup", hint, command.at
    yield from _unsorted(query)
    for command in commands:
        if isinstance(command, Limit) and command.count > _MOST_ROWS:
            message = f"a query returns {_MOST_ROWS:,} rows at most"
            yield "wrong", message, f"write limit {_MOST_ROWS}", command.at
        if isinstance(command, Stats):
            yield from _alone(command)
    most = _MOST_STATS[infrequent]
    for place in stats[most:]:
        hint = f"{most} are allowed"
        yield "stats-too-many", "too many stats in one query", hint, commands[place].at
    if infrequent:
        yield from _class(query)


def _unsorted(query: Query) -> Iterator[Found]:
    """Yield commands that go from row to row where nothing says in which order rows stand."""
    is_sorted = False
    for command in query.commands:
        match command:
            case Sort() | Pattern() | CountFrequent():
                is_sorted = True
            case Stats():
                is_sorted = False
            case Accum() | FillDown() | Autoregress() if not is_sorted:
                name = type(command).__name__.lower()
                message = f"{name} goes from row to row, and no sort says how they stand"
                hint = "put sort @timestamp asc, or another order, before it"
                yield "rows-unsorted", message, hint, command.at
            case _:
                pass


def _alone(command: Stats) -> Iterator[Found]:
    if not command.keys and len(command.items) == 1:
        return
    for node in walk(command):
        if isinstance(node, Call) and node.function == "topk":
            hint = "write stats count(*) as n by field | sort n desc | limit 10"
            yield "wrong", "topk stands alone, without by", hint, node.at


def _class(query: Query) -> Iterator[Found]:
    for node in walk(query):
        match node:
            case Pattern(at=at):
                name = "pattern"
            case Other(str(name), at=at) if name in _NOT_INFREQUENT:
                pass
            case Filter(index=True, at=at):
                name = "filterIndex"
            case Call("unmask", at=at):
                name = "unmask"
            case _:
                continue
        yield "log-class", f"Infrequent Access has no {name}", "use the class Standard", at
