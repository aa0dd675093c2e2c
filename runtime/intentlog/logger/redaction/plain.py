"""Whatever the caller passed, as JSON has it: readable, finite, without secrets."""

import dataclasses
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, Protocol

import msgspec

from .cards import is_card
from .keys import Secrecy
from .patterns import REDACTED

_DEPTH: Final = 20
_VALUES: Final = 10_000
LARGEST_INTEGER: Final = 2**256
"""Integers beyond are texts: not every reader of JSON bears them."""

_SHORTEST_CARD: Final = 10**12
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
        if type(value) is str:
            return self._secrets.text(value)
        self._left -= 1
        if self._left < 0:
            return "[too much]"
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
        if isinstance(value, bytes | bytearray | memoryview):
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
        # A copy, because another thread may be changing it.
        names = ((self._secrets.text(_name(key)), item) for key, item in [*mapping.items()])
        return {name: self.item(name, item, depth) for name, item in names}

    def _sequence(self, sequence: Iterable[object], depth: int) -> object:
        if isinstance(sequence, tuple):
            names = getattr(sequence, "_fields", None)
            if names is not None:  # a named tuple
                return self._mapping(dict(zip(names, sequence, strict=False)), depth)
            if len(sequence) == 2:  # noqa: PLR2004 -- as headers are
                name = self.guarded(sequence[0], depth)
                if isinstance(name, str):
                    return [name, self.item(name, sequence[1], depth)]
        return [self.guarded(item, depth) for item in [*sequence]]

    def _set(self, items: Iterable[object], depth: int) -> list[object]:
        return sorted((self.guarded(item, depth) for item in [*items]), key=repr)

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
    for method in ("model_dump", "tolist", "_asdict"):  # pydantic, numpy, SQLAlchemy's rows
        convert = getattr(value, method, None)
        if callable(convert):
            return convert()
    try:
        return msgspec.to_builtins(value, enc_hook=as_text)
    except Exception:  # noqa: BLE001 -- an object may do anything
        return as_text(value)


def _number(value: float) -> object:
    """Return a number as JSON has it, whatever subclass it was; as text where JSON has none."""
    if isinstance(value, int):
        integer = int.__int__(value)
        if integer >= _SHORTEST_CARD and is_card(as_text(integer)):
            return REDACTED
        return integer if abs(integer) < LARGEST_INTEGER else as_text(integer)
    number = float.__float__(value)
    return number if math.isfinite(number) else str(number)


def _name(key: object) -> str:
    return _decoded(key) if type(key) is bytes else as_text(key)


def _decoded(value: bytes | bytearray | memoryview) -> str:
    return bytes(value).decode("utf-8", "backslashreplace")


def _unshown(value: object) -> str:
    return f"<{type(value).__name__} that cannot be shown>"
