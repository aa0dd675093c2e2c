"""Where lines go: files that others may rotate."""

import errno
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

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Append a line.

        Raises:
            OSError: It is not, or not wholly, in the file.
        """
        file = self._file
        now = time.monotonic()
        if now >= self._look_at or file is None:
            file = self._current(now)
        if file.torn:
            line = b"\n" + line
        try:
            written = os.write(file.descriptor, line)
        except OSError as failure:
            if failure.errno != errno.EBADF:
                raise
            self._file = None  # somebody closes every descriptor, as daemons do
            file = self._current(now)
            written = os.write(file.descriptor, line)
        if written != len(line):
            self._write_rest(file, line, written)
        file.torn = False

    def close(self) -> None:
        """Let the file go; it is closed once no other thread is writing to it."""
        self._file = None

    def _current(self, now: float) -> "_OpenFile":
        file = self._file
        if file is None or not self._is_there(file):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                file = self._file = _OpenFile(self._path)
            except OSError:
                if file is None or not file.is_readable_somewhere():
                    raise
        self._look_at = now + _LOOK_SECONDS
        return file

    def _write_rest(self, file: "_OpenFile", line: bytes, written: int) -> None:
        try:
            while written < len(line):
                written += os.write(file.descriptor, line[written:])
        except OSError:
            file.torn = not self._ended(file, line[:written])
            raise

    def _ended(self, file: "_OpenFile", piece: bytes) -> bool:
        """End a line that a full disk cut off: it is not to spoil the next one, whoever's that is.

        Its last byte becomes the line's end, because there is no room for another.
        """
        with suppress(OSError), self._path.open("r+b", buffering=0) as again:
            end = os.lseek(file.descriptor, 0, os.SEEK_CUR)
            if file.is_same(os.fstat(again.fileno())):
                again.seek(end - len(piece))
                if again.read(len(piece)) == piece:
                    again.seek(end - 1)
                    return again.write(b"\n") == 1
        return False

    def _is_there(self, file: "_OpenFile") -> bool:
        try:
            return file.is_same(self._path.stat()) and file.is_open()
        except OSError:
            return False


class _OpenFile:
    """A descriptor that is closed with its last use.

    A thread may still be writing when another one has noticed the rotation; closed under its
    hands, its descriptor's number could by then be that of a socket.

    Attributes:
        torn: Whether it may end with a piece of a line.
    """

    __slots__ = ("_stat", "descriptor", "torn")

    def __init__(self, path: Path) -> None:
        flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
        self.descriptor = os.open(path, flags, 0o644)
        self._stat = os.fstat(self.descriptor)
        self.torn = False

    def is_same(self, stat: os.stat_result) -> bool:
        """Say whether this is the file of which somebody knows this."""
        return os.path.samestat(stat, self._stat)

    def is_open(self) -> bool:
        """Say whether the descriptor is still ours: somebody may have closed it for us."""
        with suppress(OSError):
            return self.is_same(os.fstat(self.descriptor))
        return False

    def is_readable_somewhere(self) -> bool:
        """Say whether it has a name, though perhaps another one by now."""
        with suppress(OSError):
            stat = os.fstat(self.descriptor)
            return self.is_same(stat) and stat.st_nlink > 0
        return False

    def __del__(self) -> None:
        with suppress(
            AttributeError, OSError, TypeError
        ):  # never opened; the interpreter is ending
            if self.is_open():
                os.close(self.descriptor)
