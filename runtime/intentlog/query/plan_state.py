"""The relational form of a query while it is being made: the steps so far, and what names mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from .cursor import Stop
from .names import Events, Scope, squeezed
from .problems import Problem
from .relational import (
    Apply,
    Column,
    Expr,
    Extend,
    InQuery,
    Kind,
    Match,
    Member,
    Order,
    Step,
    Take,
    Value,
    Window,
)
from .resolve import Resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from .names import Numbers
    from .relational import Relation, Scan
    from .tree import At, Expression, Query


class Joined(msgspec.Struct, frozen=True):
    """A `Match` whose other side may still learn what is read of it."""

    relation: Callable[[], Relation]
    on: tuple[tuple[Expr, Expr], ...]
    outer: bool


class PlanState:
    """What is known after the commands so far.

    Attributes:
        text: The whole text, for messages.
        numbers: Counts columns and scans.
        scope: What names mean.
        events: What is read.
        resolver: Resolves expressions.
        steps: The steps.
        chosen: The columns that ``fields`` or ``stats`` chose to show, None if neither did; a
            column without an expression is what its name means in the end.
        grouped: Whether ``stats`` chose them: the next ``fields`` chooses anew.
        added: The names of fields that other commands made, which are shown too.
        displayed: What the last ``display`` chose.
        order: The order that was asked for; None if none was.
        groups: The keys of the last ``stats``; rows that are equal otherwise are ordered by them.
        maps: The columns that hold a map or list for sure.
        positions: Where a row stands among those that were made of one event.
        bin: The key of the last ``stats`` that is a time bucket, and its milliseconds.
        limited: Whether the query says how many rows there are.
        notes: What a reader of the result must know.
    """

    def __init__(
        self,
        text: str,
        numbers: Numbers,
        now: int,
        bounds: Scan,
        subquery: Callable[[Query], Relation],
    ) -> None:
        self.text = text
        self.numbers = numbers
        self.events = Events(numbers, bounds)
        self.scope = Scope(self.events)
        self.resolver = Resolver(text, self.scope, subquery, now)
        self.resolver.start, self.resolver.end = bounds.start, bounds.end
        self.steps: list[Step | Joined] = []
        self.chosen: dict[str, Expr | None] | None = None
        self.grouped = False
        self.added: dict[str, Expr | None] = {}
        self.displayed: dict[str, Expr | None] | None = None
        self.order: tuple[Order, ...] | None = None
        self.groups: tuple[Column, ...] = ()
        self.positions: list[Order] = []
        self.maps: set[Expr] = set()
        self.bin: tuple[Column, int] | None = None
        self.limited = False
        self.notes: list[str] = []

    def fail(self, message: str, hint: str, at: At) -> NoReturn:
        """Refuse a part of the query."""
        raise Stop(Problem(message, hint, self.text, at))

    def column(self, kind: Kind) -> Column:
        """Return a new column."""
        return Column(f"c{next(self.numbers.columns)}", kind)

    def comparable(self, node: Expression) -> Expr:
        """Resolve what rows are sorted, grouped or told apart by: no map or list."""
        found = self.resolver.resolve(node)
        if found in self.maps or is_map(found):
            hint = "look into it with a dot, or make a text of it with jsonStringify"
            self.fail("a map or list cannot be sorted, counted or told apart", hint, node.at)
        return found

    def position(self) -> Column:
        """Return a new column that tells rows of one event apart, and orders them."""
        column = self.column(Kind.NUMBER)
        self.positions.append(Order(column))
        return column

    def add(self, step: Step | Joined) -> None:
        """Add a step; columns that do not need each other are made in one."""
        last = self.steps[-1] if self.steps else None
        if isinstance(step, Extend) and isinstance(last, Extend):
            made = {column for column, _ in last.columns}
            if not any(uses(expression, made) for _, expression in step.columns):
                self.steps[-1] = Extend((*last.columns, *step.columns))
                return
        self.steps.append(step)

    def extend(self, expression: Expr) -> Expr:
        """Make a column of an expression, unless it is one or a constant."""
        if isinstance(expression, (Column, Value)):
            return expression
        column = self.column(expression.kind)
        self.add(Extend(((column, expression),)))
        return column

    def converted(self, expression: Expr, kind: Kind) -> Column:
        """Make a column of an expression, of a kind that it is converted to."""
        if isinstance(expression, Column) and expression.kind is kind:
            return expression
        column = self.column(kind)
        self.add(Extend(((column, expression),)))
        return column

    def take(self, count: int, *, some: bool = False) -> None:
        """Keep the first rows, or some; what numbers them in their order looks at no others."""
        place, order = (len(self.steps), ()) if some else self._before_numbers()
        self.steps.insert(place, Take(count, order))

    def is_numbered(self) -> bool:
        """Tell whether the last thing done to the rows was to number them."""
        return self._before_numbers()[0] < len(self.steps)

    def _before_numbers(self) -> tuple[int, tuple[Order, ...]]:
        """Return where the first rows are the same, but are not numbered yet; and their order."""
        place, order = len(self.steps), self.current_order()
        for index in reversed(range(place)):
            step = self.steps[index]
            if isinstance(step, Extend):
                continue
            if not (
                isinstance(step, Window) and step.number and order[:1] == (Order(step.number),)
            ):
                break
            place, order = index, step.order
        return place, order

    def shown(self) -> dict[str, Expr | None]:
        """Return the columns of the answer as far as it is planned, as in ``chosen``."""
        events: dict[str, Expr | None] = {"@timestamp": None, "@message": None}
        return self.displayed or {**(self.chosen or events), **self.added}

    def make(self, name: str, expression: Expr) -> None:
        """Give a name to an expression, as a column that is shown."""
        made = self.extend(expression)
        self.scope.made[name] = made
        if squeezed(name) in self.scope.computed:
            self.scope.computed[squeezed(name)] = made
        self.added[name] = None

    def current_order(self) -> tuple[Order, ...]:
        """Return the order of the rows; events with equal keys come latest first.

        Rows that were made of one event are in the order of what they were made of, groups in
        that of their keys.
        """
        if self.scope.events is None:
            last = tuple(map(Order, self.groups))
        else:
            last = (Order(self.scope.events.system("@timestamp"), descending=True),)
        order = self.order or ()
        sorted_by = {key.column for key in order}
        return (*order, *(key for key in last if key.column not in sorted_by), *self.positions)

    def finished_steps(self) -> tuple[Step, ...]:
        """Return the steps; no more can be read of what they join."""
        return tuple(
            Match(step.relation(), step.on, step.outer) if isinstance(step, Joined) else step
            for step in self.steps
        )


def is_map(expression: Expr) -> bool:
    """Tell whether an expression makes a map or list, or nothing."""
    return isinstance(expression, Apply) and expression.function == "jsonparse"


def uses(expression: Expr, columns: Collection[Column]) -> bool:
    """Tell whether an expression refers to one of these columns."""
    return any(part in columns for part in parts_of(expression))


def parts_of(expression: Expr) -> Iterator[Expr]:
    """Yield an expression and everything that it is made of."""
    yield expression
    match expression:
        case Apply(_, arguments):
            for argument in arguments:
                yield from parts_of(argument)
        case Member(of) | InQuery(of):
            yield from parts_of(of)
        case _:
            pass
