"""Standard output: the lines themselves, or lines for people."""

import os
import select
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from intentlog.contract import Record, printable

from .record import Fields

_COLOURS: Final = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;35"}
_DIM: Final = "2"
_BOLD: Final = "1"
_WAIT_SECONDS: Final = 1.0
_INDENT: Final = " " * 4
_MESSAGE_WIDTH: Final = 32
_LOGGER_WIDTH: Final = 24

_Paint = Callable[[str, str], str]


class JsonConsole:
    """Writes the lines themselves to standard output, in UTF-8 whatever its encoding is."""

    reads_fields = False

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Write a line."""
        stdout = sys.stdout
        stdout.flush()
        try:
            descriptor = stdout.fileno()
        except (AttributeError, OSError, ValueError):  # somebody has put another thing there
            stdout.write(line.decode())
            stdout.flush()
        else:  # past its buffer, which would keep what a broken pipe has not taken
            _write_all(descriptor, line)

    def close(self) -> None:
        """Leave standard output open: it is not ours."""


class PrettyConsole:
    """Writes lines as a developer likes to read them; in colours on a terminal."""

    reads_fields = True

    def __init__(self, record: Record) -> None:
        """Take the contract's record."""
        self._level = record.name_of("level")
        self._logger = record.name_of("logger")
        self._message = record.name_of("message")
        self._data = record.data
        shown = {record.name_of("timestamp"), self._level, self._logger, self._message}
        constant = {record.name_of("category"), record.name_of("service")}
        self._hidden = shown | constant | {self._data}

    def write(self, fields: Fields, _line: bytes, /) -> None:
        """Write time, level, logger, message and data; exceptions on lines of their own."""
        stdout = sys.stdout
        text = "\n".join(self._lines(fields, _paint if on_terminal() else _plain)) + "\n"
        try:
            stdout.write(text)
        except UnicodeEncodeError:
            encoding = stdout.encoding or "ascii"
            stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stdout.flush()

    def close(self) -> None:
        """Leave standard output open: it is not ours."""

    def _lines(self, fields: Fields, paint: _Paint) -> Iterator[str]:
        given = fields.get(self._data)
        data = dict(given) if isinstance(given, dict) else {}
        exception, stack = data.pop("exception", None), data.pop("stack", None)
        rest = {key: value for key, value in fields.items() if key not in self._hidden} | data
        yield self._first(fields, rest, paint)
        if stack:
            yield from _indented(str(stack))
        if isinstance(exception, dict):
            yield from _exception(exception, paint)
        elif exception is not None:
            yield from _indented(_shown(exception))

    def _first(self, fields: Fields, rest: Mapping[str, object], paint: _Paint) -> str:
        clock = str(next(iter(fields.values())))[11:23]
        level = str(fields.get(self._level, ""))
        words = [paint(clock, _DIM), paint(f"{level:8}", _COLOURS.get(level, _BOLD))]
        if self._logger in fields:
            words.append(paint(f"{fields[self._logger]!s:{_LOGGER_WIDTH}}", _DIM))
        message = printable(str(fields.get(self._message, "")))
        words.append(paint(f"{message:{_MESSAGE_WIDTH}}" if rest else message, _BOLD))
        words += [f"{paint(key, _DIM)}={_shown(value)}" for key, value in rest.items()]
        return " ".join(words).rstrip()


def _write_all(descriptor: int, line: bytes) -> None:
    """Write a line, for which others may not have room at once: a pipe that does not block."""
    rest = memoryview(line)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            if not select.select([], [descriptor], [], _WAIT_SECONDS)[1]:
                raise


def on_terminal() -> bool:
    """Tell whether a person reads standard output; there may be none."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


def _paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m"


def _plain(text: str, _colour: str) -> str:
    return text


def _shown(value: object) -> str:
    """Return a value in one line, without anything that a terminal would obey."""
    text = value if isinstance(value, str) and value.isalnum() else repr(value)
    return printable(text)


def _indented(text: str) -> Iterator[str]:
    return (_INDENT + printable(line) for line in text.splitlines())


def _exception(exception: Mapping[str, object], paint: _Paint, heading: str = "") -> Iterator[str]:
    if heading:
        yield paint(_INDENT + heading, _DIM)
    *frames, last = _indented(str(exception.get("stack_trace") or exception.get("type")))
    yield from (paint(frame, _DIM) for frame in frames)
    yield paint(last, _COLOURS["ERROR"])
    cause = exception.get("cause")
    if isinstance(cause, dict):
        yield from _exception(cause, paint, "which came from:")
    members = exception.get("exceptions")
    for number, member in enumerate(members if isinstance(members, list) else [], start=1):
        if isinstance(member, dict):
            yield from _exception(member, paint, f"exception {number} of the group:")
