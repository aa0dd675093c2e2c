"""From an event to the line that the contract describes."""

import json
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from intentlog.contract import OWN_FIELDS, Contract, Level

from .categories import Categories
from .context import current_context
from .redaction import Redactor, as_text
from .trace import active_trace_id

Fields = dict[str, object]


class Event(NamedTuple):
    """What happened, before it is a record.

    Attributes:
        created: When, in seconds since the epoch.
        level: Its level.
        logger: The name of the logger.
        message: What it was, for people (or its name, where the contract says so).
        data: What the caller passed.
        error: The exception that belongs to it.
        stack: The stack that the caller asked for.
    """

    created: float
    level: Level
    logger: str
    message: str
    data: Mapping[str, object]
    error: BaseException | None = None
    stack: str | None = None


class LineBuilder:
    """Builds the record of an event and encodes it, fields in the contract's order."""

    def __init__(self, contract: Contract) -> None:
        record = contract.record
        self._service = contract.service
        self._data = record.data
        self._context_fields = frozenset(record.context_fields)
        self._required = frozenset(record.fields)
        self._order = record.all_fields
        self._categories = Categories(contract.categories)
        self._redactor = Redactor(contract.redaction.keys)
        self._timespec = record.timestamp
        self._own_names = tuple(record.name_of(field) for field in OWN_FIELDS)

    def record(self, event: Event) -> Fields:
        """Return an event's record; fields of it in the event's data go up to the record."""
        given = {**current_context(), **event.data}
        own = (
            self._timestamp(event.created),
            event.level,
            self._categories.of(event.logger),
            event.logger,
            self._redactor.text(event.message),
            self._service,
        )
        values: Fields = dict(zip(self._own_names, own, strict=True))
        values[self._data] = self._event_data(given, event)
        for name in self._context_fields:
            values[name] = self._from_context(name, given)
        return {
            name: values[name]
            for name in self._order
            if name in self._required or values[name] not in (None, {})
        }

    def encode(self, record: Fields) -> bytes:
        """Return a record as one line of JSON, its newline included."""
        try:
            return msgspec.json.encode(record) + b"\n"
        except (OverflowError, UnicodeError):  # integers beyond 64 bits, lone surrogates
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            # JSON has no lone surrogates: each becomes a question mark.
            return text.encode("utf-8", "replace") + b"\n"

    def _timestamp(self, created: float) -> str:
        try:
            moment = datetime.fromtimestamp(created, UTC)
        except (OSError, OverflowError, ValueError):  # a record made by hand
            moment = datetime.now(UTC)
        return moment.isoformat(timespec=self._timespec).removesuffix("+00:00") + "Z"

    def _from_context(self, name: str, given: Mapping[str, object]) -> object:
        value = given.get(name)
        if value is None and name == "trace_id":
            value = active_trace_id()
        return self._redactor.field(name, value)

    def _event_data(self, given: Mapping[str, object], event: Event) -> Fields:
        data: Fields = {}
        for key, value in given.items():
            if key == self._data and isinstance(value, Mapping):
                data.update(self._redactor.mapping(value))
            elif key not in self._context_fields:
                data[key] = value
        if event.error is not None:
            data["exception"] = _exception(event.error)
        if event.stack:
            data["stack"] = event.stack
        return self._redactor.mapping(data)


def _exception(error: BaseException) -> Fields:
    try:
        stack_trace = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 -- an exception's own methods may do anything
        stack_trace = "".join(traceback.format_tb(error.__traceback__))
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "message": as_text(error),
        "stack_trace": stack_trace,
    }
