"""Rules on names: fields that no line has, that stats did not keep, that are not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from intentlog.contract import OWN_FIELDS
from intentlog.contract.problem import nearest, unknown

from .functions import FUNCTIONS
from .names import plain_path, squeezed
from .printing import name_text
from .tree import (
    Accum,
    AddTotals,
    Array,
    Autoregress,
    Binary,
    Call,
    Constant,
    CountFrequent,
    Display,
    Expression,
    Fields,
    In,
    Item,
    Join,
    Json,
    Lookup,
    Name,
    Other,
    Parse,
    Pattern,
    Query,
    Sessionize,
    Stats,
    Unnest,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from intentlog.contract import Record

    from .refusals import Found
    from .tree import Command, Node

_SYSTEM: Final = frozenset(
    {
        *("@message", "@timestamp", "@ingestionTime", "@logStream", "@log", "@ptr"),
        *("@requestId", "@duration", "@billedDuration", "@initDuration", "@type"),
        *("@maxMemoryUsed", "@memorySize", "@xrayTraceId", "@xraySegmentId"),
        *("@data_source_name", "@data_source_type", "@data_format"),
    }
)
_SYSTEM_PREFIXES: Final = ("@@", "@entity.", "@aws.")


class KnownFields(msgspec.Struct, frozen=True):
    """The fields that lines have.

    Attributes:
        names: The top-level ones.
        below: Those of them below which any name may follow.
        data: The one that has an event's own data, if there is one.
        values: What the values of some are (``level``), and all that there are.
        renamed: What is called otherwise in this record, and how.
    """

    names: frozenset[str]
    below: frozenset[str] = frozenset()
    data: str | None = None
    values: Mapping[str, tuple[str, Collection[str]]] = {}
    renamed: Mapping[str, str] = {}

    @classmethod
    def of(
        cls, record: Record, values: Mapping[str, tuple[str, Collection[str]]] | None = None
    ) -> KnownFields:
        """Return the fields of a contract's lines."""
        below = {record.data, *record.context_fields} - {None}
        named = frozenset(name for name in below if name)
        renamed = {each: name for each in OWN_FIELDS if (name := record.renamed(each))}
        return cls(frozenset(record.all_fields), named, record.data, values or {}, renamed)

    def has(self, path: str) -> bool:
        """Tell whether a line may have this field."""
        first, dot, _ = path.partition(".")
        return path in self.names or (first in self.names and (not dot or first in self.below))


def names(query: Query, known: KnownFields | None) -> Iterator[Found]:
    """Yield names that mean nothing where they stand.

    Args:
        query: The query.
        known: What the lines have; None if any field may be there.
    """
    yield from _Names(query, known).check()


