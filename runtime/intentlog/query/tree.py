"""The tree of a Logs Insights query, as it was written; `parse` makes it, `plan` reads it.

Where a part stands (``at``) and how it was spelled (``text``) do not count in comparisons, so a
printed and parsed query equals the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal as OneOf
from typing import TypeAlias

At: TypeAlias = tuple[int, int]
"""Where a part begins and ends in the source, counted from 0."""

_NOWHERE: At = (0, 0)


def _at() -> At:
    return field(default=_NOWHERE, compare=False, repr=False)


# --- expressions


@dataclass(frozen=True, slots=True)
class Name:
    """A field or alias: its path without backticks, such as ``extra.email`` or ``j.users[1].id``.

    Attributes:
        quoted: Whether backticks stood around a part of it.
    """

    path: str
    at: At = _at()
    quoted: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A text, a number, or an unquoted ``true``, ``false`` or ``null``."""

    value: str | int | float | bool | None
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Duration:
    """A period such as ``5m``."""

    amount: int | float
    unit: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Regex:
    """The text between the slashes of a regular expression, with ``\\/`` as ``/``."""

    pattern: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Star:
    """The ``*`` of ``count(*)``."""

    at: At = _at()


@dataclass(frozen=True, slots=True)
class Array:
    """``["a", "b"]``."""

    items: tuple[Expression, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``.

    Attributes:
        function: The key of the function in `functions.FUNCTIONS`.
        spelling: The name as it was written.
    """

    function: str
    arguments: tuple[Expression, ...]
    at: At = _at()
    spelling: str = field(default="", compare=False, repr=False)


UnaryOperator: TypeAlias = OneOf["-", "not"]
BinaryOperator: TypeAlias = OneOf[
    "or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"
]


@dataclass(frozen=True, slots=True)
class Unary:
    """``-operand`` or ``not operand``."""

    operator: UnaryOperator
    operand: Expression
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``.

    Attributes:
        spelling: The operator as it was written, ``==`` for instance.
    """

    operator: BinaryOperator
    left: Expression
    right: Expression
    at: At = _at()
    spelling: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Like:
    """``operand like "text"`` (a substring), ``like /text/`` or ``=~ /text/``; or its negation."""

    operand: Expression
    pattern: Expression
    negated: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class In:
    """``operand in [...]``, ``in field`` (an array) or ``in (subquery)``; or its negation."""

    operand: Expression
    values: Array | Name | Query
    negated: bool = False
    at: At = _at()


Expression: TypeAlias = (
    Name | Constant | Duration | Regex | Star | Array | Call | Unary | Binary | Like | In
)


@dataclass(frozen=True, slots=True)
class Item:
    """An expression that makes a column, with its name: ``sum(x)/1024 as kb``.

    Attributes:
        alias: The name given with ``as``; None if there is none.
        text: The expression as it was written, white space collapsed: the column's name then.
    """

    expression: Expression
    alias: str | None = None
    text: str = field(default="", compare=False, repr=False)
    at: At = _at()

    @property
    def name(self) -> str:
        """The name of the column."""
        if self.alias is not None:
            return self.alias
        return self.expression.path if isinstance(self.expression, Name) else self.text


# --- commands


@dataclass(frozen=True, slots=True)
class Fields:
    """``fields items``."""

    items: tuple[Item, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Display:
    """``display items``; the last one of a query decides what is shown."""

    items: tuple[Item, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Filter:
    """``filter condition`` or ``where condition``; ``filterIndex`` if ``index``."""

    condition: Expression
    index: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Stats:
    """``stats items by keys offset period``."""

    items: tuple[Item, ...]
    keys: tuple[Item, ...] = ()
    offset: Duration | None = None
    at: At = _at()


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of ``sort``."""

    expression: Expression
    descending: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Sort:
    """``sort keys``.

    Attributes:
        by: Whether the undocumented ``sort by`` was written.
    """

    keys: tuple[SortKey, ...]
    by: bool = field(default=False, compare=False, repr=False)
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Limit:
    """``limit count`` (``head``, ``tail``), or ``limit any count``."""

    count: int
    any: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Dedup:
    """``dedup names``."""

    names: tuple[Name, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Parse:
    """``parse``: with a glob, a regular expression, or as ``logfmt``, ``csv`` or ``xml``.

    Attributes:
        operand: What is parsed.
        mode: How.
        pattern: The glob, the regular expression or the XPath; empty for logfmt and csv.
        names: The fields made: the names after ``as``; None for each group that has no name.
        multi: Whether each match makes a row.
    """

    operand: Name
    mode: OneOf["glob", "regex", "logfmt", "csv", "xml"]
    pattern: str
    names: tuple[str, ...]
    multi: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Json:
    """``json field=operand "path" as name``."""

    operand: Name
    path: str
    name: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Unnest:
    """``unnest operand into name``; ``expand operand`` keeps the operand's own name."""

    operand: Name
    name: str
    expand: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Source:
    """``SOURCE`` with one or more log groups, or with functions that choose them.

    Attributes:
        groups: Names of log groups.
        choice: The arguments of ``logGroups(…)`` and the like, as written; empty for names.
        start: Milliseconds since 1970, or negative and relative to now, if ``START=`` is there.
        end: The same for ``END=``.
    """

    groups: tuple[str, ...]
    choice: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Join:
    """``join type=kind left=left right=right where left.a=right.b (subquery)``."""

    kind: OneOf["inner", "left"]
    left: str
    right: str
    on: tuple[tuple[Name, Name], ...]
    query: Query
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Lookup:
    """``lookup table key as field OUTPUT columns``; keys and columns as (in table, in log)."""

    table: str
    keys: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class FillMissing:
    """``fillmissing with value for names, …``."""

    values: tuple[tuple[Constant, tuple[str, ...]], ...] = ()
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Pattern:
    """``pattern operand``."""

    operand: Name
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Other:
    """A command of the language that runs in CloudWatch only, such as ``anomaly``."""

    name: str
    text: str
    at: At = _at()


Command: TypeAlias = (
    Fields
    | Display
    | Filter
    | Stats
    | Sort
    | Limit
    | Dedup
    | Parse
    | Json
    | Unnest
    | Source
    | Join
    | Lookup
    | FillMissing
    | Pattern
    | Other
)


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query, or one in parentheses.

    Attributes:
        commands: Its commands in order.
        text: The text it was parsed from, for messages.
    """

    commands: tuple[Command, ...]
    text: str = field(default="", compare=False, repr=False)
    at: At = _at()


Node: TypeAlias = Expression | Command | Item | SortKey | Query


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, in the order of the source."""
    yield node
    for each in fields(node):
        yield from _below(getattr(node, each.name))


def _below(value: object) -> Iterator[Node]:
    if isinstance(value, tuple):
        for part in value:
            yield from _below(part)
    elif hasattr(type(value), "at"):
        yield from walk(value)  # type: ignore[arg-type]
