"""The files that lines are written to: rotated by others or by the process itself."""

import errno
import fcntl
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from .rotation import Rotator

_LOOK_SECONDS: Final = 1.0
_TORN_LOOKS: Final = 20
_TORN_SECONDS: Final = 0.002
_NONE: Final = -1
_FIRST_OTHER: Final = 3

Fields = dict[str, object]


class FileSink:
    """Appends lines to a file, each with one ``write(2)``: safe among threads and processes.

    Whoever rotates the file renames it; at most once a second, this looks whether the name
    still leads to the same file, and opens it anew if not. What is written until then is in the
    renamed file, which is read to its end. It holds no lock that another would wait for: one
    would stay locked in a child that is forked meanwhile.
    """

    reads_fields = False

    def __init__(
        self,
        path: Path,
        *,
        rotator: Rotator | None = None,
        sync_seconds: float | None = None,
        look_seconds: float = _LOOK_SECONDS,
        takes_back: bool = False,
    ) -> None:
        """Take the file's path; the file is made when the first line comes.

        Args:
            path: The file's path.
            rotator: Rotates the file. Default: others do, or nobody.
            sync_seconds: How long a line may wait until it is on the disk itself; 0 for not at
                all. With another number, the next line after that time takes those before along.
                Default: the operating system decides.
            look_seconds: How long a rotation may go unnoticed.
            takes_back: Whether of a line that cannot be written wholly nothing is left: only where
                nobody else writes at the same time.
        """
        self._path = path
        self._look_seconds = look_seconds
        self._takes_back = takes_back
        self._rotator = rotator
        self._sync_seconds = sync_seconds
        self._has_more_to_do = rotator is not None or sync_seconds is not None
        self._file: _OpenFile | None = None
        self._look_at = self._sync_at = self._rotate_at = 0.0

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Append a line.

        Raises:
            OSError: It is not, or not wholly, in the file.
        """
        file = self._file
        now = time.monotonic()
        if now >= self._look_at or file is None:
            file = self._current(now)
        torn = file.torn
        if torn:
            line = b"\n" + line
        try:
            written = os.write(file.descriptor, line)
        except OSError as failure:
            if failure.errno != errno.EBADF:
                raise
            # Somebody closes every descriptor, as daemons do.
            file.descriptor, self._file = _NONE, None
            file = self._current(now)
            written = os.write(file.descriptor, line)
        if written != len(line):
            self._write_rest(file, line, written)
        if torn:
            file.torn = False
        if self._has_more_to_do:
            self._after(file, now)

    def close(self) -> None:
        """Let the file go; it is closed once no other thread is writing to it."""
        self._file = None

    def _after(self, file: "_OpenFile", now: float) -> None:
        if self._sync_seconds is not None and now >= self._sync_at:
            os.fsync(file.descriptor)
            self._sync_at = now + self._sync_seconds
        if self._rotator is not None and file.end() >= self._rotator.longest:
            self._rotate(self._rotator, file, now)

    def _current(self, now: float) -> "_OpenFile":
        file = self._file
        if file is None or not self._is_there(file):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                file = self._file = _opened(self._path)
            except OSError:
                if file is None or not file.is_readable_somewhere():
                    raise
        self._look_at = now + self._look_seconds
        return file

    def _rotate(self, rotator: Rotator, file: "_OpenFile", now: float) -> None:
        self._look_at = 0.0  # who else rotated it is seen with the next line
        if now >= self._rotate_at:
            try:
                rotator.rotate(file.descriptor)
            except OSError:  # a line more is better than a line less: it grows, and is tried again
                self._rotate_at = now + _LOOK_SECONDS

    def _write_rest(self, file: "_OpenFile", line: bytes, written: int) -> None:
        try:
            while written < len(line):
                written += os.write(file.descriptor, line[written:])
        except OSError:
            if not (self._takes_back and file.take_back(written)):
                file.torn = not self._ended(file, line[:written])
            raise

    def _ended(self, file: "_OpenFile", piece: bytes) -> bool:
        """End a line that a full disk cut off: it is not to spoil the next one, whoever's that is.

        Its last byte becomes the line's end, because there is no room for another.
        """
        with suppress(OSError), self._path.open("r+b", buffering=0) as again:
            end = file.end()
            if file.is_same(os.fstat(again.fileno())):
                again.seek(end - len(piece))
                if again.read(len(piece)) == piece:
                    again.seek(end - 1)
                    return again.write(b"\n") == 1
        return False

    def _is_there(self, file: "_OpenFile") -> bool:
        return file.is_named(self._path) and file.is_open()


def _opened(path: Path) -> "_OpenFile":
    """Open a file for appending, as one that nobody may compress as long as it is open."""
    while True:
        file = _OpenFile(path)
        try:
            fcntl.flock(file.descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:  # it was rotated just now, and is being compressed
            continue
        except OSError:  # a file system without locks has no rotation of ours to fear
            return file
        if file.is_named(path):
            file.torn = file.ends_within_a_line(path)
            return file


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
        self.descriptor = _beyond_standard(os.open(path, flags, 0o644))
        self._stat = os.fstat(self.descriptor)
        self.torn = False

    def end(self) -> int:
        """Return where what was written last ends in the file."""
        return os.lseek(self.descriptor, 0, os.SEEK_CUR)

    def take_back(self, size: int) -> bool:
        """Cut off what was written last, if that can be done."""
        with suppress(OSError):
            os.ftruncate(self.descriptor, self.end() - size)
            return True
        return False

    def is_same(self, status: os.stat_result) -> bool:
        """Say whether this is the file of which somebody knows this."""
        return os.path.samestat(status, self._stat)

    def is_named(self, path: Path) -> bool:
        """Say whether a name leads to it."""
        try:
            return self.is_same(path.stat())
        except OSError:
            return False

    def is_open(self) -> bool:
        """Say whether the descriptor is still ours; else, let go of the number."""
        try:
            ours = self.is_same(os.fstat(self.descriptor))
        except OSError:
            ours = False
        if not ours:
            self.descriptor = _NONE
        return ours

    def ends_within_a_line(self, path: Path) -> bool:
        """Say whether a process that was killed left a piece of a line at its end."""
        if not stat.S_ISREG(self._stat.st_mode):
            return False
        with suppress(OSError), path.open("rb", buffering=0) as again:
            for _ in range(_TORN_LOOKS):
                status = os.fstat(again.fileno())
                if not self.is_same(status) or not status.st_size:
                    return False
                if os.pread(again.fileno(), 1, status.st_size - 1) == b"\n":
                    return False
                time.sleep(_TORN_SECONDS)  # it may be just being written
            return True
        return False

    def is_readable_somewhere(self) -> bool:
        """Say whether it has a name, though perhaps another one by now."""
        with suppress(OSError):
            status = os.fstat(self.descriptor)
            return self.is_same(status) and status.st_nlink > 0
        return False

    def __del__(self) -> None:
        with suppress(
            AttributeError, OSError, TypeError
        ):  # never opened; the interpreter is ending
            if self.is_open():
                os.close(self.descriptor)


def _beyond_standard(descriptor: int) -> int:
    """Return another number for a descriptor that has one of standard input, output or error.

    Where those are closed, as in a daemon, whatever is printed would be in the log's file.
    """
    if descriptor >= _FIRST_OTHER:
        return descriptor
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_OTHER)
    finally:
        os.close(descriptor)
