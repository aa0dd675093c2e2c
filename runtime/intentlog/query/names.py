"""What a name means at one place of a query: a column made before, a field, or nothing."""

from __future__ import annotations

import re
from copy import copy
from itertools import count
from typing import Final

from .relational import SYSTEM_COLUMNS, Apply, Column, Expr, Kind, Member, Scan, Value

NOTHING: Final = Value(None, Kind.TEXT)
"""What a field has that is not there."""

_POSITION: Final = re.compile(r"\[([0-9]+)\]")
_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_WITH_MEMBERS: Final = (Kind.RAW, Kind.JSON)


class Numbers:
    """Counts what one query makes, so that no two columns or scans have the same name."""

    def __init__(self) -> None:
        self.columns = count()
        self.scans = count()


class Events:
    """The events of one scan; remembers what is read of them.

    Attributes:
        bounds: A scan with the log groups and the times that are asked about.
    """

    def __init__(self, numbers: Numbers, scan: Scan) -> None:
        self.number = next(numbers.scans)
        self.bounds = scan
        self._keys: dict[str, None] = {}
        self._system: dict[str, None] = {}

    def scan(self) -> Scan:
        """Return the scan that reads what was asked for so far."""
        bounds = self.bounds
        keys, system = tuple(self._keys), tuple(self._system)
        return Scan(self.number, keys, system, bounds.groups, bounds.start, bounds.end)

    def system(self, name: str) -> Column:
        """Return the column of a system field."""
        self._system[name] = None
        return Column(self.scan().column(name), SYSTEM_COLUMNS[name][1])

    def discovered(self, path: str) -> Expr:
        """Return the value of a JSON field; a key that is spelled with the dots wins."""
        first, dot, rest = path.partition(".")
        if not dot:
            return self._key(path)
        nested = Member(self._key(first), paths(rest), Kind.RAW)
        return Apply("first", (self._key(path), nested), Kind.RAW)

    def _key(self, key: str) -> Column:
        self._keys[key] = None
        return Column(self.scan().column(key), Kind.RAW)


def paths(path: str) -> tuple[tuple[str | int, ...], ...]:
    """Return the ways to read a path such as ``a.b.0``, in the order in which they are tried.

    At each object, a key spelled like the whole rest comes first (`intentlog.expression.find`
    has the same rule for where-expressions).
    """
    parts = path.split(".")
    found: list[tuple[str | int, ...]] = []
    for split in range(len(parts)):
        keys = tuple(_step(part) for part in parts[:split])
        rest = ".".join(parts[split:])
        found.append((*keys, _step(rest)))
    if any(map(_DIGITS.fullmatch, parts)):
        found.append(tuple(parts))
    return tuple(found)


def plain_path(path: str) -> str:
    """Return a path with ``[1]`` written as ``.1``."""
    return _POSITION.sub(r".\1", path)


def squeezed(text: str) -> str:
    """Return the text of an expression without what does not count in it."""
    return "".join(text.split()).casefold()


def _step(part: str) -> str | int:
    return int(part) if _DIGITS.fullmatch(part) else part


class Scope:
    """The names that can be used at one place.

    Attributes:
        events: The events whose fields can be used; None where only made columns are there.
        made: The columns made so far, by name.
        computed: What ``stats`` computed, by its text (`squeezed`): ``count(*)``.
        logfmt: The names that `parse … logfmt` made, with the text that holds their fields.
        fresh: The maps that the command made which is being planned.
        sides: The scopes of a join, by alias.
        bucket: The time that ``stats`` grouped by, where there is one.
        notes: What was found on the way that a reader of the result must know.
    """

    def __init__(self, events: Events) -> None:
        self.events: Events | None = events
        self.made: dict[str, Expr] = {}
        self.computed: dict[str, Expr] = {}
        self.logfmt: dict[str, Expr] = {}
        self.fresh: set[str] = set()
        self.sides: dict[str, Scope] = {}
        self.bucket: Expr | None = None
        self.notes: list[str] = []

    def reset(self, made: dict[str, Expr]) -> None:
        """Forget everything but these columns, as ``stats`` does."""
        self.events = None
        self.made = dict(made)
        self.computed = {}
        self.logfmt = {}
        self.sides = {}
        self.bucket = None

    def copy(self) -> Scope:
        """Return a scope with the same names; what is made later is in one of them only."""
        other = copy(self)
        other.made, other.computed = dict(self.made), dict(self.computed)
        return other

    def is_fresh(self, name: str) -> bool:
        """Tell whether a name is below a map that is not there yet."""
        return plain_path(name).partition(".")[0] in self.fresh - {name}

    def find(self, name: str) -> Expr:
        """Return what a name means."""
        if name in self.made:
            return self.made[name]
        path = plain_path(name)
        found = self._below(path)
        if found is None and self.events is not None:
            found = self._of_event(self.events, path)
        return NOTHING if found is None else found

    def _of_event(self, events: Events, path: str) -> Expr | None:
        if path in SYSTEM_COLUMNS:
            return events.system(path)
        if path.startswith("@") and not path.startswith("@@"):
            self.notes.append(f"{path} is a field that only CloudWatch makes; it is empty here")
            return None
        return events.discovered(path.removeprefix("@"))

    def is_below_list(self, name: str) -> bool:
        """Tell whether a name looks into what `split` or `values` made, which has no parts."""
        parts = plain_path(name).split(".")
        whole = (self.made.get(".".join(parts[:end])) for end in range(1, len(parts)))
        return name not in self.made and any(
            each is not None and each.kind is Kind.LIST for each in whole
        )

    def _below(self, path: str) -> Expr | None:
        """Find a path that begins with a name made before, the longest first."""
        parts = path.split(".")
        for split in range(len(parts) - 1, 0, -1):
            first, rest = ".".join(parts[:split]), ".".join(parts[split:])
            if first in self.fresh:
                return NOTHING
            if first in self.sides:
                return self.sides[first].find(rest)
            if first in self.logfmt:
                return Apply("logfmt", (self.logfmt[first], Value(rest, Kind.TEXT)), Kind.TEXT)
            of = self.made.get(first)
            if of is not None and of is not NOTHING:
                known = isinstance(of, (Column, Member)) and of.kind in _WITH_MEMBERS
                return Member(of, paths(rest), of.kind) if known else None
        return None
