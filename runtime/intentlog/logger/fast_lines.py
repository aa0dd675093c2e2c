"""The lines of plain events, in a third of the time: the same bytes as ``RecordBuilder`` gives.

Plain is an event without secrets, without an exception, with data of JSON's own kinds. What is
constant in its line was encoded before: once for a logger, level and message, and once for what
is bound in the context. ``tests/logger/test_doors.py`` proves that the bytes are the same.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from intentlog.contract import Record

from .context import Bound, Prepared, bound_fields
from .encoding import LONGEST_LINE
from .record import OPTIONS, Fields, Head
from .timestamp import Timestamps
from .trace import active_trace_id

if TYPE_CHECKING:
    from .redaction import Redactor

_NAMES_REMEMBERED: Final = 10_000
_SAFE_NUMBER: Final = 10**12  # a card's is longer
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


class FastLines:
    """Makes lines of plain events, for records that are laid out as most are."""

    def __init__(self, record: Record, redactor: "Redactor", timestamps: Timestamps) -> None:
        """Take what a record is, and what the general way redacts and tells the time by."""
        names = record.all_fields
        callers = record.context_fields
        self._callers = callers
        self._required = frozenset(record.fields)
        # Context and data stand at the end, so that they are two pieces of the line.
        self.fit = (*callers, record.data) == names[-len(callers) - 1 :]
        self._not_data = OPTIONS.union({"context", "extra", record.data, *callers})
        self._data_names: set[str] = set()
        self._constants = names[1 : len(names) - len(callers) - 1]
        self._asks_trace = "trace_id" in callers
        self._start = f'{{"{names[0]}":"'.encode()
        self._data = f',"{record.data}":'.encode()
        self._no_data = self._data + b"{}}\n" if record.data in self._required else b"}\n"
        self._redactor = redactor
        self._clean = redactor.clean
        self._is_plain = redactor.is_plain
        self._time = timestamps.encoded
        self._encode = msgspec.json.Encoder().encode

    def head(self, head: Head, message: str) -> bytes | None:
        """Return what stands between the timestamp and the context; None for no plain message."""
        if not self.fit or self._redactor.text(message) is not message:
            return None
        try:
            fields = {name: head.fields.get(name, message) for name in self._constants}
            return b'",' + self._encode(fields)[1:-1]
        except UnicodeError:  # lone surrogates
            return None

    def line(  # noqa: C901, PLR0912 -- a call of another function costs a twentieth of a line
        self, head: bytes, created: float, given: Fields
    ) -> bytes | None:
        """Return the line of a plain event, its newline included; None of any other.

        Args:
            head: What ``head`` returned for the logger, the level and the message.
            created: When it was, in seconds since the epoch.
            given: What the caller passed; it is not changed.
        """
        bound = bound_fields()
        prepared = bound.prepared
        if prepared is None or prepared.owner is not self:
            prepared = bound.prepared = self._prepare(bound)
        context = prepared.fields
        if context is None or not (prepared.traced or active_trace_id() is None):
            return None
        if prepared.rest:
            given = {**prepared.rest, **given}
        if not given:
            return b"".join((self._start, self._time(created), head, context, self._no_data))
        names, clean = self._data_names, self._clean
        for name, value in given.items():
            if name not in names and not self._is_data(name):
                return None
            kind = type(value)
            if kind is str:
                if value in clean:
                    continue
            elif kind is int or kind is float:
                if -_SAFE_NUMBER < value < _SAFE_NUMBER:  # type: ignore[operator] # it is one
                    continue
            elif kind is bool or value is None:
                continue
            if not self._is_plain(value):
                return None
        try:
            data = self._encode(given)
        except (OverflowError, UnicodeError):  # integers beyond 64 bits, lone surrogates
            return None
        line = b"".join((self._start, self._time(created), head, context, self._data, data, b"}\n"))
        return line if len(line) <= LONGEST_LINE else None

    def _is_data(self, name: str) -> bool:
        """Say whether what has this name is plain data, if its value is."""
        if name in self._not_data or not self._redactor.is_open(name):
            return False
        if len(self._data_names) >= _NAMES_REMEMBERED:
            self._data_names.clear()
        self._data_names.add(name)
        return True

    def _prepare(self, bound: Bound) -> Prepared:
        """Return what lines have of a context; it stays as it is for as long as it is bound."""
        rest = {name: value for name, value in bound.items() if name not in self._callers}
        traced = not self._asks_trace or bound.get("trace_id") is not None
        plain = all(type(value) in _SCALARS for value in bound.values())
        fields = self._context_fields(bound) if plain else None
        return Prepared(self, fields, rest, traced)

    def _context_fields(self, bound: Bound) -> bytes | None:
        written = {
            name: value
            for name in self._callers
            if (value := self._redacted(name, bound.get(name))) is not None
            or name in self._required
        }
        try:
            return b"," + self._encode(written)[1:-1] if written else b""
        except (OverflowError, UnicodeError):
            return None

    def _redacted(self, name: str, value: object) -> object:
        if self._is_plain(value) and self._redactor.is_open(name):
            return value
        return self._redactor.field(name, value)
