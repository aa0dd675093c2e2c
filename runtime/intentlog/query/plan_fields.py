"""Plans the commands that make fields of others: parse, json, unnest, expand, addtotals."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final

from .names import paths, plain_path
from .regex import groups, of_glob, with_plain_groups
from .relational import SYSTEM_COLUMNS, Apply, Extract, Kind, Member, Unroll, Value

if TYPE_CHECKING:
    from .plan_state import PlanState
    from .tree import AddTotals, Json, Parse, Unnest

_CELL: Final = r'( *"(?:[^"]|"")*" *|[^,]*)'


def parse(state: PlanState, command: Parse) -> None:
    """Plan ``parse``."""
    of = state.scope.find(command.operand.path)
    match command.mode:
        case "glob":
            _extract(state, command, of_glob(command.pattern))
        case "regex":
            named = any(name is not None for name in groups(command.pattern))
            _extract(state, command, with_plain_groups(command.pattern, named=named))
        case "logfmt":
            name = command.names[0]
            state.make(name, of)
            state.scope.logfmt[name] = state.scope.made[name]
        case "csv":
            rest = "".join(f"(?:,{_CELL})?" for _ in command.names[1:])
            _extract(state, command, rf"^{_CELL}{rest}(?:,[\s\S]*)?\z")
            for name in command.names:
                cell = Apply("csv cell", (state.scope.made[name],), Kind.TEXT)
                state.make(name, cell)
        case "xml":
            hint = "a regular expression can take one element out: /<Name>(?<name>[^<]*)/"
            state.fail("parse xml runs in CloudWatch only", hint, command.at)


def _extract(state: PlanState, command: Parse, regex: str) -> None:
    of = state.scope.find(command.operand.path)
    columns = tuple(state.column(Kind.TEXT) for _ in command.names)
    state.add(Extract(of, regex, columns, state.position() if command.multi else None))
    for name, column in zip(command.names, columns, strict=True):
        state.make(name, column)


def json(state: PlanState, command: Json) -> None:
    """Plan ``json``."""
    whole = Apply("jsonparse", (state.scope.find(command.operand.path),), Kind.JSON)
    path = re.sub(r"^\$\.?", "", plain_path(command.path))
    state.make(command.name, Member(whole, paths(path), Kind.JSON) if path else whole)


def unnest(state: PlanState, command: Unnest) -> None:
    """Plan ``unnest`` and ``expand``."""
    of = state.scope.find(command.operand.path)
    if of.kind not in (Kind.RAW, Kind.JSON):
        hint = "make it with jsonParse in an earlier command"
        state.fail(f"{command.operand.path} is no list", hint, command.operand.at)
    column = state.column(Kind.JSON)
    state.add(Unroll(of, column, state.position()))
    state.make(command.name, column)


def add_totals(state: PlanState, command: AddTotals) -> None:
    """Plan ``addtotals``: the sum of those fields of a row that are numbers, if any is."""
    if command.columns:
        message = "addtotals col=true runs in CloudWatch only: AWS does not say what its row shows"
        state.fail(message, "write stats sum(a), sum(b)", command.at)
    if not command.rows:
        return
    names = [name.path for name in command.names] or _summed(state)
    if not names:
        hint = "name them: addtotals a, b; or choose some with fields before it"
        state.fail("no field is shown so far that could be added", hint, command.at)
    numbers = [state.converted(state.scope.find(name), Kind.NUMBER) for name in names]
    nought = Value(0, Kind.NUMBER)
    parts = [Apply("first", (number, nought), Kind.NUMBER) for number in numbers]
    total = reduce(lambda one, two: Apply("+", (one, two), Kind.NUMBER), parts)
    there = tuple(Apply("isnumeric", (number,), Kind.BOOLEAN) for number in numbers)
    any_there = Apply("or", there, Kind.BOOLEAN)
    if state.scope.events is None:
        state.notes.append("CloudWatch was seen to leave out what addtotals makes after stats")
    state.make(command.alias or "Total", Apply("case", (any_there, total), Kind.NUMBER))


def _summed(state: PlanState) -> list[str]:
    """Return the fields that are shown and can be numbers; a time is none."""
    found = {name: state.scope.find(name) for name in state.shown() if name not in SYSTEM_COLUMNS}
    return [name for name, of in found.items() if of.kind is not Kind.TIME]
