"""What is known of the current request or task, added to every line of it."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType
from typing import Final, Self

import msgspec

from . import debug_buffer


class Prepared(msgspec.Struct, frozen=True):
    """What the lines of a context have in common, made by who writes them.

    Attributes:
        owner: Who made it.
        fields: The record's fields of it, encoded; None if they must be looked at each time.
        rest: The fields that belong to a line's data.
        traced: Whether it says which trace it belongs to.
    """

    owner: object
    fields: bytes | None
    rest: dict[str, object]
    traced: bool


class Bound(dict[str, object]):
    """Bound fields: replaced as a whole and never changed, so that tasks can share them.

    Attributes:
        prepared: What was made of them once for all of their lines.
    """

    __slots__ = ("prepared",)

    def __init__(self, fields: Mapping[str, object]) -> None:
        super().__init__(fields)
        self.prepared: Prepared | None = None


_NOTHING: Final = Bound({})
_bound: ContextVar[Bound] = ContextVar("intentlog_context", default=_NOTHING)

bound_fields = _bound.get


class bind_context:  # noqa: N801 -- used like a function
    """Add fields to every line that this task or thread logs from here on.

    ``bind_context(user_id=42)`` holds until ``clear_context()``, or until the task ends;
    ``with bind_context(user_id=42):`` holds for the block. Tasks inherit the context that they
    were made in, threads begin with none (see ``contextvars``).
    """

    def __init__(self, /, **fields: object) -> None:
        self._token = _bound.set(Bound({**_bound.get(), **fields}))
        self._request: Token[debug_buffer.Kept] | None = None

    def __enter__(self) -> Self:
        self._request = debug_buffer.begin()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        # The block may end in another task than it began in, as in a closed async generator,
        # or twice: there is nothing to take back then, and nothing to raise.
        try:  # noqa: SIM105 -- suppress() costs four times as much
            debug_buffer.end(self._request)
        except (ValueError, RuntimeError):
            pass
        try:  # noqa: SIM105
            _bound.reset(self._token)
        except (ValueError, RuntimeError):
            pass


def clear_context() -> None:
    """Forget every field that was bound."""
    _bound.set(_NOTHING)


def current_context() -> Mapping[str, object]:
    """Return the fields that are bound here, read-only."""
    return MappingProxyType(_bound.get())
