"""Follows a stream's files: whatever happens to them, each line is read once and in its order."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from .state import Cursor, StreamState
from .stream_files import (
    HEAD_BYTES,
    StreamFile,
    has_head,
    hash_of,
    head_of,
    open_uncompressed,
    stream_files,
    uncompressed_size,
)

if TYPE_CHECKING:
    from gzip import GzipFile

CHUNK_BYTES: Final = 1_048_576
"""What is read at once, at most; a longer line is handed on in pieces."""

_QUIET_LOOKS: Final = 60
_Identity = tuple[int, int]


class Line(NamedTuple):
    """A line of a file, without its newline.

    Attributes:
        text: Its bytes.
        cursor: The file that it is of.
        end: Where it ends there, with its newline: the cursor's offset once it is delivered.
    """

    text: bytes
    cursor: Cursor
    end: int


class Follower:
    """Reads what is new in a stream's files, the oldest first.

    A file is read to its end under whatever name, also after it was removed: it stays open until
    then. What is written to it late is found, too, as long as it is there. The cursors are only
    moved by whoever delivers; ``read`` goes on where the last ``read`` ended.
    """

    def __init__(self, path: Path, state: StreamState) -> None:
        """Take the path of the file that is written, and what is known of its delivery."""
        self._path = path
        self._state = state
        self._followed: dict[_Identity, _Followed] = {}
        self._read_to: dict[int, int] = {}  # of cursors whose file is sought, by their ids

    def look(self) -> None:
        """Look at the directory: files that came, went, were renamed, cut off or compressed."""
        files = {(file.device, file.inode): file for file in stream_files(self._path)}
        self._check_followed(files)
        held = {id(followed.cursor) for followed in self._followed.values()}
        loose = [cursor for cursor in self._state.cursors if id(cursor) not in held]
        all_seen = True
        # What is being compressed is there twice; the original is preferred.
        for file in sorted(files.values(), key=lambda file: file.compressed):
            if (file.device, file.inode) not in self._followed:
                try:
                    self._follow(file, loose)
                except (OSError, EOFError):  # gone again, half compressed, too many open files
                    all_seen = False
        if all_seen:
            self._forget(loose)
        self._sort(list(files))

    def read(self) -> Iterator[Line]:
        """Yield the lines that were not read yet, as far as they are whole."""
        for identity, followed in list(self._followed.items()):
            try:
                yield from followed.lines()
            except (OSError, EOFError):  # half compressed, or a disk's error: looked at anew
                followed.close()
                del self._followed[identity]

    def close(self) -> None:
        """Let go of all files."""
        for followed in self._followed.values():
            followed.close()
        self._followed.clear()

    def _check_followed(self, files: dict[_Identity, StreamFile]) -> None:
        for identity, followed in list(self._followed.items()):
            file = files.get(identity)
            if file is None:
                ended = followed.is_finished()
            else:
                # The cursor of what was cut off is free for a copy that somebody made before.
                ended = not followed.is_still(file)
            if ended:
                self._read_to[id(followed.cursor)] = followed.at
                followed.close()
                del self._followed[identity]

    def _follow(self, file: StreamFile, loose: list[Cursor]) -> None:
        cursor = self._cursor_of(file, loose)
        if cursor is None:
            if not file.active and self._is_copy(file):
                return
            cursor = Cursor(name=file.path.name, device=file.device, inode=file.inode)
            if file.compressed:
                cursor.head, cursor.head_bytes = head_of(file)
        elif not file.compressed and cursor.offset > file.size:  # its end was cut off
            self._state.destroyed_bytes += max(0, cursor.size - cursor.offset)
            cursor.offset = file.size
            self._read_to.pop(id(cursor), None)
        at = max(cursor.offset, self._read_to.pop(id(cursor), 0))
        self._followed[file.device, file.inode] = _Followed(file, cursor, at)
        cursor.name, cursor.device, cursor.inode = file.path.name, file.device, file.inode
        if cursor in loose:
            loose.remove(cursor)
        else:
            self._state.cursors.append(cursor)

    def _cursor_of(self, file: StreamFile, loose: list[Cursor]) -> Cursor | None:
        """Return the cursor of what begins as the file does, best of the file's own inode."""
        own = [c for c in loose if (c.device, c.inode) == (file.device, file.inode)]
        for cursor in own:
            if not cursor.head_bytes or has_head(file, cursor):
                return cursor
        return next((cursor for cursor in loose if has_head(file, cursor)), None)

    def _is_copy(self, file: StreamFile) -> bool:
        """Say whether it is being made of a file that is followed, by compression for instance."""
        return any(has_head(file, followed.cursor) for followed in self._followed.values())

    def _forget(self, loose: list[Cursor]) -> None:
        for cursor in loose:
            self._state.cursors.remove(cursor)
            self._read_to.pop(id(cursor), None)
            self._state.destroyed_bytes += max(0, cursor.size - cursor.offset)

    def _sort(self, order: list[_Identity]) -> None:
        removed = [identity for identity in self._followed if identity not in order]
        self._followed = {
            identity: self._followed[identity]
            for identity in (*removed, *order)
            if identity in self._followed
        }


