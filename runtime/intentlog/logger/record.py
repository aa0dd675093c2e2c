"""From an event to the record that the contract describes, and to its line."""

from typing import Final, NamedTuple

import msgspec

from intentlog.contract import OWN_FIELDS, Contract, Level

from .categories import Categories
from .context import bound_fields
from .encoding import LONGEST_LINE, cut, encode
from .exceptions import Exceptions
from .texts import as_text
from .timestamp import Timestamps
from .trace import active_trace_id

Fields = dict[str, object]
Values = list[object]
"""A record's values, each in its field's place in the contract's order; None for no value."""

_TIMESTAMP = 0  # every contract has it first


OPTIONS: Final = frozenset({"exc_info", "stack_info"})
"""What a caller passes beside an event's data, as ``logging`` has it."""


class Head(NamedTuple):
    """What all records of one logger at one level have in common.

    Attributes:
        values: The record, with None for what is not known yet.
        fields: The values that are known, by their names.
    """

    values: Values
    fields: Fields


class RecordBuilder:
    """Builds records: values in the contract's order, nothing secret in them.

    Attributes:
        redactor: What takes secrets out of them.
        timestamps: What writes their time.
    """

    def __init__(self, contract: Contract) -> None:
        """Take what a record is from a contract."""
        record = contract.record
        self._names = record.all_fields
        self._required = frozenset(record.fields)
        self._own = {field: record.name_of(field) for field in OWN_FIELDS}
        self._service = contract.service
        self._categories = Categories(contract.categories)
        from .redaction import Redactor  # noqa: PLC0415 -- see there

        self.redactor = Redactor(contract.redaction.keys)
        self._exceptions = Exceptions(self.redactor.text)
        self.timestamps = Timestamps(record.timestamp)
        self._message_at = self._names.index(self._own["message"])
        self._data_at = self._names.index(record.data)
        self._always_data = record.data in self._required
        self._callers = [(self._names.index(name), name) for name in record.context_fields]
        # `context=` and `extra=` are how chimera and the stdlib pass an event's data.
        self._spread = {"context", "extra", record.data} - set(record.context_fields)
        self._struct = self._structure()
        self._encode = msgspec.json.Encoder().encode

    def head(self, logger: str, level: Level) -> Head:
        """Return what the records of a logger at a level have in common."""
        own: Fields = {
            self._own["level"]: level,
            self._own["category"]: self._categories.of(logger),
            self._own["logger"]: self.redactor.text(logger),
            self._own["service"]: self._service,
        }
        values = [own.get(name) for name in self._names]
        return Head(values, {name: own[name] for name in self._names if name in own})

    def values(  # noqa: PLR0913, PLR0917 -- an object for them costs time on every call
        self,
        head: Head,
        created: float,
        message: str,
        given: Fields,
        error: BaseException | None = None,
        stack: str | None = None,
    ) -> Values:
        """Return an event's record; fields of it in the event's data go up to the record.

        Args:
            head: What is known of the logger and the level.
            created: When it was, in seconds since the epoch.
            message: What it was, for people (or its name, where the contract says so).
            given: What the caller passed; it is the builder's from here on.
            error: The exception that belongs to it.
            stack: The stack that the caller asked for.
        """
        redactor = self.redactor
        context = bound_fields()
        data = redactor.mapping({**context, **given} if context else given)
        if not self._spread.isdisjoint(data):
            data = self._spread_out(data)
        values = head.values.copy()
        values[_TIMESTAMP] = self.timestamps.encoded(created).decode()
        values[self._message_at] = redactor.text(message)
        for place, name in self._callers:
            if name in data:
                values[place] = data.pop(name)
            if name == "trace_id" and values[place] is None:
                values[place] = active_trace_id()
        if error is not None or stack:
            self._add_error(data, error, stack)
        if data or self._always_data:
            values[self._data_at] = data
        return values

    def fields(self, values: Values) -> Fields:
        """Return a record's fields by their names, those that its line has."""
        return {
            name: value
            for name, value in zip(self._names, values, strict=True)
            if value is not None or name in self._required
        }

    def line(self, values: Values) -> bytes:
        """Return a record as one line of JSON, its newline included; one too long is cut."""
        try:
            line = self._encode(self._struct(*values)) + b"\n"
        except (OverflowError, UnicodeError):  # integers beyond 64 bits, lone surrogates
            line = encode(self.fields(values))
        return line if len(line) <= LONGEST_LINE else cut(self.fields(values))

    def _structure(self) -> type[msgspec.Struct]:
        """Return a structure of the fields, which is encoded faster than a mapping is."""
        places = {f"field{place}": name for place, name in enumerate(self._names)}
        fields = [
            (place, object) if name in self._required else (place, object, None)
            for place, name in places.items()
        ]
        return msgspec.defstruct("Line", fields, rename=places, omit_defaults=True, gc=False)

    def _spread_out(self, data: Fields) -> Fields:
        spread: Fields = {}
        for key, value in data.items():
            if key in self._spread and isinstance(value, dict):
                spread |= value
            else:
                spread[key] = value
        return spread

    def _add_error(self, data: Fields, error: BaseException | None, stack: str | None) -> None:
        if error is not None:
            if "exception" in data:  # the caller's own, which is not lost
                data["exception_data"] = data.pop("exception")
            data["exception"] = self._exceptions.data(error)
        if stack:
            data["stack"] = self.redactor.text(as_text(stack))
