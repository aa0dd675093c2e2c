"""Where lines go: files that others may rotate."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from .record import Fields

_LOOK_SECONDS = 1.0


class Sink(Protocol):
    """Takes lines; what it cannot take is an ``OSError``.

    Attributes:
        reads_fields: Whether it needs a line's fields besides the line.
    """

    reads_fields: bool

    def write(self, fields: Fields, line: bytes, /) -> None:
        """Take one line, its newline included."""

    def close(self) -> None:
        """Let go of what it holds."""


class FileSink:
    """Appends lines to a file, each with one ``write(2)``: safe among threads and processes.

    Whoever rotates the file renames it; at most once a second, this looks whether the name
    still leads to the same file, and opens it anew if not. What is written until then is in the
    renamed file, which the agent reads to its end. It holds no lock: one would stay locked in a
    child that is forked meanwhile.
    """

    reads_fields = False

    def __init__(self, path: Path) -> None:
        """Take the file's path; the file is made when the first line comes."""
        self._path = path
        self._file: _OpenFile | None = None
        self._look_at = 0.0
        self._torn = False

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Append a line.

        Raises:
            OSError: It is not, or not wholly, in the file.
        """
        file = self._file
        now = time.monotonic()
        if now >= self._look_at or file is None:
            file = self._current(now)
        if self._torn and not self._ends_whole(file):
            line = b"\n" + line  # what a full disk cut off must not spoil this line, too
        written = os.write(file.descriptor, line)
        if written != len(line) or self._torn:
            self._write_rest(file, memoryview(line)[written:])

    def close(self) -> None:
        """Let the file go; it is closed once no other thread is writing to it."""
        self._file = None

    def _current(self, now: float) -> "_OpenFile":
        file = self._file
        if file is None or not self._is_there(file):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._file = _OpenFile(self._path)
        self._look_at = now + _LOOK_SECONDS
        return file

    def _write_rest(self, file: "_OpenFile", rest: memoryview) -> None:
        self._torn = bool(rest)
        while rest:
            rest = rest[os.write(file.descriptor, rest) :]
        self._torn = False

    def _ends_whole(self, file: "_OpenFile") -> bool:
        size = os.fstat(file.descriptor).st_size
        with self._path.open("rb") as reader:
            reader.seek(max(size - 1, 0))
            return reader.read(1) in {b"", b"\n"}

    def _is_there(self, file: "_OpenFile") -> bool:
        try:
            named = self._path.stat()
        except OSError:
            return False
        return os.path.samestat(named, os.fstat(file.descriptor))


class _OpenFile:
    """A descriptor that is closed with its last use.

    A thread may still be writing when another one has noticed the rotation; closed under its
    hands, its descriptor's number could by then be that of a socket.
    """

    __slots__ = ("descriptor",)

    def __init__(self, path: Path) -> None:
        flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
        self.descriptor = os.open(path, flags, 0o644)

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):  # never opened, or closed by somebody else
            os.close(self.descriptor)
