"""Where lines go: files that others may rotate, and the console."""

import os
import sys
import time
from pathlib import Path
from typing import Protocol

from .line import Fields

_LOOK_SECONDS = 1.0


class Sink(Protocol):
    """Takes lines; what it cannot take is an ``OSError``."""

    def write(self, fields: Fields, line: bytes, /) -> None:
        """Take one line, its newline included."""

    def close(self) -> None:
        """Let go of what it holds."""


class FileSink:
    """Appends lines to a file, each with one ``write(2)``: safe among processes.

    Whoever rotates the file renames it; at most once a second, this looks whether the name
    still leads to the same file, and opens it anew if not. What is written until then is in the
    renamed file, which the agent reads to its end. Threads take turns outside of it: a lock of
    its own would stay locked in a child that is forked meanwhile.
    """

    def __init__(self, path: Path) -> None:
        """Take the file's path; the file is made when the first line comes."""
        self._path = path
        self._looked = 0.0
        self._descriptor: int | None = None
        self._torn = False

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Append a line.

        Raises:
            OSError: It is not, or not wholly, in the file.
        """
        descriptor = self._current()
        if self._torn:  # what a full disk cut off must not spoil this line, too
            line = b"\n" + line
        rest = memoryview(line)
        while rest:
            written = os.write(descriptor, rest)
            rest = rest[written:]
            self._torn = bool(rest)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _current(self) -> int:
        now = time.monotonic()
        if self._descriptor is not None and now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            if not self._is_there(self._descriptor):
                self.close()
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o644)
            self._looked = now
            self._torn = False
        return self._descriptor

    def _is_there(self, descriptor: int) -> bool:
        try:
            named = self._path.stat()
        except OSError:
            return False
        return os.path.samestat(named, os.fstat(descriptor))


class JsonConsole:
    """Writes the lines themselves to standard output, in UTF-8 whatever its encoding is."""

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Write a line."""
        sys.stdout.flush()
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(line.decode())
        else:
            buffer.write(line)
        sys.stdout.flush()

    def close(self) -> None:
        """Leave standard output open: it is not ours."""


_COLOURS = {"DEBUG": 2, "INFO": 32, "WARNING": 33, "ERROR": 31, "CRITICAL": 35}


class PrettyConsole:
    """Writes lines as a developer likes to read them; in colours on a terminal."""

    def __init__(self, *, level: str, message: str, data: str, hidden: frozenset[str]) -> None:
        """Take the record's names of these fields, and what a person need not see."""
        self._level, self._message, self._data, self._hidden = level, message, data, hidden

    def write(self, fields: Fields, _line: bytes, /) -> None:
        """Write time, level, message and data; a stack trace on lines of its own."""
        given = fields.get(self._data)
        data = dict(given) if isinstance(given, dict) else {}
        exception = data.pop("exception", None)
        rest = {key: value for key, value in fields.items() if key not in self._hidden} | data
        words = " ".join(f"{key}={value!r}" for key, value in rest.items())
        clock = str(next(iter(fields.values())))[11:23]
        text = f"{clock} {_coloured(str(fields[self._level]))} {fields[self._message]}  {words}"
        sys.stdout.write(text.rstrip() + "\n")
        if isinstance(exception, dict):
            sys.stdout.write(str(exception.get("stack_trace", "")))

    def close(self) -> None:
        """Leave standard output open: it is not ours."""


def on_terminal() -> bool:
    """Tell whether a person reads standard output; there may be none."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


def _coloured(level: str) -> str:
    if not on_terminal():
        return f"{level:8}"
    return f"\033[{_COLOURS[level]}m{level:8}\033[0m"
