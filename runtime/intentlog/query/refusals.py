"""What CloudWatch refuses for certain though it can be read: refused here as well.

A saved query that is tested with files would otherwise fail when it is asked. Sources: the AWS
pages "dedup", "stats", "filterIndex", "Boolean, comparison, numeric, datetime, and other
functions" and "subqueries".
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from .tree import (
    Array,
    At,
    Binary,
    Call,
    Constant,
    Dedup,
    Filter,
    In,
    Limit,
    Name,
    Query,
    Stats,
    Unary,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .tree import Expression

Found: TypeAlias = tuple[str, str, str, At]
"""The rule of the linter, what is wrong, what to write instead, and where."""

_MOST_STATS: Final = 10
_MOST_BRANCHES: Final = 10
_MOST_VALUES: Final = 10_000
_PERCENT: Final = 100


def refusals(query: Query) -> Iterator[Found]:
    """Yield what CloudWatch refuses, in the order of the rules."""
    for before, command in pairwise(query.commands):
        if isinstance(before, Dedup) and not isinstance(command, Limit):
            hint = "put dedup last, or before limit"
            yield "dedup-not-last", "only limit may follow dedup", hint, command.at
    yield from too_many_stats(query, _MOST_STATS)
    for node in walk(query):
        match node:
            case Filter(condition, index=True) if not _is_indexed(condition):
                hint = 'write field = "value" or field in ["a", "b"]; filter does the rest'
                yield "wrong", "filterIndex takes one field and its values", hint, condition.at
            case Stats():
                yield from _top(node)
            case Call():
                yield from _arguments(node)
            case In(values=Query() as inner):
                yield from _nested(inner)
            case _:
                pass


def too_many_stats(query: Query, most: int) -> Iterator[Found]:
    """Yield each ``stats`` after so many."""
    stats = [command for command in query.commands if isinstance(command, Stats)]
    for command in stats[most:]:
        yield "stats-too-many", "too many stats in one query", f"{most} are allowed", command.at


def _is_indexed(condition: Expression) -> bool:
    match condition:
        case Binary("=", Name(), Constant()):
            return True
        case In(Name(), Array(items), negated=False):
            return all(isinstance(item, Constant) for item in items)
        case _:
            return False


def _top(command: Stats) -> Iterator[Found]:
    alone = not command.keys and len(command.items) == 1
    for node in walk(command):
        if isinstance(node, Call) and node.function == "topk" and not alone:
            hint = "write stats count(*) as n by field | sort n desc | limit 10"
            yield "wrong", "topk stands alone, without by", hint, node.at


def _arguments(call: Call) -> Iterator[Found]:
    match call:
        case Call("case", arguments, at=at) if len(arguments) > 2 * _MOST_BRANCHES + 1:
            hint = "put a case into the default of another"
            yield "wrong", f"case has {_MOST_BRANCHES} branches at most", hint, at
        case Call("topk", (count, _)) if not _is_count(count):
            message = f"topk takes a whole number from 1 to {_MOST_VALUES:,} first, then a field"
            yield "wrong", message, "write for example topk(10, field)", count.at
        case Call("pct" | "percentile" as name, (_, percent)) if not _is_percent(percent):
            message = f"{name} takes a number from 0 to {_PERCENT} as its second argument"
            yield "wrong", message, f"write for example {name}(field, 95)", percent.at
        case Call("histogram", (_, width)) if not _is_width(width):
            message = "histogram takes a number above 0 as its second argument"
            yield "wrong", message, "write for example histogram(field, 10)", width.at
        case _:
            pass


def _is_count(node: Expression) -> bool:
    value = node.value if isinstance(node, Constant) else None
    return type(value) is int and 1 <= value <= _MOST_VALUES


def _is_width(node: Expression) -> bool:
    """Tell whether a constant is above 0; what is computed may be."""
    if not isinstance(node, (Constant, Unary)):
        return True
    value = node.value if isinstance(node, Constant) else None
    return type(value) in (int, float) and float(value or 0) > 0


def _is_percent(node: Expression) -> bool:
    value = node.value if isinstance(node, Constant) else None
    return type(value) in (int, float) and 0 <= float(value or 0) <= _PERCENT


def _nested(query: Query) -> Iterator[Found]:
    for node in walk(query):
        if isinstance(node, In) and isinstance(node.values, Query):
            hint = "ask the inner one first, and write its answer as a list"
            yield "wrong", "a subquery cannot stand in another", hint, node.values.at
