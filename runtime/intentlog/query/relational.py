"""The small relational form of a query: what `plan` makes and each dialect writes as SQL.

A `Relation` reads events (a `Scan`), passes them through steps and shows columns. Names are
resolved: an expression refers to a column that an earlier step made, to a field of the event, or
to nothing at all, which is null. Each expression knows its kind, so that a dialect converts it
where an operator or a function needs another one.

Who runs a relation provides one table a scan, called ``scan.table``, with the events of the
scan's time and the columns that it reads:

========== =================================================== =======================
column     content                                             SQL type
========== =================================================== =======================
``e0f0`` … the value of the event's key ``scan.keys[0]`` …,    JSON
           null where the event has no such key
``e0time`` ``@timestamp`` in milliseconds since 1970           BIGINT
``e0text`` ``@message``: the line                              VARCHAR
others     see `SYSTEM_COLUMNS`                                VARCHAR, times BIGINT
========== =================================================== =======================
"""

from __future__ import annotations

from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_T = TypeVar("_T")


class Kind(StrEnum):
    """What the value of an expression is.

    Every kind can become a text and a number; see `sql.Dialect.convert`.
    """

    RAW = "raw"  # a JSON value of an event: a text, number, boolean, or no value at all
    JSON = "json"  # what jsonParse makes: the same, but a map or list is shown as JSON
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"  # a whole number with all its digits: NUMBER keeps 15 for sure
    BOOLEAN = "boolean"  # shown as 1 and 0
    TIME = "time"  # milliseconds since 1970, shown as 2026-11-25 22:56:43.000
    LIST = "list"  # a list of texts, of `split` and `values`


SYSTEM_COLUMNS: Final = {
    "@timestamp": ("time", Kind.TIME),
    "@ingestionTime": ("ingested", Kind.TIME),
    "@message": ("text", Kind.TEXT),
    "@logStream": ("stream", Kind.TEXT),
    "@log": ("log", Kind.TEXT),
    "@ptr": ("ptr", Kind.TEXT),
}
"""The system fields: the end of the column's name in a scan's table, and its kind."""


# --- expressions


class Column(msgspec.Struct, frozen=True):
    """A column of the rows so far, such as ``c3``, ``e0f1`` or ``e0time``."""

    name: str
    kind: Kind


class Value(msgspec.Struct, frozen=True):
    """A constant; a list of texts for what ``in`` compares with."""

    value: str | int | float | tuple[str | int | float, ...] | None
    kind: Kind


class Member(msgspec.Struct, frozen=True):
    """The value below a JSON value: the first of several paths that is there.

    Attributes:
        of: A RAW or JSON expression.
        paths: Each a path of keys (texts) and positions in lists (numbers).
    """

    of: Expr
    paths: tuple[tuple[str | int, ...], ...]
    kind: Kind


class Apply(msgspec.Struct, frozen=True):
    """A function, operator or aggregate with its arguments.

    Names are those of `functions.FUNCTIONS`, in lower case, and of `resolve` for what has no
    name in the language.
    """

    function: str
    arguments: tuple[Expr, ...]
    kind: Kind


class InQuery(msgspec.Struct, frozen=True):
    """Whether a value is in the only column of another relation."""

    of: Expr
    relation: Relation
    kind: Kind = Kind.BOOLEAN


Expr: TypeAlias = Column | Value | Member | Apply | InQuery


# --- steps


class Keep(msgspec.Struct, frozen=True):
    """Keep the rows for which a condition is true (not null)."""

    condition: Expr


class Extend(msgspec.Struct, frozen=True):
    """Add columns; none refers to another of the same step."""

    columns: tuple[tuple[Column, Expr], ...]


class Extract(msgspec.Struct, frozen=True):
    """Add a column for each group of a regular expression; null in all where it does not match.

    Attributes:
        of: The text that is searched.
        regex: RE2 syntax; its groups have no names and are as many as the columns.
        columns: TEXT columns.
        position: If each match makes a row, and a text without one makes none: a NUMBER column
            with the match's place among them.
    """

    of: Expr
    regex: str
    columns: tuple[Column, ...]
    position: Column | None = None


class Unroll(msgspec.Struct, frozen=True):
    """Make a row of each element of a JSON list; anything else is one element.

    Attributes:
        of: The list.
        column: A JSON column with the element.
        position: A NUMBER column with its place in the list.
    """

    of: Expr
    column: Column
    position: Column


class Aggregate(msgspec.Struct, frozen=True):
    """Make one row a group; only keys and aggregates remain."""

    keys: tuple[tuple[Column, Expr], ...]
    aggregates: tuple[tuple[Column, Apply], ...]


class Order(msgspec.Struct, frozen=True):
    """One key of an order; texts sort naturally, nulls come last."""

    column: Column
    descending: bool = False


class Take(msgspec.Struct, frozen=True):
    """Keep the first rows of an order."""

    count: int
    order: tuple[Order, ...]


