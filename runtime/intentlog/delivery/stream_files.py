"""The files of a stream: the one that is written, and those that were rotated away."""

import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from .state import Cursor

HEAD_BYTES: Final = 1024


class StreamFile(NamedTuple):
    """A file of a stream, as it was when the directory was looked at.

    Attributes:
        path: Where it is.
        device: The device that it is on.
        inode: Its inode there.
        size: Its bytes, compressed or not.
        active: Whether it is the one that is written.
    """

    path: Path
    device: int
    inode: int
    size: int
    active: bool

    @property
    def compressed(self) -> bool:
        """Whether its lines are gzipped."""
        return self.path.suffix == ".gz"


def stream_files(path: Path) -> list[StreamFile]:
    """Return a stream's files, oldest first; the one that is written last.

    Rotated are ``app.log.1``, ``app.log.2.gz``, ... and, of logrotate's ``dateext``,
    ``app.log-20261122``. A file that is renamed meanwhile may be missing: look again.
    """
    rotated = re.compile(re.escape(path.name) + r"(?:\.(\d+)|-(\d[\d-]*))(?:\.gz)?")
    found: list[tuple[tuple[float, float], StreamFile]] = []
    for entry in _entries(path.parent):
        match = rotated.fullmatch(entry.name)
        if match is None and entry.name != path.name:
            continue
        try:
            status = entry.stat()
        except OSError:  # renamed or removed just now
            continue
        file = StreamFile(
            Path(entry.path), status.st_dev, status.st_ino, status.st_size, match is None
        )
        found.append((_age(match, status), file))
    return [file for _, file in sorted(found, key=lambda item: item[0])]


def head_of(file: StreamFile) -> tuple[str, int]:
    """Return the hash of a file's first bytes, uncompressed, and how many they are.

    Raises:
        OSError: It cannot be read.
    """
    with open_uncompressed(file.path) as reader:
        return hash_of(reader.read(HEAD_BYTES))


def has_head(file: StreamFile, cursor: Cursor) -> bool:
    """Say whether a file begins as the one does that a cursor is of.

    Raises:
        OSError: It cannot be read.
    """
    if not cursor.head_bytes:
        return False
    with open_uncompressed(file.path) as reader:
        return hash_of(reader.read(cursor.head_bytes)) == (cursor.head, cursor.head_bytes)


def hash_of(head: bytes) -> tuple[str, int]:
    """Return the hash of bytes and their number."""
    return hashlib.sha256(head).hexdigest(), len(head)


def open_uncompressed(path: Path) -> IO[bytes] | gzip.GzipFile:
    """Open a file for reading, its compression taken off.

    Raises:
        OSError: It cannot be opened.
    """
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb", buffering=0)


def uncompressed_size(path: Path) -> int:
    """Return a gzipped file's uncompressed size modulo 4 GiB, as stands at its end (RFC 1952).

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as reader:
        reader.seek(-4, os.SEEK_END)
        return int.from_bytes(reader.read(4), "little")


def _entries(directory: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            yield from entries
    except OSError:
        return


def _age(match: re.Match[str] | None, status: os.stat_result) -> tuple[float, float]:
    """Return what sorts files from the oldest to the one that is written."""
    if match is None:
        return (2, 0)
    if match[1]:
        return (1, -int(match[1]))
    return (0, status.st_mtime)
