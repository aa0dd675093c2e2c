"""The formats of ``formatDate``: those letters of strftime that all engines can write alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFSET: Final = "%z"
"""How far the time zone is from UTC, as in ``+0530``: a piece of its own."""

_TOGETHER: Final = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y"}
_IN_TRINO: Final = {
    **{f"%{letter}": f"%{letter}" for letter in "YymdHIjpfab%"},
    "%M": "%i",
    "%S": "%s",
    "%B": "%M",
    "%A": "%W",
    "%-d": "%e",
    "%-m": "%c",
    "%-H": "%k",
    "%-I": "%l",
}
STRFTIME_LETTERS: Final = (*_IN_TRINO, *_TOGETHER, OFFSET)
"""What a format may be made of, beside texts."""

_PART: Final = re.compile(r"%-?.?", re.DOTALL)


def pieces(form: str) -> list[str]:
    """Return a format as pieces, of which each `OFFSET` is one; some letters are spelled out.

    Raises:
        ValueError: It is empty, or a letter is none that can be written here.
    """
    if not form:
        raise ValueError("the format is empty")
    for letter in _PART.findall(form):
        if letter not in STRFTIME_LETTERS:
            raise ValueError(f"{letter} is no part of a date that can be written here")
    spelled = _PART.sub(lambda part: _TOGETHER.get(part[0], part[0]), form)
    return list(_split(spelled))


def for_trino(piece: str) -> str:
    """Return a piece for ``date_format``, whose letters are those of MySQL."""
    return _PART.sub(lambda part: _IN_TRINO[part[0]], piece)


def _split(form: str) -> Iterator[str]:
    start = 0
    for part in _PART.finditer(form):
        if part[0] == OFFSET:
            if part.start() > start:
                yield form[start : part.start()]
            yield OFFSET
            start = part.end()
    if form[start:] or not start:
        yield form[start:]
