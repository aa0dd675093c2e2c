"""Whatever the caller passed, as JSON has it: readable, finite, without secrets."""

import dataclasses
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, Protocol

import msgspec

from .cards import is_card
from .keys import Secrecy
from .named import REDACTED

_BYTES: Final = (bytes, bytearray, memoryview)
_DEPTH: Final = 20
_VALUES: Final = 10_000
LARGEST_INTEGER: Final = 2**256
"""Integers beyond are texts: not every reader of JSON bears them."""

_SHORTEST_CARD: Final = 10**12
# A pair as a mapping: {"name": "DB_PASSWORD", "value": …}, in ECS, Kubernetes and CloudFront.
_SPELLED_OUT: Final = (("name", "value"), ("key", "value"), ("Name", "Value"), ("Key", "Value"))
SPELLED_OUT_VALUES: Final = frozenset(value for _, value in _SPELLED_OUT)
_NAMED: Final = (type, FunctionType, BuiltinFunctionType, MethodType)


class Secrets(Protocol):
    """What a walk asks about secrets."""

    def text(self, text: str, /) -> str:
        """Return a text without secrets."""
        ...

    def secrecy(self, key: str, /) -> Secrecy:
        """Say whether what has this name may be shown."""
        ...


class Walk:
    """One walk through one event's data, with an end to it."""

    def __init__(self, secrets: Secrets) -> None:
        """Take what knows secrets."""
        self._secrets = secrets
        self._left = _VALUES
        self._inside: set[int] = set()

    def item(self, name: str, value: object, depth: int) -> object:
        """Return the value of a named field."""
        secrecy = self._secrets.secrecy(name)
        if secrecy == "open" or value is None or type(value) is bool:
            return self.guarded(value, depth)  # that there is a password, or none, is no secret
        if secrecy == "count" and isinstance(value, int | float):
            return self.guarded(value, depth)
        return REDACTED

    def guarded(self, value: object, depth: int) -> object:
        """Return a value that has no name of its own; it never raises."""
        if value is None or type(value) is bool:
            return value
        self._left -= 1
        if self._left < 0:
            return "[too much]"
        if type(value) is str:
            return self._secrets.text(value)
        try:
            return self._value(value, depth)
        except Exception:  # noqa: BLE001 -- an object may do anything
            return _unshown(value)

    def _value(self, value: object, depth: int) -> object:  # noqa: PLR0911 -- one a kind
        if isinstance(value, Enum):
            return self.guarded(value.value, depth + 1) if depth < _DEPTH else as_text(value)
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, str):
            return self._secrets.text(str.__str__(value))
        if isinstance(value, _BYTES):
            return self._secrets.text(_decoded(value))
        if isinstance(value, Mapping):
            return self._contained(value, depth, self._mapping)
        if isinstance(value, list | tuple | deque):
            return self._contained(value, depth, self._sequence)
        if isinstance(value, set | frozenset):
            return self._contained(value, depth, self._set)
        return self._contained(value, depth, self._object)

    def _contained(self, value: object, depth: int, read: Callable[[Any, int], object]) -> object:
        if depth >= _DEPTH:
            return "[too deep]"
        if id(value) in self._inside:
            return "[contains itself]"
        self._inside.add(id(value))
        try:
            return read(value, depth + 1)
        finally:
            self._inside.discard(id(value))

    def _mapping(self, mapping: Mapping[Any, object], depth: int) -> dict[str, object]:
        data: dict[str, object] = {}
        for key, item in self._copied(mapping.items()):
            name = self._secrets.text(_name(key))
            if name in data:  # two keys that look alike, masked or as texts
                name = f"{name} ({len(data) + 1})"
            data[name] = self.item(name, item, depth)
        if (more := len(mapping) - len(data)) > 0:
            data["[cut]"] = f"{more} more fields"
        for name, value in _SPELLED_OUT:
            if isinstance(key := data.get(name), str) and self._secrets.secrecy(key) == "secret":
                data[value] = REDACTED
        return data

    def _sequence(self, sequence: Sequence[object], depth: int) -> object:
        if isinstance(sequence, tuple):
            names = getattr(sequence, "_fields", None)
            if names is not None:  # a named tuple
                return self._mapping(dict(zip(names, sequence, strict=False)), depth)
        items = self._copied(sequence)
        # As headers are: of two texts, a list may be anything.
        if len(items) == 2 and (isinstance(sequence, tuple) or type(items[0]) is bytes):  # noqa: PLR2004
            name = self.guarded(items[0], depth)
            if isinstance(name, str):
                return [name, self.item(name, items[1], depth)]
        return self._items(items, len(sequence), depth)

    def _set(self, items: Collection[object], depth: int) -> list[object]:
        return sorted(self._items(self._copied(items), len(items), depth), key=repr)

    def _items(self, items: list[object], count: int, depth: int) -> list[object]:
        shown = [self.guarded(item, depth) for item in items]
        if (more := count - len(items)) > 0:
            shown.append(f"[cut: {more} more items]")
        return shown

    def _copied(self, items: Iterable[Any]) -> list[Any]:
        """Return the items that there is room for, at once: another thread may change them."""
        return [*islice(items, max(self._left, 0))]

    def _object(self, value: object, depth: int) -> object:
        return self.guarded(_simpler(value), depth)


def as_text(value: object) -> str:
    """Return ``str(value)``, or a marker where that raises."""
    try:
        return str.__str__(str(value))
    except Exception:  # noqa: BLE001 -- a __str__ may do anything
        return _unshown(value)


def _simpler(value: object) -> object:
    """Return an object as JSON's own kinds, or kinds that are nearer to them."""
    if isinstance(value, BaseException):
        text = as_text(value)
        return f"{type(value).__qualname__}: {text}" if text else type(value).__qualname__
    if isinstance(value, _NAMED):
        return f"{value.__module__}.{value.__qualname__}".removeprefix("builtins.")
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    kind = type(value)  # a mock, or a proxy of something far away, has any attribute itself
    if _size(value) <= _VALUES:
        for method in ("model_dump", "tolist", "_asdict"):  # pydantic, numpy, SQLAlchemy's rows
            if callable(getattr(kind, method, None)):
                return getattr(value, method)()
    try:
        return msgspec.to_builtins(value, builtin_types=_BYTES, enc_hook=as_text)
    except Exception:  # noqa: BLE001 -- an object may do anything
        return as_text(value)


def _size(value: object) -> int:
    """Return how many items an array has: numpy shows the larger ones in short, as texts."""
    size = getattr(type(value), "size", None) and getattr(value, "size", 0)
    return size if isinstance(size, int) else 0


def _number(value: float) -> object:
    """Return a number as JSON has it, whatever subclass it was; as text where JSON has none."""
    if isinstance(value, int):
        integer = int.__int__(value)
        if integer >= _SHORTEST_CARD and is_card(as_text(integer)):
            return REDACTED
        return integer if abs(integer) < LARGEST_INTEGER else as_text(integer)
    number = float.__float__(value)
    if not math.isfinite(number):
        return str(number)
    is_long = abs(number) >= _SHORTEST_CARD and number.is_integer()
    return REDACTED if is_long and is_card(f"{number:.0f}") else number


def _name(key: object) -> str:
    return _decoded(key) if type(key) is bytes else as_text(key)


def _decoded(value: bytes | bytearray | memoryview) -> str:
    return bytes(value).decode("utf-8", "backslashreplace")


def _unshown(value: object) -> str:
    # The name as `type` itself has it: a metaclass may have one that raises.
    name = type.__dict__["__name__"].__get__(type(value))
    return f"<{name} that cannot be shown>"
