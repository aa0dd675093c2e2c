"""A file that is followed: what of it was read, and whether it has only grown since."""

import errno
import os
from collections.abc import Iterator
from typing import Final

import msgspec

from .batches import LONGEST_EVENT
from .opened_file import OpenedFile, digest
from .state import Cursor
from .stream_files import HEAD_BYTES, StreamFile

CHUNK_BYTES: Final = LONGEST_EVENT
"""What is read at once, at most; a longer line is handed on in pieces."""

_QUIET_LOOKS: Final = 60
"""So often nothing must have changed until the end of a torn line is no longer waited for."""

GONE_LOOKS: Final = 3
"""So often a file must not be found: a directory that is read while files are renamed in it may
lack one, and a writer notices within a second that its file has gone."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line of a file, without its newline.

    Attributes:
        text: Its bytes.
        cursor: The file that it is of.
        end: Where it ends there, with its newline: the cursor's offset once it is delivered.
    """

    text: bytes
    cursor: Cursor
    end: int


class FollowedFile:
    """An open file, and how far it has been read."""

    def __init__(self, opened: OpenedFile, cursor: Cursor, at: int, *, active: bool) -> None:
        self.cursor = cursor
        self.at = at
        self.compressed = opened.compressed
        self._opened = opened
        self._active = active
        self._quiet_looks = 0
        self._destroyed = 0 if self.compressed else max(0, cursor.size - opened.size())
        self._ended = opened.compressed and opened.ends_at(at)
        self._lines, self._start = b"", 0  # what is read and not yet handed on begins at ``at``
        self.cursor.size = opened.size()
        self._knows_it()

    @property
    def stored(self) -> int:
        """How many bytes it takes on the disk."""
        return self._opened.stored()

    def is_still(self, file: StreamFile) -> bool:
        """Say whether the file has only grown since it was last looked at."""
        self._active = file.active
        self.cursor.name = file.path.name
        return self.compressed or self._has_only_grown()

    def is_done(self) -> bool:
        """Say whether a file that is not found any more need not be followed any more."""
        self._active = False
        if not self._has_only_grown():
            return True
        return self._quiet_looks >= GONE_LOOKS and self._opened.ends_at(self.cursor.offset)

    def take_destroyed(self) -> int:
        """Return how many bytes were cut off that were not read; they are told once."""
        destroyed, self._destroyed = self._destroyed, 0
        return destroyed

    def lines(self) -> Iterator[Line]:
        """Yield the lines that are whole; of a file that nobody writes any more, the last as is.

        Raises:
            EOFError: It is still being compressed.
            OSError: It cannot be read, or is another one by now.
            zlib.error: It is spoilt.
        """
        while self._start < len(self._lines) or self._read_on():
            newline = self._lines.find(b"\n", self._start)
            end = len(self._lines) if newline < 0 else newline + 1
            text = self._lines[self._start : end if newline < 0 else newline]
            self.at += end - self._start
            self._start = end
            yield Line(text, self.cursor, self.at)

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def _read_on(self) -> bool:
        """Read the next whole lines, or say that there are none."""
        if self._ended:
            return False
        chunk = self._opened.read(self.at, CHUNK_BYTES)
        if chunk and not self._knows_it():
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        end = chunk.rfind(b"\n") + 1
        if not end and (len(chunk) == CHUNK_BYTES or self._is_left()):
            end = len(chunk)
        self._lines, self._start = chunk[:end], 0
        self._ended = self.compressed and not chunk
        self.cursor.size = max(self.cursor.size, self.at + end)
        return bool(end)

    def _knows_it(self) -> bool:
        """Say whether the file begins as ever; note its first bytes, if there are more now."""
        if self.compressed and self.cursor.head_bytes:
            return True
        first = self._opened.read(0, HEAD_BYTES)
        if digest(first[: self.cursor.head_bytes]) != self.cursor.head and self.cursor.head_bytes:
            return False
        if self.cursor.head_bytes < len(first):
            self.cursor.head, self.cursor.head_bytes = digest(first), len(first)
        return True

    def _is_left(self) -> bool:
        """Say whether nobody will write the rest of the last line."""
        return self.compressed or (not self._active and self._quiet_looks > _QUIET_LOOKS)

    def _has_only_grown(self) -> bool:
        """Say whether what was read of it is still there, and note what is new."""
        size = self._opened.size()
        if not self.compressed and (size < self.at or not self._knows_it()):
            return False
        self._quiet_looks = self._quiet_looks + 1 if size == self.cursor.size else 0
        if size < self.cursor.size:
            self._destroyed += self.cursor.size - size
            self._lines, self._start = b"", 0  # of what was read, some is no longer in the file
        self.cursor.size = size
        return True
