"""Rotation by the application itself: by size, numbered, safe among processes.

Whoever finds the file too long renames it, under a lock that lasts for the renaming alone. Every
writer holds a shared lock on the file that it writes, so that a rotated file is compressed only
when nobody writes to it any more.
"""

import fcntl
import glob
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from intentlog.contract import Rotation

from .lock import unlock

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
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            unlock(descriptor)

    def _compress_all(self) -> None:
        with suppress(OSError):  # a full disk: the next rotation tries again
            self._remove_stale()
            while self._compress_some():
                time.sleep(_RETRY_SECONDS)

    def _remove_stale(self) -> None:
        """Remove what a killed process had half compressed of files that are gone by now."""
        there = set()
        for number in range(1, self._keep + 1):
            with suppress(FileNotFoundError):
                there.add(self._numbered(number).stat().st_ino)
        for file in self._path.parent.glob(f".{glob.escape(self._path.name)}.*.gz"):
            if file.name.split(".")[-2] not in {str(inode) for inode in there}:
                file.unlink(missing_ok=True)

    def _compress_some(self) -> bool:
        """Compress what nobody writes any more, and say whether something is left."""
        left = False
        for number in range(1, self._keep + 1):
            with suppress(FileNotFoundError), self._numbered(number).open("rb") as source:
                left |= not self._compress(source.fileno())
        return left

    def _compress(self, source: int) -> bool:
        """Compress an open file, or say that somebody still has it open for writing."""
        try:
            fcntl.flock(source, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        import gzip  # noqa: PLC0415 -- most processes never rotate
        import shutil  # noqa: PLC0415

        status = os.fstat(source)
        fresh = self._path.with_name(f".{self._path.name}.{status.st_ino}.gz")
        try:
            with (
                open(source, "rb", closefd=False) as reader,
                fresh.open("wb") as file,
                gzip.GzipFile("", "wb", _COMPRESSION, file, status.st_mtime) as writer,
            ):
                shutil.copyfileobj(reader, writer, 1 << 20)
            os.utime(fresh, ns=(status.st_atime_ns, status.st_mtime_ns))
            self._replace(status, fresh)
        finally:
            fresh.unlink(missing_ok=True)
        return True

    def _replace(self, status: os.stat_result, fresh: Path) -> None:
        """Put the compressed file in the place of the file, which may have been renamed since."""
        with self._locked():
            for number in range(1, self._keep + 1):
                file = self._numbered(number)
                with suppress(FileNotFoundError):
                    if os.path.samestat(file.stat(), status):
                        fresh.rename(self._numbered(number, ".gz"))
                        file.unlink()
                        return
