"""Plans ``stats`` and ``pattern``: groups, aggregates, and what is computed of aggregates."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from msgspec.structs import replace

from .functions import FUNCTIONS
from .kinds import NUMERIC, comparison
from .names import NOTHING, squeezed
from .plan_state import parts_of
from .relational import Aggregate, Apply, Column, Expr, Extend, Keep, Kind, Order, Value
from .tree import Call, Constant, Duration, Expression, Item, Name, Star, Stats, parts, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan_state import PlanState
    from .tree import CountFrequent, Node, Other, Pattern

_SAME: Final = {
    "collectvalues": "values",
    "countovertime": "count",
    "percentile": "pct",
    "sumovertime": "sum",
}
_APPROXIMATE: Final = (
    "pattern is approximate here: words with digits become <Token-1>, …; CloudWatch learns them"
)
_EXACT: Final = "countFrequent is exact here; CloudWatch's counts are approximate"
_DAY: Final = 86_400_000
_EARLIER: Final = {
    "": 0,
    "previousday": _DAY,
    "previousweek": 7 * _DAY,
    "previousmonth": 30 * _DAY,
}


def stats(state: PlanState, command: Stats) -> None:
    """Plan ``stats``; only its columns are there afterwards, the keys first."""
    _Statistics(state).plan(command)


def count_frequent(state: PlanState, command: CountFrequent) -> None:
    """Plan ``countFrequent``: a count of each combination, the most frequent first."""
    count = Item(Call("count", (Star(),)), "_approxcount", at=command.at)
    keys = tuple(Item(name, at=name.at) for name in command.names)
    stats(state, Stats((count,), keys, at=command.at))
    most = state.scope.made["_approxcount"]
    assert isinstance(most, Column)  # noqa: S101 - stats made it
    state.order = (Order(most, descending=True),)
    state.notes.append(_EXACT)


def pattern(state: PlanState, command: Pattern, other: Other | None = None) -> None:
    """Plan ``pattern``: one row for each, the most frequent first.

    Args:
        state: What is planned so far.
        command: The command.
        other: The ``diff`` that follows it.
    """
    if state.scope.events is None:
        state.fail("pattern takes events, not what stats made of them", "", command.at)
    of = Apply("pattern", (state.comparable(command.operand),), Kind.TEXT)
    key, label = state.column(Kind.TEXT), state.column(Kind.TEXT)
    severity = Apply("severity", (key,), Kind.TEXT)
    made = _compared(state, other, (key, of)) if other else _counted(state, (key, of))
    state.add(Extend(((label, severity),)))
    _only(state, {"@pattern": key, **made, "@severityLabel": label})
    first = list(made.values())[0 if other else 1]
    state.order, state.groups = (Order(first, descending=True),), (key,)
    state.notes.append(_APPROXIMATE)


def _counted(state: PlanState, key: tuple[Column, Expr]) -> dict[str, Column]:
    count, ratio = state.column(Kind.NUMBER), state.column(Kind.NUMBER)
    state.add(Aggregate((key,), ((count, Apply("count", (), Kind.NUMBER)),)))
    state.add(Extend(((ratio, Apply("share", (count,), Kind.NUMBER)),)))
    return {"@ratio": ratio, "@sampleCount": count}


def _compared(state: PlanState, diff: Other, key: tuple[Column, Expr]) -> dict[str, Column]:
    """Count the events of the time that is asked about, and of one before it."""
    bounds = state.events.bounds
    start, end = bounds.start, bounds.end
    if start is None or end is None:
        state.fail("diff compares times", "say since when and until when to ask", diff.at)
    if diff.text.lower() not in _EARLIER:
        state.fail(f"diff takes {', '.join(filter(None, _EARLIER))}", "", diff.at)
    earlier = _EARLIER[diff.text.lower()] or end - start + 1
    state.events.bounds = replace(bounds, start=start - earlier)
    time = state.events.system("@timestamp")
    if earlier > end - start + 1:
        before = comparison("<=", time, Value(end - earlier, Kind.NUMBER))
        now = comparison(">=", time, Value(start, Kind.NUMBER))
        state.add(Keep(Apply("or", (before, now), Kind.BOOLEAN)))
    count, both, more, says = (
        *(state.column(Kind.NUMBER) for _ in range(3)),
        state.column(Kind.TEXT),
    )
    since = Apply("since", (time, Value(start, Kind.NUMBER)), Kind.NUMBER)
    state.add(Aggregate((key,), ((count, since), (both, Apply("count", (), Kind.NUMBER)))))
    past = Apply("-", (both, count), Kind.NUMBER)
    state.add(
        Extend(
            (
                (more, Apply("-", (count, past), Kind.NUMBER)),
                (says, Apply("change", (count, past), Kind.TEXT)),
            )
        )
    )
    return {"@sampleCount": count, "@diffEventCount": more, "@differenceDescription": says}


def _only(state: PlanState, made: dict[str, Expr]) -> None:
    """Leave nothing but these columns."""
    state.scope.reset(made)
    state.chosen = dict.fromkeys(made)
    state.grouped = True
    state.added, state.displayed = {}, None
    state.limited = False
    state.bin = None
    state.positions = []


class _Statistics:
    def __init__(self, state: PlanState) -> None:
        self._state = state
        self._aggregates: dict[Apply, Column] = {}
        self._named: dict[str, Expr] = {}

    def plan(self, command: Stats) -> None:
        state = self._state
        keys = {item.name: self._key(item, command.offset) for item in command.keys}
        if command.offset and not any(key.kind is Kind.TIME for key in keys.values()):
            hint = "write stats count(*) by bin(1h) offset 5m"
            state.fail("offset moves the bins of bin(), and there are none", hint, command.at)
        key_columns = {name: state.column(_key_kind(key)) for name, key in keys.items()}
        computed = self._computed(command, key_columns)
        grouped = tuple((key_columns[name], key) for name, key in keys.items())
        aggregates = tuple((column, apply) for apply, column in self._aggregates.items())
        state.add(Aggregate(grouped, aggregates))
        made: dict[str, Expr] = dict(key_columns)
        for name, expression in computed.items():
            made[name] = state.extend(expression)
        _only(state, made)
        for item in (*command.keys, *command.items):
            state.scope.computed[squeezed(item.text)] = made[item.name]
        state.order, state.groups = None, tuple(key_columns.values())
        times = [column for column in state.groups if column.kind is Kind.TIME]
        state.scope.bucket = times[0] if len(times) == 1 else None
        state.bin = self._bin(keys, key_columns)

    def _key(self, item: Item, offset: Duration | None) -> Expr:
        state = self._state
        with self._no_aggregate("rows are grouped before they are counted"):
            key = state.comparable(item.expression)
        if not (offset and isinstance(key, Apply) and key.function.startswith("date")):
            return key
        time, *rest = key.arguments
        shift = Value(state.resolver.period(offset), Kind.NUMBER)
        floor = Apply(key.function, (Apply("-", (time, shift), Kind.NUMBER), *rest), Kind.TIME)
        return Apply("frommillis", (Apply("+", (floor, shift), Kind.NUMBER),), Kind.TIME)

    @contextmanager
    def _no_aggregate(self, why: str) -> Iterator[None]:
        """Refuse aggregates in what is resolved meanwhile."""

        def refuse(call: Call) -> NoReturn:
            hint = "write stats count(*) as n by field, and after a | the next stats, of n"
            self._state.fail(why, hint, call.at)

        resolver = self._state.resolver
        outside, resolver.aggregate = resolver.aggregate, refuse
        try:
            yield
        finally:
            resolver.aggregate = outside

    def _computed(self, command: Stats, keys: dict[str, Column]) -> dict[str, Expr]:
        """Return each item; it may name keys and the items before it."""
        state = self._state
        computed: dict[str, Expr] = {}
        for item in command.items:
            self._named = {**keys, **computed}
            expression = self._outside(item.expression)
            if not any(_is_group(node, self._named) for node in walk(item)):
                hint = "write for example count(*), avg(field) or latest(field)"
                state.fail("stats computes aggregates only", hint, item.at)
            self._check_names(item.expression)
            computed[item.name] = expression
        return computed

    def _check_names(self, node: Node) -> None:
        """Refuse a field that stands outside of every aggregate: a group has many of it."""
        for name in _outside_names(node):
            made = self._named
            if not any(name.path == key or name.path.startswith(f"{key}.") for key in made):
                hint = f"write max({name.path}) or latest({name.path}), or group by it"
                self._state.fail(f"{name.path} is no aggregate and no key", hint, name.at)

    def _outside(self, node: Expression) -> Expr:
        """Resolve an expression whose names are those of this ``stats``."""
        state = self._state
        scope, inner = state.scope, state.scope.copy()
        inner.reset(self._named)
        try:
            state.resolver.scope, state.resolver.aggregate = inner, self._aggregate
            return state.resolver.resolve(node)
        finally:
            state.resolver.scope, state.resolver.aggregate = scope, None

    def _aggregate(self, call: Call) -> Expr:
        """Resolve an aggregate; its arguments are about the rows before this ``stats``."""
        state = self._state
        scope, state.resolver.scope = state.resolver.scope, state.scope
        try:
            with self._no_aggregate("one aggregate cannot stand in another"):
                apply = self._call(call)
        finally:
            state.resolver.scope = scope
        if apply not in self._aggregates:
            self._aggregates[apply] = state.column(apply.kind)
        return self._aggregates[apply]

    def _call(self, call: Call) -> Apply:
        state = self._state
        name = _SAME.get(call.function, call.function)
        nodes = [node for node in call.arguments if name != "count" or not isinstance(node, Star)]
        match name:
            case "rate":
                return self._rate(call)
            case "median":
                nodes.append(Constant(50))
                name = "pct"
            case _:
                pass
        arguments = tuple(map(state.comparable, nodes))
        if name in ("earliest", "latest"):
            arguments = (*arguments, self._time(call))
        if name in ("sortsfirst", "sortslast"):
            arguments = (_sortable(arguments[0]),)
        return Apply(name, arguments, _kind(call, arguments))

    def _rate(self, call: Call) -> Apply:
        state = self._state
        field, period = call.arguments
        if not isinstance(period, Duration):
            state.fail("rate takes a period", "write rate(field, 1m)", period.at)
        width = Value(state.resolver.period(period), Kind.NUMBER)
        state.notes.append("rate is the change from first to last over the time between them")
        return Apply("rate", (state.resolver.resolve(field), width, self._time(call)), Kind.NUMBER)

    def _time(self, call: Call) -> Expr:
        return self._state.resolver.event_time(call)

    def _bin(self, keys: dict[str, Expr], columns: dict[str, Column]) -> tuple[Column, int] | None:
        for name, key in keys.items():
            for part in parts_of(key):
                if isinstance(part, Apply) and part.function in ("datefloor", "dateceil"):
                    width = part.arguments[1]
                    if isinstance(width, Value) and isinstance(width.value, int):
                        return columns[name], width.value
        return None


def _sortable(of: Expr) -> Expr:
    """Return what SQL can order by, which no constant is; a time is shown in milliseconds."""
    if isinstance(of, Value):
        return Apply("concat", (of,), Kind.TEXT)
    return Apply("tomillis", (of,), Kind.NUMBER) if of.kind is Kind.TIME else of


def _outside_names(node: Node) -> Iterator[Name]:
    """Yield the names of an expression that stand in no aggregate."""
    if isinstance(node, Name):
        yield node
    elif not (isinstance(node, Call) and FUNCTIONS[node.function].role == "aggregate"):
        for part in parts(node):
            yield from _outside_names(part)


def _is_group(node: Node, named: dict[str, Expr]) -> bool:
    """Tell whether a part of an item is about the group: an aggregate, a key, an item before."""
    if isinstance(node, Call):
        return FUNCTIONS[node.function].role == "aggregate"
    return isinstance(node, Name) and node.path in named


def _key_kind(key: Expr) -> Kind:
    return key.kind if key.kind in (*NUMERIC, Kind.TEXT) else Kind.TEXT


def _kind(call: Call, arguments: tuple[Expr, ...]) -> Kind:
    function = FUNCTIONS[call.function]
    if function.result is not None:
        return function.result
    kind = arguments[0].kind if arguments[0] != NOTHING else Kind.TEXT
    if kind is Kind.WHOLE:
        return kind
    if kind in NUMERIC:
        return Kind.NUMBER  # earliest(@timestamp) is shown in milliseconds
    return Kind.TEXT
