"""How long to wait before asking a service again."""

from collections.abc import Iterator
from typing import Final

_FIRST: Final = 0.2
_LONGEST: Final = 2.0
_GROWTH: Final = 1.5


def waits() -> Iterator[float]:
    """Yield seconds, for ever: short ones first, since most answers come soon."""
    wait = _FIRST
    while True:
        yield wait
        wait = min(wait * _GROWTH, _LONGEST)