class Window(msgspec.Struct, frozen=True):
    """Add columns that are computed of the rows up to each, in an order.

    Attributes:
        columns: The columns; their functions say which of those rows they look at.
        order: The order.
        groups: TEXT columns by which rows are lined up before that, by code points.
        number: A column that gets the row's place in the order, and can stand for it; None if
            nobody asks.
    """

    columns: tuple[tuple[Column, Apply], ...]
    order: tuple[Order, ...]
    groups: tuple[Column, ...] = ()
    number: Column | None = None


class Distinct(msgspec.Struct, frozen=True):
    """Keep the first row, in an order, of each combination of values; all that lack one of them."""

    keys: tuple[Expr, ...]
    order: tuple[Order, ...]


class Match(msgspec.Struct, frozen=True):
    """Join with the rows of another relation that have equal texts; columns of both remain.

    Attributes:
        outer: Whether rows without a match remain, with nulls.
    """

    relation: Relation
    on: tuple[tuple[Expr, Expr], ...]
    outer: bool


class LookUp(msgspec.Struct, frozen=True):
    """Add columns of a table that is not a log, from one row of it with equal keys.

    Of several rows it is the one whose cells, as they are asked for, are the smallest texts: an
    archive's table has no first row, and a file's rows are read by several threads.

    Who runs the relation provides the table, all of whose columns are VARCHAR.

    Attributes:
        table: Its name.
        on: A column of the table, and what it must equal.
        columns: The column that is made, and the table's column that it comes from.
    """

    table: str
    on: tuple[tuple[str, Expr], ...]
    columns: tuple[tuple[Column, str], ...]


class Fill(msgspec.Struct, frozen=True):
    """Add a row for each time bucket that has none.

    Attributes:
        time: The column with the bucket.
        width: Milliseconds.
        keys: The other columns that group the rows; each group gets all buckets.
        columns: The columns that the rows have; others are gone.
        values: What other columns have in such a row; null for the rest.
    """

    time: Column
    width: int
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]
    values: tuple[tuple[Column, Value], ...]


Step: TypeAlias = (
    Keep | Extend | Extract | Unroll | Aggregate | Take | Window | Distinct | Match | LookUp | Fill
)


# --- relations


class Scan(msgspec.Struct, frozen=True):
    """The events that are read.

    Attributes:
        number: Counts the scans of one query from 0; the beginning of its columns' names.
        keys: The top-level keys of the JSON line that are read, spelled exactly as they are
            there; column ``e0f0`` has the first.
        texts: Those of which only the text is wanted: their columns are VARCHAR.
        system: The system fields that are read, of `SYSTEM_COLUMNS`.
        groups: The log groups of ``SOURCE``; empty if the query does not say.
        start: First millisecond since 1970, inclusive; None for no bound.
        end: Last millisecond, inclusive.
    """

    number: int
    keys: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    texts: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The name of the table that provides its events."""
        return f"events{self.number}"

    def column(self, name: str) -> str:
        """Return the column of a key or system field."""
        if name in SYSTEM_COLUMNS:
            return f"e{self.number}{SYSTEM_COLUMNS[name][0]}"
        return f"e{self.number}f{self.keys.index(name)}"


class Shown(msgspec.Struct, frozen=True):
    """A column of the result: its name for people, and where it comes from."""

    name: str
    expression: Expr


class Relation(msgspec.Struct, frozen=True):
    """A whole query.

    Attributes:
        scan: What it reads.
        steps: What is done with the rows, in order.
        shown: The columns of the result; ``@ptr`` is the last one where rows are events.
        order: The order of the rows.
        limit: How many rows there are at most; None for all.
        notes: What a reader of the result must know, such as "approximate".
    """

    scan: Scan
    steps: tuple[Step, ...]
    shown: tuple[Shown, ...]
    order: tuple[Order, ...] = ()
    limit: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the result's columns."""
        return tuple(column.name for column in self.shown)

    @property
    def scans(self) -> tuple[Scan, ...]:
        """Every scan, those of subqueries and joins included: each needs its table."""
        return tuple(sorted(found(self, Scan), key=lambda scan: scan.number))

    @property
    def holds_rows(self) -> bool:
        """Whether a step takes all rows at once, whole."""
        steps = takewhile(lambda step: not isinstance(step, Take), self.steps)
        inner = found(self.steps, Relation)
        return any(isinstance(step, (Window, Distinct)) for step in steps) or any(
            relation.holds_rows for relation in inner
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that are looked up."""
        return tuple(dict.fromkeys(step.table for step in found(self, LookUp)))


def found(value: object, kind: type[_T]) -> Iterator[_T]:
    """Yield everything of a kind in a relation and in those that it uses."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from found(part, kind)
    else:
        for name in getattr(type(value), "__struct_fields__", ()):
            yield from found(getattr(value, name), kind)
