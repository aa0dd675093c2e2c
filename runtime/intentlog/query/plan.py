"""Makes the relational form of a query: names are resolved, aggregates are set apart.

Nothing is skipped silently: what only CloudWatch can do is refused where it stands, and what is
done otherwise here than there is in the relation's notes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from . import plan_fields, plan_stats, plan_windows
from .cursor import Stop
from .names import NOTHING, Numbers
from .parse_commands import CLOUDWATCH_ONLY
from .plan_state import Joined, PlanState, is_map
from .problems import Problem, QueryError
from .refusals import refusals
from .relational import (
    Column,
    Distinct,
    Expr,
    Fill,
    Keep,
    Kind,
    LookUp,
    Order,
    Relation,
    Scan,
    Shown,
    Value,
)
from .tree import (
    Accum,
    AddTotals,
    Autoregress,
    CountFrequent,
    Dedup,
    Display,
    Fields,
    FillDown,
    FillMissing,
    Filter,
    Join,
    Json,
    Limit,
    Lookup,
    Name,
    Other,
    Parse,
    Pattern,
    Query,
    Sessionize,
    Sort,
    Source,
    Stats,
    Unnest,
)

if TYPE_CHECKING:
    from .tree import Command, Item

MOST_ROWS: Final = 10_000
"""How many rows CloudWatch returns if the query does not say (AWS page "limit")."""


def plan(
    query: Query,
    *,
    start: int | None = None,
    end: int | None = None,
    now: int | None = None,
    pointers: bool = False,
    source: str = "query",
) -> Relation:
    """Make the relational form of a query.

    Args:
        query: The query, from `parse`.
        start: The first millisecond since 1970 that is asked about; None for no bound.
        end: The last one, inclusive.
        now: When the query is asked, in milliseconds; the clock by default.
        pointers: Whether rows that are events end with ``@ptr`` though the query does not ask
            for it, as in CloudWatch's own answers.
        source: What the query is called in messages.

    Raises:
        QueryError: A part of it can run in CloudWatch only, or makes no sense; says which.
    """
    asked = int(time.time() * 1000) if now is None else now
    planner = _Planner(query.text, Numbers(), asked, Scan(0, start=start, end=end))
    problems = planner.plan(query)
    if problems:
        raise QueryError(problems, source)
    return planner.relation(limit=MOST_ROWS, pointers=pointers)


class _Planner:
    """Plans one query, or one in parentheses."""

    def __init__(self, text: str, numbers: Numbers, now: int, bounds: Scan) -> None:
        self.state = PlanState(text, numbers, now, bounds, self._subquery)
        self._now = now

    def plan(self, query: Query) -> list[Problem]:
        """Plan every command; return what is wrong with them."""
        problems = [
            Problem(message, hint, self.state.text, at) for _, message, hint, at in refusals(query)
        ]
        before: Command | None = None
        for command, after in zip(query.commands, (*query.commands[1:], None), strict=True):
            try:
                if isinstance(command, Pattern):
                    plan_stats.pattern(self.state, command, _diff(after))
                elif not (isinstance(before, Pattern) and _diff(command)):
                    self._command(command)
            except Stop as stop:
                problems.append(stop.problem)
            before = command
        return problems

    def relation(self, *, limit: int | None = None, pointers: bool = False) -> Relation:
        """Return the whole, as far as it is planned.

        Args:
            limit: How many rows there are at most if the query does not say.
            pointers: Whether rows that are events end with ``@ptr``.
        """
        state = self.state
        chosen = dict(state.shown())
        if pointers and state.scope.events is not None:
            chosen.pop("@ptr", None)
            chosen["@ptr"] = None
        shown = tuple(
            Shown(name, fixed or state.scope.find(name)) for name, fixed in chosen.items()
        )
        most = None if state.limited else limit
        if most is not None and state.is_numbered():
            state.take(most)
        return replace(self.rows(), shown=shown, order=state.current_order(), limit=most)

    def rows(self) -> Relation:
        """Return the rows alone, for a join: it takes columns as it needs them."""
        state = self.state
        order, steps = state.current_order(), state.finished_steps()
        notes = tuple(dict.fromkeys([*state.notes, *state.scope.notes]))
        return Relation(state.events.scan(), steps, (), order, notes=notes)

    def _command(self, command: Command) -> None:  # noqa: C901, PLR0912 - a table of commands
        state = self.state
        match command:
            case Fields(items):
                before = {} if state.grouped else state.chosen or {}
                state.chosen = {**before, **self._named(items)}
                state.grouped = False
            case Display(items):
                state.displayed = self._named(items)
            case Filter(condition):
                state.add(Keep(state.resolver.condition(condition)))
            case Stats():
                plan_stats.stats(state, command)
            case Sort():
                self._sort(command)
            case Limit(count, some):
                state.take(count, some=some)
                state.limited = True
            case Dedup(names):
                keys = tuple(map(state.comparable, names))
                state.add(Distinct(keys, state.current_order()))
            case Parse():
                plan_fields.parse(state, command)
            case Json():
                plan_fields.json(state, command)
            case Unnest():
                plan_fields.unnest(state, command)
            case Source():
                self._source(command)
            case Join():
                self._join(command)
            case Lookup():
                self._lookup(command)
            case FillMissing():
                self._fill(command)
            case Accum() | FillDown() | Autoregress() | Sessionize():
                plan_windows.plan(state, command)
            case CountFrequent():
                plan_stats.count_frequent(state, command)
            case AddTotals():
                plan_fields.add_totals(state, command)
            case Other(name):
                why, hint = CLOUDWATCH_ONLY[name]
                state.fail(f"{name} runs in CloudWatch only: {why}", hint, command.at)

    def _named(self, items: tuple[Item, ...]) -> dict[str, Expr | None]:
        """Make the columns that need making; return all with the value that is fixed, if any."""
        state = self.state
        named: dict[str, Expr | None] = {}
        state.scope.fresh.clear()
        for item in items:
            named[item.name] = None
            if isinstance(item.expression, Name) and item.alias is None:
                state.resolver.check_whole(item.expression)
                if state.scope.is_fresh(item.name):
                    named[item.name] = NOTHING
                continue
            expression = state.resolver.resolve(item.expression)
            state.scope.made[item.name] = made = state.extend(expression)
            if is_map(expression):
                state.maps.add(made)
            if expression.kind is Kind.JSON:
                # A live test found that a map can be looked into from the next command on.
                state.scope.fresh.add(item.name)
        state.scope.fresh.clear()
        return named

    def _sort(self, command: Sort) -> None:
        state = self.state
        keys: list[Order] = []
        for key in command.keys:
            made = state.extend(state.comparable(key.expression))
            if isinstance(made, Column):
                keys.append(Order(made, key.descending))
        state.order = tuple(keys)

    def _source(self, command: Source) -> None:
        state = self.state
        if state.steps:
            state.fail("SOURCE must be the first command", "", command.at)
        bounds = state.events.bounds
        start = bounds.start if command.start is None else self._moment(command.start)
        end = bounds.end if command.end is None else self._moment(command.end)
        groups = (*bounds.groups, *command.groups)
        state.events.bounds = Scan(0, groups=groups, start=start, end=end)
        state.resolver.start, state.resolver.end = start, end
        if command.choice:
            state.notes.append(f"{command.choice[0]} chooses log groups in CloudWatch only")

    def _moment(self, moment: int) -> int:
        return self._now + moment if moment <= 0 else moment

    def _join(self, command: Join) -> None:
        state = self.state
        if any(isinstance(step, Joined) for step in state.steps):
            state.fail("a query has one join at most", "", command.at)
        right = self._inner(command.query)
        sides = {command.left: state.scope.copy(), command.right: right.state.scope}
        on: list[tuple[Expr, Expr]] = []
        for pair in command.on:
            ends = dict(name.path.split(".", 1) for name in pair if "." in name.path)
            if ends.keys() != sides.keys():
                hint = f"write {command.left}.field = {command.right}.field"
                state.fail("a join compares one field of each side", hint, pair[0].at)
            left_end, right_end = (sides[alias].find(ends[alias]) for alias in sides)
            on.append((left_end, right_end))
        state.scope.sides = sides
        state.add(Joined(right.rows, tuple(on), outer=command.kind == "left"))

    def _lookup(self, command: Lookup) -> None:
        state = self.state
        on = tuple((key, state.scope.find(field)) for key, field in command.keys)
        columns = {alias: (state.column(Kind.TEXT), name) for name, alias in command.outputs}
        state.add(LookUp(command.table, on, tuple(columns.values())))
        for alias, (column, _) in columns.items():
            state.make(alias, column)

    def _fill(self, command: FillMissing) -> None:
        state = self.state
        if state.bin is None:
            hint = "put it after stats … by bin(5m); months and years have no fixed length"
            message = "fillmissing fills the bins of stats … by bin() of a fixed length only"
            state.fail(message, hint, command.at)
        values: list[tuple[Column, Value]] = []
        for constant, names in command.values:
            value = state.resolver.resolve(constant)
            for name in names:
                made = state.scope.made.get(name)
                if not (isinstance(made, Column) and isinstance(value, Value)):
                    hint = f"it made {', '.join(state.scope.made)}"
                    state.fail(f"stats made no {name}", hint, command.at)
                values.append((made, value))
        columns = tuple(each for each in state.scope.made.values() if isinstance(each, Column))
        others = tuple(column for column in state.groups if column != state.bin[0])
        state.add(Fill(*state.bin, others, columns, tuple(values)))
        if not all(key.column in columns for key in state.order or ()):
            state.order = None

    def _inner(self, query: Query) -> _Planner:
        state = self.state
        bounds = Scan(0, start=state.events.bounds.start, end=state.events.bounds.end)
        inner = _Planner(state.text, state.numbers, self._now, bounds)
        for problem in inner.plan(query):
            raise Stop(problem)
        state.notes += inner.state.notes
        return inner

    def _subquery(self, query: Query) -> Relation:
        relation = self._inner(query).relation(pointers=False)
        if len(relation.shown) != 1:
            hint = "end it with: | fields name"
            self.state.fail("a subquery after in shows one field", hint, query.at)
        return relation


def _diff(command: Command | None) -> Other | None:
    return command if isinstance(command, Other) and command.name == "diff" else None
