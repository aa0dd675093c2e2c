"""Rotation by the application itself: by size, numbered, safe among processes.

Whoever finds the file too long renames it, under a lock that lasts for the renaming alone. Every
writer holds a shared lock on the file that it writes, so that a rotated file is compressed only
when nobody writes to it any more.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from intentlog.contract import Rotation

from .lock import unlock, wait_for_lock

_RETRY_SECONDS: Final = 5.0
_COMPRESSION: Final = 6


class Rotator:
    """Rotates one file: ``app.log.1`` is the youngest of those that are kept."""

    def __init__(self, path: Path, rotation: Rotation) -> None:
        """Take the file's path, and how it is rotated."""
        self.longest = rotation.max_bytes
        self._path = path
        self._keep = rotation.keep
        self._compresses = rotation.compress
        self._lock = path.with_name(f".{path.name}.lock")
        self._copy_path = path.with_name(f".{path.name}.gz")
        self._worker: threading.Thread | None = None

    def rotate(self, descriptor: int) -> None:
        """Rename the file if it is still the one that is open there, and still too long.

        Raises:
            OSError: It cannot be renamed.
        """
        with self._locked():
            try:
                named = self._path.stat()
            except FileNotFoundError:
                return
            if not os.path.samestat(named, os.fstat(descriptor)) or named.st_size < self.longest:
                return  # another process was faster
            self._shift()
        if self._compresses:
            self.compress_later()

    def compress_later(self) -> None:
        """Compress what was rotated, in a thread that ends when there is nothing left to do."""
        if self._worker is not None and self._worker.is_alive():  # it is not, in a forked child
            return
        import gzip  # noqa: F401, PLC0415 -- not in the thread, amid which somebody may fork
        import shutil  # noqa: F401, PLC0415

        worker = threading.Thread(target=self._compress_all, name="intentlog-gzip", daemon=True)
        with suppress(RuntimeError):  # the process is ending: whoever rotates next does it
            worker.start()
            self._worker = worker

    def _shift(self) -> None:
        for suffix in ("", ".gz"):
            with suppress(FileNotFoundError):
                self._numbered(self._keep, suffix).unlink()
        for number in range(self._keep - 1, 0, -1):
            for suffix in ("", ".gz"):
                with suppress(FileNotFoundError):
                    self._numbered(number, suffix).rename(self._numbered(number + 1, suffix))
        self._path.rename(self._numbered(1))

    def _numbered(self, number: int, suffix: str = "") -> Path:
        return self._path.with_name(f"{self._path.name}.{number}{suffix}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            wait_for_lock(descriptor, self._path)
            yield
        finally:
            unlock(descriptor)

    def _compress_all(self) -> None:
        with suppress(OSError):  # a full disk: the next rotation tries again
            while self._compress_some():
                time.sleep(_RETRY_SECONDS)

    def _compress_some(self) -> bool:
        """Compress what nobody writes any more, and say whether something is left."""
        left = False
        for number in range(1, self._keep + 1):
            try:
                with self._numbered(number).open("rb") as source, self._copy() as copy:
                    fcntl.flock(source, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._compress(source, copy)
            except FileNotFoundError:
                continue
            except BlockingIOError:  # somebody still has it open for writing, or compresses another
                left = True
        return left

    @contextmanager
    def _copy(self) -> Iterator[BinaryIO]:
        """Open the copy that is made of a file: one at a time, whoever makes it.

        Raises:
            BlockingIOError: Another process makes one.
        """
        file = self._copy_path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_named(file, self._copy_path):
                raise BlockingIOError  # it was finished just now
            try:
                file.truncate(0)  # a killed process may have left half of one
                yield file
            finally:
                if _is_named(file, self._copy_path):
                    self._copy_path.unlink()
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a child that was forked meanwhile would keep it
            file.close()

    def _compress(self, source: BinaryIO, copy: BinaryIO) -> None:
        import gzip  # noqa: PLC0415 -- most processes never rotate
        import shutil  # noqa: PLC0415

        status = os.fstat(source.fileno())
        with gzip.GzipFile("", "wb", _COMPRESSION, copy, status.st_mtime) as writer:
            shutil.copyfileobj(source, writer, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
        os.utime(copy.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))
        self._replace(status)

    def _replace(self, status: os.stat_result) -> None:
        """Put the copy in the place of the file, which may have been renamed since."""
        with self._locked():
            for number in range(1, self._keep + 1):
                file = self._numbered(number)
                with suppress(FileNotFoundError):
                    if os.path.samestat(file.stat(), status):
                        self._copy_path.rename(self._numbered(number, ".gz"))
                        _sync(self._path.parent)  # a loss of power leaves one or the other
                        file.unlink()
                        return


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_named(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
