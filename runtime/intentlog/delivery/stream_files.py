"""The files of a stream: the one that is written, and those that were rotated away."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

HEAD_BYTES: Final = 1024
"""By so many of its first bytes a file is known."""
_GZIP: Final = 16 + 15  # zlib manual, inflateInit2


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
    ``app.log-20261122``. A file that is renamed meanwhile may be missing: look again. A compressed
    copy counts once the file that it is made of is gone; a process that is killed leaves both.
    """
    rotated = _rotated(path.name)
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
        if not is_copy(file.path):
            found.append((_age(match, status), file))
    return [file for _, file in sorted(found, key=lambda item: item[0])]


def rotated_from(file: str, name: str) -> bool:
    """Say whether a name is a file's own, or one that rotation gives it."""
    return name == file or _rotated(file).fullmatch(name) is not None


def is_copy(path: Path) -> bool:
    """Say whether it is compressed, and what it is made of is still beside it."""
    if path.suffix != ".gz" or not (original_path := path.with_suffix("")).exists():
        return False
    import zlib  # noqa: PLC0415 -- loggers look for a trail's files, and hardly ever get here

    with (
        suppress(OSError, zlib.error),
        original_path.open("rb") as original,
        path.open("rb") as packed,
    ):
        head = zlib.decompressobj(_GZIP).decompress(packed.read(2 * HEAD_BYTES), HEAD_BYTES)
        return original.read(HEAD_BYTES).startswith(head)
    return False


def _rotated(file: str) -> re.Pattern[str]:
    return re.compile(re.escape(file) + r"(?:\.(\d+)|-(\d[\d-]*))(?:\.gz)?")


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
