"""Plans the commands that look from a row at others: accum, filldown, autoregress, sessionize.

The first three take the rows as they stand: as ``sort`` left them, else the latest first. They
number them, so that the answer shows them in the order in which they were looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .kinds import comparison
from .names import NOTHING
from .periods import UNITS, fixed_length
from .relational import Apply, Column, Expr, Kind, Order, Value, Window
from .tree import Accum, Autoregress, Duration, FillDown, Sessionize, Wildcard

if TYPE_CHECKING:
    from .plan_state import PlanState
    from .tree import Name

_MOST_LAGS: Final = 100
_GAP: Final = Duration(30, "m")
_ALWAYS_THERE: Final = ("@timestamp", "@message")


def plan(state: PlanState, command: Accum | FillDown | Autoregress | Sessionize) -> None:
    """Plan one of these commands."""
    match command:
        case Accum():
            _accum(state, command)
        case FillDown():
            _filldown(state, command)
        case Autoregress():
            _autoregress(state, command)
        case Sessionize():
            _sessionize(state, command)


def _accum(state: PlanState, command: Accum) -> None:
    """Add up; a row without a number has no total."""
    number = state.converted(state.scope.find(command.operand.path), Kind.NUMBER)
    total = Apply("total", (number,), Kind.NUMBER)
    there = Apply("isnumeric", (number,), Kind.BOOLEAN)
    name = command.alias or command.operand.path
    _look_back(state, {name: Apply("case", (there, total), Kind.NUMBER)})


def _filldown(state: PlanState, command: FillDown) -> None:
    fields = command.fields or (Wildcard("*", at=command.at),)
    names = dict.fromkeys(name for field in fields for name in _names(state, field))
    filled: dict[str, Apply] = {}
    for name in names:
        of = state.scope.find(name)
        if of != NOTHING:
            kind = Kind.TEXT if of.kind is Kind.RAW else of.kind
            filled[name] = Apply("last there", (state.converted(of, kind),), kind)
    if filled:
        _look_back(state, filled)


def _names(state: PlanState, field: Name | Wildcard) -> list[str]:
    if not isinstance(field, Wildcard):
        return [field.path]
    names = [name for name in state.shown() if name not in _ALWAYS_THERE]
    matches = re.compile(".*".join(map(re.escape, field.pattern.split("*"))), re.DOTALL).fullmatch
    found = [name for name in names if matches(name)]
    if not found:
        there = f"there are {', '.join(names)}" if names else "choose some with fields before it"
        message = f"no field that is shown so far matches {field.pattern}"
        state.fail(message, there, field.at)
    return found


def _autoregress(state: PlanState, command: Autoregress) -> None:
    lags = range(command.nearest, command.farthest + 1)
    if len(lags) > _MOST_LAGS:
        state.fail(f"autoregress makes {_MOST_LAGS} fields at most", "", command.at)
    if command.alias and len(lags) > 1:
        hint = f"leave it out: they are {command.operand.path}_p{lags[0]} and so on"
        state.fail("AWS does not say what as means for several fields", hint, command.at)
    of = state.extend(state.scope.find(command.operand.path))
    _look_back(
        state,
        {command.alias or f"{command.operand.path}_p{lag}": _before(of, lag) for lag in lags},
    )


def _look_back(state: PlanState, made: dict[str, Apply]) -> None:
    """Make columns of the rows so far, and number them."""
    columns = {name: (state.column(apply.kind), apply) for name, apply in made.items()}
    number = state.column(Kind.NUMBER)
    state.add(Window(tuple(columns.values()), state.current_order(), number=number))
    for name, (column, _) in columns.items():
        state.make(name, column)
    state.order = (Order(number),)


def _sessionize(state: PlanState, command: Sessionize) -> None:
    """Number sessions, in whatever order the rows stand; a row that lacks a field is in none.

    Rows are lined up by the fields, then by time: that takes one sort, where a partition a user
    would keep many of them in memory. The number is how many sessions have begun so far.
    """
    time = state.extend(state.scope.find("@timestamp"))
    if not isinstance(time, Column):
        gone, hint = "is gone after stats", "put it before stats"
        if state.scope.events is not None:
            gone, hint = "is a constant here", "give that another name"
        state.fail(f"sessionize needs @timestamp, which {gone}", hint, command.at)
    keys = tuple(state.converted(state.scope.find(name.path), Kind.TEXT) for name in command.names)
    gap = Value(_milliseconds(state, command.gap or _GAP), Kind.NUMBER)
    before = {each: (state.column(each.kind), _before(each, 1)) for each in (*keys, time)}
    state.add(Window(tuple(before.values()), (Order(time),), keys))
    quiet = Apply("-", (time, before[time][0]), Kind.NUMBER)
    same = [comparison("=", key, before[key][0]) for key in keys]
    goes_on = Apply("and", (*same, comparison("<=", quiet, gap)), Kind.BOOLEAN)
    there = Apply("and", tuple(map(_there, before)), Kind.BOOLEAN)
    begins = Apply("begins", (there, goes_on), Kind.NUMBER)
    begun = Apply("begun", (there, state.extend(begins)), Kind.NUMBER)
    number = state.column(Kind.NUMBER)
    state.add(Window(((number, begun),), (Order(time),), keys))
    state.make(command.alias or "session_id", number)


def _before(column: Expr, lag: int) -> Apply:
    return Apply("before", (column, Value(lag, Kind.NUMBER)), column.kind)


def _there(column: Column) -> Apply:
    return Apply("ispresent", (column,), Kind.BOOLEAN)


def _milliseconds(state: PlanState, gap: Duration) -> int:
    length = fixed_length(gap.amount, UNITS[gap.unit])
    if length is None:
        message = f"{gap.amount}{gap.unit} has no fixed length"
        state.fail(message, "write it in days: maxspan 30d", gap.at)
    return length
