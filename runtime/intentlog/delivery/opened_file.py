"""A file of a stream, open: what it is does not change, whatever becomes of its name."""

import errno
import gzip
import hashlib
import os
import stat
from contextlib import suppress
from io import FileIO

from .state import Cursor
from .stream_files import StreamFile


class OpenedFile:
    """Reads a file, its compression taken off; open, its inode is given to no other file."""

    def __init__(self, file: StreamFile) -> None:
        """Open a file that was seen.

        Raises:
            OSError: It cannot be opened, or its name leads to another one by now.
        """
        self.compressed = file.compressed
        self._file = FileIO(file.path, opener=_without_waiting)
        self._unzipped = gzip.GzipFile(fileobj=self._file) if file.compressed else None
        self._kept, self._kept_at = b"", 0
        status = os.fstat(self._file.fileno())
        if (status.st_dev, status.st_ino) != (file.device, file.inode):
            self.close()
            raise FileNotFoundError(file.path)
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise OSError(errno.EINVAL, "is no regular file")

    def read(self, start: int, size: int) -> bytes:
        """Return uncompressed bytes.

        Raises:
            EOFError: It is still being compressed.
            OSError: It cannot be read.
            zlib.error: Its compressed bytes are spoilt.
        """
        if self._unzipped is None:
            return os.pread(self._file.fileno(), size, start)
        # To go back means to begin anew: what was read last is kept instead.
        before = start - self._kept_at
        kept = self._kept[before:] if 0 <= before <= len(self._kept) else b""
        if self._unzipped.tell() != start + len(kept):
            self._unzipped.seek(start + len(kept))
        self._kept_at, self._kept = start, kept + self._unzipped.read(max(0, size - len(kept)))
        return self._kept[:size]

    def size(self) -> int:
        """Return the number of its bytes; of compressed ones, of all of them, modulo 4 GiB.

        That stands at the end of a gzipped file (RFC 1952).
        """
        size = self.stored()
        if self._unzipped is None:
            return size
        return int.from_bytes(os.pread(self._file.fileno(), 4, max(0, size - 4)), "little")

    def stored(self) -> int:
        """Return the number of its bytes on the disk, compressed or not."""
        return os.fstat(self._file.fileno()).st_size

    def ends_at(self, offset: int) -> bool:
        """Say whether there is nothing beyond an offset."""
        return self.size() <= offset if self._unzipped is None else self.size() == offset % 2**32

    def begins_as(self, cursor: Cursor) -> bool:
        """Say whether it begins as the file does that a cursor is of."""
        first = self.read(0, cursor.head_bytes)
        return cursor.head_bytes == len(first) > 0 and digest(first) == cursor.head

    def close(self) -> None:
        """Close it."""
        if self._unzipped is not None:
            with suppress(OSError, EOFError):
                self._unzipped.close()
        self._file.close()


def _without_waiting(path: str, flags: int) -> int:
    """Open what may be a pipe, which would wait for somebody who writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def digest(first: bytes) -> str:
    """Return what stands for a file's first bytes in a state."""
    return hashlib.sha256(first).hexdigest()