class _Followed:
    """An open file, and how far it has been read; closed when there is nothing more to come."""

    def __init__(self, file: StreamFile, cursor: Cursor, at: int) -> None:
        self.cursor = cursor
        self.at = at
        self._compressed = file.compressed
        self._active = file.active
        self._quiet_looks = 0
        self._reader: IO[bytes] | GzipFile | None = None
        if not (file.compressed and uncompressed_size(file.path) == at % 2**32):
            self._reader = open_uncompressed(file.path)
        self._note()

    def is_still(self, file: StreamFile) -> bool:
        """Say whether the file has only grown since it was last looked at."""
        self._quiet_looks = self._quiet_looks + 1 if file.size == self.cursor.size else 0
        self._active = file.active
        self.cursor.name = file.path.name
        reader = self._plain()
        if reader is None:
            return True
        head = os.pread(reader, self.cursor.head_bytes, 0)
        if self._size(reader) < self.at or hash_of(head) != self._head():
            return False
        self._note()
        return True

    def is_finished(self) -> bool:
        """Say whether all of a file that was removed is delivered."""
        reader = self._plain()
        return reader is None or self._size(reader) <= self.cursor.offset

    def lines(self) -> Iterator[Line]:
        """Yield the lines that are whole; of a file that nobody writes any more, the last as is.

        Raises:
            EOFError: It is still being compressed.
            OSError: It cannot be read.
        """
        while chunk := self._chunk():
            end = chunk.rfind(b"\n") + 1
            if not end:
                if len(chunk) < CHUNK_BYTES and not self._is_left():
                    return
                end = len(chunk)
            yield from self._lines_of(chunk[:end])
        if self._compressed:
            self.close()

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _chunk(self) -> bytes:
        reader = self._plain()
        if reader is not None:
            if self.cursor.head_bytes < HEAD_BYTES:  # before anything of it is delivered
                self._note()
            return os.pread(reader, CHUNK_BYTES, self.at)
        if self._reader is None:
            return b""
        self._reader.seek(self.at)
        return self._reader.read(CHUNK_BYTES)

    def _lines_of(self, chunk: bytes) -> Iterator[Line]:
        start = 0
        while start < len(chunk):
            newline = chunk.find(b"\n", start)
            end = len(chunk) if newline < 0 else newline + 1
            text = chunk[start : end if newline < 0 else newline]
            self.at += end - start
            start = end
            yield Line(text, self.cursor, self.at)

    def _is_left(self) -> bool:
        """Say whether nobody will write the rest of the last line."""
        return self._compressed or (not self._active and self._quiet_looks > _QUIET_LOOKS)

    def _plain(self) -> int | None:
        """Return the descriptor of a file that is not compressed."""
        return None if self._reader is None or self._compressed else self._reader.fileno()

    def _head(self) -> tuple[str, int]:
        return self.cursor.head, self.cursor.head_bytes

    def _note(self) -> None:
        """Note the file's size and its first bytes, of which there may be more now."""
        reader = self._plain()
        if reader is not None:
            self.cursor.size = self._size(reader)
            if self.cursor.head_bytes < HEAD_BYTES:
                head = os.pread(reader, HEAD_BYTES, 0)
                self.cursor.head, self.cursor.head_bytes = hash_of(head)

    @staticmethod
    def _size(descriptor: int) -> int:
        return os.fstat(descriptor).st_size
