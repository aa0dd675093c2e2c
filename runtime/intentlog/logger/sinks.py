"""Where lines go: files that others may rotate, and the console."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from .line import Fields

_LOOK_SECONDS = 1.0


class Sink(Protocol):
    """Takes lines; what it cannot take is an ``OSError``."""

    def write(self, fields: Fields, line: bytes) -> None:
        """Take one line, its newline included."""

    def close(self) -> None:
        """Let go of what it holds."""


class FileSink:
    """Appends lines to a file, each with one ``write(2)``: safe among processes and threads.

    Whoever rotates the file renames it; at most once a second, this looks whether the name
    still leads to the same file, and opens it anew if not. What is written until then is in the
    renamed file, which the agent reads to its end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._looked = 0.0
        self._descriptor: int | None = None

    def write(self, _fields: Fields, line: bytes) -> None:
        """Append a line.

        Raises:
            OSError: It is not, or not wholly, in the file.
        """
        with self._lock:
            descriptor = self._current()
            written = os.write(descriptor, line)
            while written < len(line):
                written += os.write(descriptor, line[written:])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    def _current(self) -> int:
        now = time.monotonic()
        if self._descriptor is not None and now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            if not self._is_there(self._descriptor):
                self._close()
        if self._descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o644)
            self._looked = now
        return self._descriptor

    def _is_there(self, descriptor: int) -> bool:
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(descriptor))

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class JsonConsole:
    """Writes the lines themselves to standard output."""

    def write(self, _fields: Fields, line: bytes) -> None:
        """Write a line."""
        sys.stdout.write(line.decode())
        sys.stdout.flush()

    def close(self) -> None:
        """Leave standard output open: it is not ours."""


class PrettyConsole:
    """Writes lines as a developer likes to read them."""

    _COLOURS = {"DEBUG": 2, "INFO": 32, "WARNING": 33, "ERROR": 31, "CRITICAL": 35}  # noqa: RUF012

    def __init__(self, *, level: str, message: str, data: str, hidden: frozenset[str]) -> None:
        """Take the record's names of these fields, and what a person need not see."""
        self._level, self._message, self._data, self._hidden = level, message, data, hidden

    def write(self, fields: Fields, _line: bytes) -> None:
        """Write time, level, message and data; a stack trace on lines of its own."""
        level = str(fields[self._level])
        given = fields.get(self._data)
        data = dict(given) if isinstance(given, dict) else {}
        exception = data.pop("exception", None)
        rest = {key: value for key, value in fields.items() if key not in self._hidden} | data
        words = " ".join(f"{key}={value!r}" for key, value in rest.items())
        clock = next(iter(fields.values()))
        colour = self._COLOURS[level]
        text = f"{str(clock)[11:23]} \033[{colour}m{level:8}\033[0m {fields[self._message]}  {words}"
        sys.stdout.write(text.rstrip() + "\n")
        if isinstance(exception, dict):
            sys.stdout.write(str(exception.get("stack_trace", "")))

    def close(self) -> None:
        """Leave standard output open: it is not ours."""
