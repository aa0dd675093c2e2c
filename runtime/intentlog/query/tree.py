"""The tree of a Logs Insights query, as it was written; `parse` makes it, `plan` reads it.

Where a part stands (``at``) and how it was spelled (``text``) do not count in comparisons, so a
printed and parsed query equals the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias
from typing import Literal as OneOf

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

At: TypeAlias = tuple[int, int]
"""Where a part begins and ends in the source, counted from 0."""


class Placed(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A part of a query that stands somewhere."""

    _unseen: ClassVar[frozenset[str]] = frozenset({"at"})

    at: At = (0, 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Placed) or type(self) is not type(other):
            return False
        return self._seen() == other._seen()

    def __ne__(self, other: object) -> bool:
        return not self == other  # msgspec has one of its own

    def __hash__(self) -> int:
        return hash((type(self), *self._seen()))

    def _seen(self) -> list[object]:
        """Return what counts in comparisons."""
        return [getattr(self, name) for name in self.__struct_fields__ if name not in self._unseen]


# --- expressions


class Name(Placed, frozen=True, eq=False):
    """A field or alias: its path without backticks, such as ``extra.email`` or ``j.users[1].id``.

    Attributes:
        quoted: Whether backticks stood around a part of it.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "quoted"})

    path: str
    quoted: bool = False


class Constant(Placed, frozen=True, eq=False):
    """A text, a number, or an unquoted ``true``, ``false`` or ``null``."""

    value: str | int | float | bool | None


class Duration(Placed, frozen=True, eq=False):
    """A period such as ``5m``."""

    amount: int | float
    unit: str


class Regex(Placed, frozen=True, eq=False):
    r"""The text between the slashes of a regular expression, with ``\/`` as ``/``."""

    pattern: str


class Star(Placed, frozen=True, eq=False):
    """The ``*`` of ``count(*)``."""


class Array(Placed, frozen=True, eq=False):
    """``["a", "b"]``."""

    items: tuple[Expression, ...]


class Call(Placed, frozen=True, eq=False):
    """``function(arguments)``.

    Attributes:
        function: The key of the function in `functions.FUNCTIONS`.
        spelling: The name as it was written.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "spelling"})

    function: str
    arguments: tuple[Expression, ...]
    spelling: str = ""


UnaryOperator: TypeAlias = OneOf["-", "not"]
LogicalOperator: TypeAlias = OneOf["or", "and"]
BinaryOperator: TypeAlias = OneOf["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"]


class Unary(Placed, frozen=True, eq=False):
    """``-operand`` or ``not operand``."""

    operator: UnaryOperator
    operand: Expression


class Logical(Placed, frozen=True, eq=False):
    """``a or b or …``, or the same with ``and``: of two or more operands."""

    operator: LogicalOperator
    operands: tuple[Expression, ...]


class Binary(Placed, frozen=True, eq=False):
    """``left operator right``.

    Attributes:
        spelling: The operator as it was written, ``==`` for instance.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "spelling"})

    operator: BinaryOperator
    left: Expression
    right: Expression
    spelling: str = ""


class Like(Placed, frozen=True, eq=False):
    """``operand like "text"`` (a substring), ``like /text/`` or ``=~ /text/``; or its negation."""

    operand: Expression
    pattern: Expression
    negated: bool = False


class In(Placed, frozen=True, eq=False):
    """``operand in [...]``, ``in field`` (an array) or ``in (subquery)``; or its negation."""

    operand: Expression
    values: Array | Name | Query
    negated: bool = False


Expression: TypeAlias = (
    Name | Constant | Duration | Regex | Star | Array | Call | Unary | Logical | Binary | Like | In
)


class Item(Placed, frozen=True, eq=False):
    """An expression that makes a column, with its name: ``sum(x)/1024 as kb``.

    Attributes:
        alias: The name given with ``as``; None if there is none.
        text: The expression as it was written, white space collapsed: the column's name then.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "text"})

    expression: Expression
    alias: str | None = None
    text: str = ""

    @property
    def name(self) -> str:
        """The name of the column."""
        if self.alias is not None:
            return self.alias
        return self.expression.path if isinstance(self.expression, Name) else self.text


# --- commands


class Fields(Placed, frozen=True, eq=False):
    """``fields items``."""

    items: tuple[Item, ...]


class Display(Placed, frozen=True, eq=False):
    """``display items``; the last one of a query decides what is shown."""

    items: tuple[Item, ...]


