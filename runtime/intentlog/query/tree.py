"""The tree of a Logs Insights query, as it was written; `parse` makes it, `plan` reads it.

Where a part stands (``at``) and how it was spelled (``text``) do not count in comparisons, so a
printed and parsed query equals the original.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator

At: TypeAlias = tuple[int, int]
"""Where a part begins and ends in the source, counted from 0."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a query that stands somewhere."""

    at: At = field(default=(0, 0), compare=False, repr=False, kw_only=True)


# --- expressions


@dataclass(frozen=True, slots=True)
class Name(Placed):
    """A field or alias: its path without backticks, such as ``extra.email`` or ``j.users[1].id``.

    Attributes:
        quoted: Whether backticks stood around a part of it.
    """

    path: str
    quoted: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant(Placed):
    """A text, a number, or an unquoted ``true``, ``false`` or ``null``."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Duration(Placed):
    """A period such as ``5m``."""

    amount: int | float
    unit: str


@dataclass(frozen=True, slots=True)
class Regex(Placed):
    r"""The text between the slashes of a regular expression, with ``\/`` as ``/``."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Star(Placed):
    """The ``*`` of ``count(*)``."""


@dataclass(frozen=True, slots=True)
class Array(Placed):
    """``["a", "b"]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call(Placed):
    """``function(arguments)``.

    Attributes:
        function: The key of the function in `functions.FUNCTIONS`.
        spelling: The name as it was written.
    """

    function: str
    arguments: tuple[Expression, ...]
    spelling: str = field(default="", compare=False, repr=False)


UnaryOperator: TypeAlias = OneOf["-", "not"]
BinaryOperator: TypeAlias = OneOf[
    "or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"
]


@dataclass(frozen=True, slots=True)
class Unary(Placed):
    """``-operand`` or ``not operand``."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Placed):
    """``left operator right``.

    Attributes:
        spelling: The operator as it was written, ``==`` for instance.
    """

    operator: BinaryOperator
    left: Expression
    right: Expression
    spelling: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Like(Placed):
    """``operand like "text"`` (a substring), ``like /text/`` or ``=~ /text/``; or its negation."""

    operand: Expression
    pattern: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Placed):
    """``operand in [...]``, ``in field`` (an array) or ``in (subquery)``; or its negation."""

    operand: Expression
    values: Array | Name | Query
    negated: bool = False


Expression: TypeAlias = (
    Name | Constant | Duration | Regex | Star | Array | Call | Unary | Binary | Like | In
)


@dataclass(frozen=True, slots=True)
class Item(Placed):
    """An expression that makes a column, with its name: ``sum(x)/1024 as kb``.

    Attributes:
        alias: The name given with ``as``; None if there is none.
        text: The expression as it was written, white space collapsed: the column's name then.
    """

    expression: Expression
    alias: str | None = None
    text: str = field(default="", compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the column."""
        if self.alias is not None:
            return self.alias
        return self.expression.path if isinstance(self.expression, Name) else self.text


# --- commands


@dataclass(frozen=True, slots=True)
class Fields(Placed):
    """``fields items``."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Display(Placed):
    """``display items``; the last one of a query decides what is shown."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Filter(Placed):
    """``filter condition`` or ``where condition``; ``filterIndex`` if ``index``."""

    condition: Expression
    index: bool = False


@dataclass(frozen=True, slots=True)
class Stats(Placed):
    """``stats items by keys offset period``."""

    items: tuple[Item, ...]
    keys: tuple[Item, ...] = ()
    offset: Duration | None = None


@dataclass(frozen=True, slots=True)
class SortKey(Placed):
    """One key of ``sort``."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Sort(Placed):
    """``sort keys``.

    Attributes:
        by: Whether the undocumented ``sort by`` was written.
    """

    keys: tuple[SortKey, ...]
    by: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Limit(Placed):
    """``limit count`` (``head``, ``tail``), or ``limit any count``."""

    count: int
    any: bool = False


@dataclass(frozen=True, slots=True)
class Dedup(Placed):
    """``dedup names``."""

    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Parse(Placed):
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


@dataclass(frozen=True, slots=True)
class Json(Placed):
    """``json field=operand "path" as name``."""

    operand: Name
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Unnest(Placed):
    """``unnest operand into name``; ``expand operand`` keeps the operand's own name."""

    operand: Name
    name: str
    expand: bool = False


@dataclass(frozen=True, slots=True)
class Source(Placed):
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


@dataclass(frozen=True, slots=True)
class Join(Placed):
    """``join type=kind left=left right=right where left.a=right.b (subquery)``."""

    kind: OneOf["inner", "left"]
    left: str
    right: str
    on: tuple[tuple[Name, Name], ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Lookup(Placed):
    """``lookup table key as field OUTPUT columns``; keys and columns as (in table, in log)."""

    table: str
    keys: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FillMissing(Placed):
    """``fillmissing with value for names, …``."""

    values: tuple[tuple[Constant, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern(Placed):
    """``pattern operand``."""

    operand: Name


@dataclass(frozen=True, slots=True)
class Other(Placed):
    """A command of the language that runs in CloudWatch only, such as ``anomaly``."""

    name: str
    text: str


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
class Query(Placed):
    """A whole query, or one in parentheses.

    Attributes:
        commands: Its commands in order.
        text: The text it was parsed from, for messages.
    """

    commands: tuple[Command, ...]
    text: str = field(default="", compare=False, repr=False)


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
    elif isinstance(value, Placed):
        yield from walk(value)  # type: ignore[arg-type]
