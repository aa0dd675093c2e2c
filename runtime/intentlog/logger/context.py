"""What is known of the current request or task, added to every line of it."""

from contextlib import suppress
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType
from typing import Final, Self

Context = MappingProxyType[str, object]

_EMPTY: Final[Context] = MappingProxyType({})
_bound: ContextVar[Context] = ContextVar("intentlog_context", default=_EMPTY)


class bind_context:  # noqa: N801 -- used like a function
    """Add fields to every line that this task or thread logs from here on.

    ``bind_context(user_id=42)`` holds until ``clear_context()``, or until the task ends;
    ``with bind_context(user_id=42):`` holds for the block. Tasks inherit the context that they
    were made in, threads begin with none (see ``contextvars``).
    """

    def __init__(self, /, **fields: object) -> None:
        self._token: Token[Context] = _bound.set(MappingProxyType({**_bound.get(), **fields}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        # The block may end in another task than it began in, as in a closed async generator,
        # or twice: there is nothing to take back then, and nothing to raise.
        with suppress(ValueError, RuntimeError):
            _bound.reset(self._token)


def clear_context() -> None:
    """Forget every field that was bound."""
    _bound.set(_EMPTY)


def current_context() -> Context:
    """Return the fields that are bound here, read-only."""
    return _bound.get()