class _Names:
    def __init__(self, query: Query, known: KnownFields | None) -> None:
        self._query = query
        self._known = known
        self._made: set[str] = set()
        self._computed: set[str] = set()
        self._maps: set[str] = set()
        self._sides: set[str] = set()
        self._closed = False

    def check(self) -> Iterator[Found]:
        for command in self._query.commands:
            yield from self._command(command)

    def _command(self, command: Command) -> Iterator[Found]:
        yield from self._values(command)
        match command:
            case Fields(items) | Display(items):
                yield from self._items(items)
            case Stats():
                yield from self._stats(command)
            case Join(_, left, right):
                self._sides |= {left, right}
            case Other():
                self._known, self._closed = None, False  # it may make fields
            case _:
                for node in self._used(command):
                    yield from self._name(node)
                if isinstance(command, (Pattern, CountFrequent)):
                    self._made, self._closed, self._sides = set(), True, set()
                self._made |= set(_made_by(command))

    def _items(self, items: tuple[Item, ...]) -> Iterator[Found]:
        self._maps.clear()
        for item in items:
            for node in self._used(item):
                yield from self._name(node)
            if item.alias is not None:
                self._made.add(item.alias)
            if item.alias and isinstance(item.expression, Call):
                self._maps |= {item.alias} if item.expression.function == "jsonparse" else set()
        self._maps.clear()

    def _stats(self, command: Stats) -> Iterator[Found]:
        for node in self._used(*command.keys):
            yield from self._name(node)
        made = {item.name for item in command.keys}
        for item in command.items:
            for node in self._aggregated(item.expression):
                yield from self._name(node)
            made.add(item.name)
        self._made, self._closed, self._sides = made, True, set()
        self._computed = {squeezed(item.text) for item in (*command.keys, *command.items)}

    def _aggregated(self, expression: Expression) -> Iterator[Name]:
        """Yield the names inside aggregates; others are those of this ``stats``."""
        for node in walk(expression):
            if isinstance(node, Call) and FUNCTIONS[node.function].role == "aggregate":
                yield from self._used(*node.arguments)

    def _used(self, *nodes: Expression | Command | Item) -> Iterator[Name]:
        """Yield the names in these, not those of subqueries."""
        for node in nodes:
            inner = {
                id(each) for query in walk(node) if isinstance(query, Query) for each in walk(query)
            }
            for each in walk(node):
                outside = isinstance(each, Name) and id(each) not in inner
                if isinstance(each, Name) and outside and not self._is_part_of_column(each, node):
                    yield each

    def _is_part_of_column(self, name: Name, node: Expression | Command | Item) -> bool:
        """Tell whether a name stands in an expression that is the name of a column."""
        if not self._computed:
            return False
        text = self._query.text
        return any(
            squeezed(text[call.at[0] : call.at[1]]) in self._computed
            for call in walk(node)
            if isinstance(call, Call) and call.at[0] <= name.at[0] < call.at[1]
        )

    def _name(self, name: Name) -> Iterator[Found]:
        path = plain_path(name.path)
        starts = {path.rsplit(".", count)[0] for count in range(path.count(".") + 1)}
        if starts & self._maps - {path}:
            hint = "a map can be looked into from the next command on"
            yield "map-in-same-command", f"{name.path} is not there yet", hint, name.at
        elif starts & self._made or path.partition(".")[0] in self._sides:
            return
        elif self._closed:
            known = ", ".join(sorted(self._made))
            message = f"{name.path} is gone after stats"
            yield "lost-after-stats", message, f"there are {known}", name.at
        elif path.startswith("@"):
            if path not in _SYSTEM and not path.startswith(_SYSTEM_PREFIXES):
                yield self._unknown(name, {*_SYSTEM, *self._made})
        elif self._known is not None and not self._known.has(path):
            yield self._unknown(name, {*self._known.names, *self._made})

    def _values(self, command: Command) -> Iterator[Found]:
        """Yield texts that no line has in a field whose values are all known."""
        values = self._known.values if self._known else {}
        for node in walk(command):
            for path, constant in _compared(node):
                kind, there = values.get(path, ("", ()))
                is_text = isinstance(constant.value, str)
                if kind and is_text and path not in self._made and constant.value not in there:
                    message, _, hint = unknown(kind, str(constant.value), there).partition("; ")
                    yield "unknown-value", message, hint, constant.at

    def _unknown(self, name: Name, there: set[str]) -> Found:
        near = nearest(name.path, sorted(there))
        data = self._known.data if self._known else None
        hint = f"did you mean {name_text(near)}?" if near else ""
        if self._known and (new := self._known.renamed.get(plain_path(name.path))):
            hint = f"it is called {new} here"
        elif not near and name.path.startswith("@"):
            hint = "names that begin with @ are CloudWatch's own, or made in the query"
        elif not near:
            hint = f"there are {', '.join(sorted(there))}"
            hint += f"; an event's own data is below {data}" if data else ""
        return "unknown-field", f"no line has a field {name.path}", hint, name.at


def _compared(node: Node) -> Iterator[tuple[str, Constant]]:
    """Yield each constant that is or is not equal to a name, and the name."""
    match node:
        case Binary("=" | "!=", Name(path), Constant() as constant):
            yield path, constant
        case In(Name(path), Array(items)):
            yield from ((path, item) for item in items if isinstance(item, Constant))
        case _:
            pass


def _made_by(command: Command) -> Iterator[str]:
    match command:
        case Parse(names=made):
            yield from made
        case Json(name=name) | Unnest(name=name):
            yield name
        case Lookup(outputs=outputs):
            yield from (alias for _, alias in outputs)
        case Accum(operand, alias):
            yield alias or operand.path
        case Autoregress(operand, alias, nearest, farthest):
            lags = range(nearest, farthest + 1)
            yield from [alias] if alias else (f"{operand.path}_p{lag}" for lag in lags)
        case Sessionize(alias=alias):
            yield alias or "session_id"
        case AddTotals(alias=alias):
            yield alias or "Total"
        case CountFrequent(names):
            yield from (*(name.path for name in names), "_approxcount")
        case Pattern():
            yield from ("@pattern", "@ratio", "@sampleCount", "@severityLabel")
        case _:
            pass
