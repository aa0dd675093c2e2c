"""Writes the steps of a relation as SQL: each is a common table expression over the one before."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, assert_never

from .kinds import NUMERIC
from .relational import (
    Aggregate,
    Apply,
    Distinct,
    Extend,
    Extract,
    Fill,
    Keep,
    Kind,
    LookUp,
    Match,
    Take,
    Unroll,
    Window,
)
from .sql import Dialect, identifier
from .sql_functions import ROUNDED, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .relational import Column, Expr, Order, Relation, Step


class Chain:
    """The common table expressions of a query so far.

    Attributes:
        last: The name of the last one, or of the table that the first one reads.
        parts: Each with its name.
    """

    def __init__(self, table: str, prefix: str) -> None:
        self.last = table
        self.parts: list[str] = []
        self._prefix = prefix

    def add(self, select: str) -> None:
        """Add a SELECT, which becomes the last."""
        name = f"{self._prefix}{len(self.parts)}"
        self.parts.append(f"{name} AS ({select})")
        self.last = name


class StepDialect(Dialect):
    """A dialect that can write whole relations."""

    def query(self, relation: Relation, tables: Sequence[str] = ()) -> str:
        """Return the SELECT of a relation.

        Args:
            relation: The relation.
            tables: Common table expressions that provide the tables of its scans, if they are
                not there already.
        """
        chain = self._chain(relation)
        chain.parts[:0] = tables
        if relation.limit is None:
            order = self.order(relation.order, f"{chain.last}.")
        else:
            order = self.first(chain, relation.order, relation.limit)
        cells = [
            f"{self.shown(column.expression)} AS {identifier(column.name)}"
            for column in relation.shown
        ]
        parts = f"WITH {', '.join(chain.parts)} " if chain.parts else ""
        return f"{parts}SELECT {', '.join(cells)} FROM {chain.last}{order}"

    def first(self, chain: Chain, keys: Sequence[Order], count: int) -> str:
        """Add the first rows of an order; return the ORDER BY that gives them in it."""
        chain.add(f"SELECT * FROM {chain.last}{self.order(keys)} LIMIT {count}")
        return self.order(keys, f"{chain.last}.")

    def order(self, keys: Sequence[Order], table: str = "") -> str:
        """Return the ORDER BY of an order."""
        terms = [f"{term} {direction}" for term, direction in self.order_terms(keys, table)]
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def order_terms(self, keys: Sequence[Order], table: str = "") -> Iterator[tuple[str, str]]:
        """Yield what is sorted by, and its direction; nulls come last, texts sort naturally."""
        for key in keys:
            column = f"{table}{key.column.name}"
            direction = f"{'DESC' if key.descending else 'ASC'} NULLS LAST"
            if key.column.kind in NUMERIC:
                yield column, direction
            else:
                for term in self.natural(self._text(column, key.column.kind)):
                    yield term, direction

    def natural(self, text: str) -> tuple[str, ...]:
        """Return what a text is sorted by (AWS page "sort").

        Numbers come after everything else. The rest is compared by chunks of digits and of other
        characters; digits by their count first, which a chunk gets as a prefix.
        """
        number = self.text_number(text)
        is_number = f"(CASE WHEN {text} IS NOT NULL THEN {number} IS NOT NULL END)"
        whole = f"(CASE WHEN abs({number}) >= {ROUNDED} THEN {self.text_whole(text)} END)"
        chunks = f"(CASE WHEN {number} IS NULL THEN {self.chunks(text)} END)"
        return (is_number, number, whole, chunks, text)

    @abstractmethod
    def chunks(self, text: str) -> str:
        """Return a text in which each run of digits has ``0`` and its length before it."""

    @abstractmethod
    def extract(self, chain: Chain, step: Extract) -> None:
        """Add the columns that a regular expression finds."""

    @abstractmethod
    def unroll(self, chain: Chain, step: Unroll) -> None:
        """Add a row for each element of a list."""

    @abstractmethod
    def series(self, table: str, time: str, width: int) -> str:
        """Return a table ``series`` whose column ``t`` counts from the first to the last time."""

    def condition(self, expression: Expr) -> str:
        """Return a condition that need not tell false from null."""
        return self.convert(expression, Kind.BOOLEAN)

    def _chain(self, relation: Relation, prefix: str = "") -> Chain:
        chain = Chain(relation.scan.table, prefix or f"r{relation.scan.number}_")
        for step in relation.steps:
            self._step(chain, step)
        return chain

    def _step(self, chain: Chain, step: Step) -> None:  # noqa: C901 - a table of steps
        match step:
            case Keep(condition):
                chain.add(f"SELECT * FROM {chain.last} WHERE {self.condition(condition)}")
            case Extend(columns):
                chain.add(f"SELECT *, {self._columns(columns)} FROM {chain.last}")
            case Extract():
                self.extract(chain, step)
            case Unroll():
                self.unroll(chain, step)
            case Aggregate():
                self._aggregate(chain, step)
            case Take(count, order):
                self.first(chain, order, count)
            case Window():
                self._window(chain, step)
            case Distinct():
                self._distinct(chain, step)
            case Match():
                self._match(chain, step)
            case LookUp():
                self._look_up(chain, step)
            case Fill():
                self._fill(chain, step)
            case _:
                assert_never(step)

    def _columns(self, columns: Sequence[tuple[Column, Expr]]) -> str:
        return ", ".join(
            f"{self.convert(expression, column.kind)} AS {column.name}"
            for column, expression in columns
        )

    def _aggregate(self, chain: Chain, step: Aggregate) -> None:
        columns = self._columns([*step.keys, *step.aggregates])
        places = ", ".join(str(place + 1) for place in range(len(step.keys)))
        # Like CloudWatch, no events make no row, not one that counts 0.
        grouped = f"GROUP BY {places}" if step.keys else "HAVING count(*) > 0"
        chain.add(f"SELECT {columns} FROM {chain.last} {grouped}")

    def _window(self, chain: Chain, step: Window) -> None:
        number = ((step.number, Apply("place", (), Kind.NUMBER)),) if step.number else ()
        columns = self._columns([*step.columns, *number])
        terms = [f"{group.name} ASC NULLS LAST" for group in step.groups]
        terms += [f"{term} {direction}" for term, direction in self.order_terms(step.order)]
        order = f"ORDER BY {', '.join(terms)}" if terms else ""
        chain.add(f"SELECT *, {columns} FROM {chain.last} WINDOW {WINDOW} AS ({order})")

    def _distinct(self, chain: Chain, step: Distinct) -> None:
        keys = [self.convert(key, Kind.TEXT) for key in step.keys]
        ranked = f"row_number() OVER (PARTITION BY {', '.join(keys)}{self.order(step.order)})"
        missing = " OR ".join(f"{key} IS NULL" for key in keys)
        chain.add(f"SELECT *, {ranked} AS rank_{len(chain.parts)} FROM {chain.last}")
        rank = f"rank_{len(chain.parts) - 1}"
        chain.add(f"SELECT * FROM {chain.last} WHERE {rank} = 1 OR {missing}")

    def _match(self, chain: Chain, step: Match) -> None:
        other = self._chain(step.relation)
        left, kind = chain.last, "LEFT JOIN" if step.outer else "JOIN"
        chain.parts += other.parts
        on = " AND ".join(
            f"{self.convert(one, Kind.TEXT)} = {self.convert(two, Kind.TEXT)}"
            for one, two in step.on
        )
        chain.add(f"SELECT * FROM {left} {kind} {other.last} ON {on}")

    def _look_up(self, chain: Chain, step: LookUp) -> None:
        table = f"looked_{len(chain.parts)}"
        keys = [identifier(name) for name, _ in step.on]
        made = [f"{identifier(name)} AS {column.name}" for column, name in step.columns]
        order = ", ".join(f"{identifier(name)} ASC NULLS LAST" for _, name in step.columns)
        place = (
            f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {order}) AS {table}_place"
        )
        first = (
            f"SELECT * FROM (SELECT {', '.join([*keys, *made, place])} "
            f"FROM {identifier(step.table)}) WHERE {table}_place = 1"
        )
        on = " AND ".join(
            f"{table}.{key} = {self.convert(expression, Kind.TEXT)}"
            for key, (_, expression) in zip(keys, step.on, strict=True)
        )
        added = ", ".join(f"{table}.{column.name}" for column, _ in step.columns)
        last = chain.last
        chain.add(f"SELECT {last}.*, {added} FROM {last} LEFT JOIN ({first}) AS {table} ON {on}")

    def _fill(self, chain: Chain, step: Fill) -> None:
        last, time = chain.last, step.time.name
        source, on = self.series(last, time, step.width), f"{last}.{time} = series.t"
        if step.keys:
            keys = ", ".join(key.name for key in step.keys)
            source += f" CROSS JOIN (SELECT DISTINCT {keys} FROM {last}) AS other"
            on += "".join(
                f" AND {last}.{key.name} IS NOT DISTINCT FROM other.{key.name}" for key in step.keys
            )
        values = {column.name: value for column, value in step.values}
        columns: list[str] = []
        for column in step.columns:
            own = f"{last}.{column.name}"
            if column == step.time:
                own = "series.t"
            elif column in step.keys:
                own = f"other.{column.name}"
            elif column.name in values:
                filler = self.convert(values[column.name], column.kind)
                own = f"CASE WHEN {last}.{time} IS NULL THEN {filler} ELSE {own} END"
            columns.append(f"{own} AS {column.name}")
        chain.add(f"SELECT {', '.join(columns)} FROM {source} LEFT JOIN {last} ON {on}")
