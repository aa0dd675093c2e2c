"""Lines kept back until it is known whether somebody will want them.

A request is the outermost block of ``with bind_context(...)`` (the middleware's, for instance);
outside of such blocks, whatever has a context of its own: a task or a thread.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from typing import Final

LINES_KEPT: Final = 200

Write = Callable[[], None]


class _Request(deque[Write]):
    """The lines of a block, as opposed to those outside of any."""


Kept = deque[Write] | None

_kept: ContextVar[Kept] = ContextVar("intentlog_debug", default=None)


def begin() -> Token[Kept] | None:
    """Begin a request, unless this is within one; ``end`` takes what is returned."""
    if isinstance(_kept.get(), _Request):
        return None
    return _kept.set(_Request(maxlen=LINES_KEPT))


def end(token: Token[Kept] | None) -> None:
    """End a request: what is still kept of it goes unwritten.

    Raises:
        ValueError: It was begun in another context.
    """
    if token is not None:
        _kept.reset(token)


def keep(write: Write) -> None:
    """Keep what would write a line; of too many, the oldest goes."""
    kept = _kept.get()
    if kept is None:
        kept = deque(maxlen=LINES_KEPT)
        _kept.set(kept)
    kept.append(write)


def take() -> Iterator[Write]:
    """Return what was kept, oldest first, and keep it no longer."""
    kept = _kept.get()
    while kept:
        yield kept.popleft()
