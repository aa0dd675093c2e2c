"""Exceptions as data: type, message, stack trace, what they came from and what they group."""

import linecache
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from types import CodeType, TracebackType
from typing import Final

from .redaction import as_text

Fields = dict[str, object]

_LONGEST_MESSAGE: Final = 10_000
_FIRST_FRAMES: Final = 20
_LAST_FRAMES: Final = 30
_CHAIN: Final = 20
_MEMBERS: Final = 20
_NOTES: Final = 20
_FRAMES_REMEMBERED: Final = 2_000
_REPEATS_SHOWN: Final = 3  # as Python's own traceback


class Exceptions:
    """Turns exceptions into data; never raises.

    A frame's text is made once for each place in the code. The marks that Python prints below a
    source line (``~~~^^^``) are left out: finding them costs more than all the rest.
    """

    def __init__(self, text: Callable[[str], str]) -> None:
        """Take what leaves the secrets out of a text."""
        self._text = text
        # By the code's id, because its hash is slow; the code is kept, so that the id stays its.
        self._frames: dict[tuple[int, int], tuple[CodeType, str]] = {}

    def data(self, error: BaseException) -> Fields:
        """Return an exception as JSON has it, without secrets.

        Its keys are ``type``, ``message``, ``stack_trace`` (its own frames, as Python prints
        them) and, where there are such, ``notes``, ``cause`` (the exception that it came from,
        with ``relation``: ``cause`` or ``context``) and ``exceptions`` (those of a group).
        """
        return self._data(error, set(), _CHAIN)

    def _data(self, error: BaseException, seen: set[int], depth: int) -> Fields:
        seen.add(id(error))
        name = _name(error)
        message = _short(self._text(as_text(error)))
        data: Fields = {"type": name, "message": message}
        try:
            last = f"{name}: {message}" if message else name
            data["stack_trace"] = self._stack_trace(error.__traceback__, last)
            self._add_related(data, error, seen, depth)
        except Exception:  # noqa: BLE001 -- an exception's own attributes may do anything
            data.setdefault("stack_trace", "[cannot be shown]")
        return data

    def _add_related(self, data: Fields, error: BaseException, seen: set[int], depth: int) -> None:
        if notes := getattr(error, "__notes__", None):
            data["notes"] = [_short(self._text(as_text(note))) for note in islice(notes, _NOTES)]
        relation, cause = _cause(error)
        if isinstance(cause, BaseException) and id(cause) not in seen and depth:
            data["cause"] = {"relation": relation, **self._data(cause, seen, depth - 1)}
        if isinstance(error, BaseExceptionGroup) and depth:
            members = [m for m in error.exceptions if id(m) not in seen]
            shown: list[object] = [self._data(m, seen, depth - 1) for m in members[:_MEMBERS]]
            if len(members) > _MEMBERS:
                shown.append(f"[{len(members) - _MEMBERS} more]")
            data["exceptions"] = shown

    def _stack_trace(self, traceback: TracebackType | None, last: str) -> str:
        frames = list(_folded(self._walk(traceback)))
        if not frames:
            return last
        if len(frames) > _FIRST_FRAMES + _LAST_FRAMES:
            left_out = f"  [{len(frames) - _FIRST_FRAMES - _LAST_FRAMES} more frames]\n"
            frames[_FIRST_FRAMES:-_LAST_FRAMES] = [left_out]
        return "".join(("Traceback (most recent call last):\n", *frames, last))

    def _walk(self, traceback: TracebackType | None) -> Iterator[str]:
        remembered = self._frames
        while traceback is not None:
            code, line = traceback.tb_frame.f_code, traceback.tb_lineno
            frame = remembered.get((id(code), line))
            if frame is None:
                frame = self._remember(traceback, code, line)
            yield frame[1]
            traceback = traceback.tb_next

    def _remember(
        self, traceback: TracebackType, code: CodeType, line: int
    ) -> tuple[CodeType, str]:
        text = f'  File "{code.co_filename}", line {line}, in {code.co_name}\n'
        source = linecache.getline(code.co_filename, line or 0, traceback.tb_frame.f_globals)
        if source := source.strip():
            text += f"    {source}\n"
        if len(self._frames) >= _FRAMES_REMEMBERED:  # code may be made as it goes
            self._frames.clear()
        frame = self._frames[id(code), line] = (code, self._text(text))
        return frame


def _cause(error: BaseException) -> tuple[str, object]:
    if error.__cause__ is not None:
        return "cause", error.__cause__
    return "context", None if error.__suppress_context__ else error.__context__


def _name(error: BaseException) -> str:
    try:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
    except Exception:  # noqa: BLE001 -- a class of a class may do anything
        return "BaseException"
    return name.removeprefix("builtins.")


def _short(text: str) -> str:
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:_LONGEST_MESSAGE]}[cut: {len(text) - _LONGEST_MESSAGE} more characters]"


def _folded(frames: Iterable[str]) -> Iterator[str]:
    """Yield frames; of more than three alike, three and how many there were besides."""
    for frame, alike in groupby(frames):
        more = sum(1 for _ in alike) - _REPEATS_SHOWN
        yield from [frame] * (_REPEATS_SHOWN + min(more, 0))
        if more > 0:
            yield f"  [Previous line repeated {more} more times]\n"
