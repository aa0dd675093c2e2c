"""Exactly one shipper a directory, among threads, processes and forks."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

LOCK_FILE: Final = ".intentlog-ship.lock"


class DirectoryLock:
    """A lock on a directory, which ends with its process at the latest."""

    def __init__(self, directory: Path) -> None:
        """Take the directory."""
        self._path = directory / LOCK_FILE
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock, or say that somebody else has it.

        Raises:
            OSError: The directory cannot be written.
        """
        if self._descriptor is not None and not _has_name(self._descriptor):
            self.release()  # somebody removed its file: the next one would not be kept out
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; in a forked child, that leaves the parent's lock as it is."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):
                os.close(descriptor)


def _has_name(descriptor: int) -> bool:
    try:
        return os.fstat(descriptor).st_nlink > 0
    except OSError:  # somebody closed every descriptor, as daemons do
        return False


def unlock(descriptor: int) -> None:
    """Unlock and close a file: to close it leaves it locked if a child was forked meanwhile."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)
