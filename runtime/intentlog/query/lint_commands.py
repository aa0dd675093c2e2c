"""Rules on the order of commands, and on what a class of logs has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .refusals import refusals, too_many_stats
from .tree import (
    Accum,
    Autoregress,
    Call,
    CountFrequent,
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

    from .refusals import Found
    from .tree import Query

_MOST_STATS_INFREQUENT: Final = 2
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
    yield from _unsorted(query)
    yield from refusals(query)
    if infrequent:
        yield from too_many_stats(query, _MOST_STATS_INFREQUENT)
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
