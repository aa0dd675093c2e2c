"""Locks: of a service's one shipper in a directory, and of what several processes write."""

import fcntl
import os
import re
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from .errors import DeliveryError

_LONG_SECONDS: Final = 5.0


class Holder(msgspec.Struct, kw_only=True):
    """Who has a directory.

    Attributes:
        pid: The process, as it is numbered where it runs; 0 if that is not known.
        host: The host, or the container, that it runs on.
        since: Since when, in seconds since the epoch.
    """

    pid: int = 0
    host: str = ""
    since: float = 0.0


class DirectoryLock:
    """A lock on a directory for one service, which ends with its process at the latest."""

    def __init__(self, directory: Path, service: str) -> None:
        """Take the directory, and the contract's service."""
        self._path = lock_file(directory, service)
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
            _sign(descriptor)
        return True

    def release(self) -> None:
        """Let go; in a forked child, that leaves the parent's lock as it is."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):
                os.close(descriptor)


def lock_file(directory: Path, service: str) -> Path:
    """Return where the lock of a service is."""
    return directory / f".intentlog-ship.{service}.lock"


def is_locked(path: Path) -> bool:
    """Say whether somebody has the lock of a file; a file that is not there is free."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(directory: Path, service: str) -> Holder | None:
    """Return who delivers a service's files in a directory; None if nobody does.

    Raises:
        DeliveryError: The lock cannot be looked at.
    """
    path = lock_file(directory, service)
    try:
        if not is_locked(path):
            return None
    except OSError as error:
        raise DeliveryError(f"{path}: {error.strerror}") from error
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    return Holder()


def _sign(descriptor: int) -> None:
    """Say in the lock's file who has it; without room on the disk, it is a lock all the same."""
    me = Holder(pid=os.getpid(), host=os.uname().nodename, since=time.time())
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(me), 0)


def _has_name(descriptor: int) -> bool:
    try:
        return os.fstat(descriptor).st_nlink > 0
    except OSError:  # somebody closed every descriptor, as daemons do
        return False


def wait_for_lock(descriptor: int, path: Path) -> None:
    """Lock an opened file; if that takes long, say on standard error who has it.

    Args:
        descriptor: The file.
        path: What is written under the lock.

    Raises:
        OSError: The file system has no locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        teller = threading.Timer(_LONG_SECONDS, _tell_of_waiting, (descriptor, path))
        teller.daemon = True
        with suppress(RuntimeError):  # the process is ending, or has too many threads
            teller.start()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        finally:
            teller.cancel()


def _tell_of_waiting(descriptor: int, path: Path) -> None:
    with suppress(Exception):  # standard error may be closed
        who = f"process {pid}" if (pid := _locked_by(descriptor)) else "another process"
        sys.stderr.write(
            f"intentlog: {path}: a line has waited {_LONG_SECONDS:g} s for {who}, which writes to "
            "it and does not go on: is it stopped?\n"
        )


def _locked_by(descriptor: int) -> int:
    """Return who has a lock, as Linux tells it; 0 if it does not."""
    inode = os.fstat(descriptor).st_ino
    held = re.compile(rf"^\d+: FLOCK +ADVISORY +WRITE (\d+) \S+:{inode} ", re.MULTILINE)
    with suppress(OSError):
        if found := held.search(Path("/proc/locks").read_text(encoding="ascii")):
            return int(found[1])
    return 0


def unlock(descriptor: int) -> None:
    """Unlock and close a file: to close it leaves it locked if a child was forked meanwhile."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)