class Filter(Placed, frozen=True, eq=False):
    """``filter condition`` or ``where condition``; ``filterIndex`` if ``index``."""

    condition: Expression
    index: bool = False


class Stats(Placed, frozen=True, eq=False):
    """``stats items by keys offset period``."""

    items: tuple[Item, ...]
    keys: tuple[Item, ...] = ()
    offset: Duration | None = None


class SortKey(Placed, frozen=True, eq=False):
    """One key of ``sort``."""

    expression: Expression
    descending: bool = False


class Sort(Placed, frozen=True, eq=False):
    """``sort keys``.

    Attributes:
        by: Whether the undocumented ``sort by`` was written.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "by"})

    keys: tuple[SortKey, ...]
    by: bool = False


class Limit(Placed, frozen=True, eq=False):
    """``limit count`` (``head``, ``tail``), or ``limit any count``."""

    count: int
    any: bool = False


class Dedup(Placed, frozen=True, eq=False):
    """``dedup names``."""

    names: tuple[Name, ...]


class Parse(Placed, frozen=True, eq=False):
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


class Json(Placed, frozen=True, eq=False):
    """``json field=operand "path" as name``."""

    operand: Name
    path: str
    name: str


class Unnest(Placed, frozen=True, eq=False):
    """``unnest operand into name``; ``expand operand`` keeps the operand's own name."""

    operand: Name
    name: str
    expand: bool = False


class Source(Placed, frozen=True, eq=False):
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


class Join(Placed, frozen=True, eq=False):
    """``join type=kind left=left right=right where left.a=right.b (subquery)``."""

    kind: OneOf["inner", "left"]
    left: str
    right: str
    on: tuple[tuple[Name, Name], ...]
    query: Query


class Lookup(Placed, frozen=True, eq=False):
    """``lookup table key as field OUTPUT columns``; keys and columns as (in table, in log)."""

    table: str
    keys: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]


class FillMissing(Placed, frozen=True, eq=False):
    """``fillmissing with value for names, …``."""

    values: tuple[tuple[Constant, tuple[str, ...]], ...] = ()


class Pattern(Placed, frozen=True, eq=False):
    """``pattern operand``."""

    operand: Name


class Accum(Placed, frozen=True, eq=False):
    """``accum operand as alias``; without an alias, the operand itself becomes its total."""

    operand: Name
    alias: str | None = None


class Wildcard(Placed, frozen=True, eq=False):
    """A name with ``*`` in it, for any characters."""

    pattern: str


class FillDown(Placed, frozen=True, eq=False):
    """``filldown fields``; all fields if there are none."""

    fields: tuple[Name | Wildcard, ...] = ()


class Autoregress(Placed, frozen=True, eq=False):
    """``autoregress operand as alias p=nearest-farthest``: how many rows before."""

    operand: Name
    alias: str | None = None
    nearest: int = 1
    farthest: int = 1


class Sessionize(Placed, frozen=True, eq=False):
    """``sessionize names maxspan gap as alias``."""

    names: tuple[Name, ...]
    gap: Duration | None = None
    alias: str | None = None


class CountFrequent(Placed, frozen=True, eq=False):
    """``countFrequent names``."""

    names: tuple[Name, ...]


class AddTotals(Placed, frozen=True, eq=False):
    """``addtotals fieldname=alias row=rows col=columns names``; all fields if there are none."""

    names: tuple[Name, ...] = ()
    alias: str | None = None
    rows: bool = True
    columns: bool = False


class Other(Placed, frozen=True, eq=False):
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
    | Accum
    | FillDown
    | Autoregress
    | Sessionize
    | CountFrequent
    | AddTotals
    | Other
)


class Query(Placed, frozen=True, eq=False):
    """A whole query, or one in parentheses.

    Attributes:
        commands: Its commands in order.
        text: The text it was parsed from, for messages.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"at", "text"})

    commands: tuple[Command, ...]
    text: str = ""


Node: TypeAlias = Expression | Command | Item | SortKey | Wildcard | Query


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, in the order of the source."""
    yield node
    for part in parts(node):
        yield from walk(part)


def parts(node: Node) -> Iterator[Node]:
    """Yield what stands in a node itself, in the order of the source."""
    for name in node.__struct_fields__:
        yield from _nodes(getattr(node, name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, Placed):
        yield value  # type: ignore[misc]
