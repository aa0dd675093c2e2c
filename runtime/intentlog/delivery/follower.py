"""Follows a stream's files: whatever happens to them, each line is read once and in its order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from .opened_file import HEAD_BYTES, OpenedFile
from .state import Cursor, StreamState
from .stream_files import StreamFile, stream_files

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
    all of it is delivered. What is written to it late is found, too, as long as it is there. The
    cursors are only moved by whoever delivers; ``read`` goes on where the last ``read`` ended.
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
                self._let_go(identity)

    def close(self) -> None:
        """Let go of all files."""
        for identity in list(self._followed):
            self._let_go(identity)

    def _check_followed(self, files: dict[_Identity, StreamFile]) -> None:
        for identity, followed in list(self._followed.items()):
            file = files.get(identity)
            # The cursor of what was cut off is free for a copy that somebody made before.
            if followed.is_delivered() if file is None else not followed.is_still(file):
                self._let_go(identity)

    def _let_go(self, identity: _Identity) -> None:
        followed = self._followed.pop(identity)
        self._read_to[id(followed.cursor)] = followed.at
        followed.close()

    def _follow(self, file: StreamFile, loose: list[Cursor]) -> None:
        opened = OpenedFile(file)
        try:
            cursor = self._cursor_of(file, opened, loose)
            if cursor is None and not file.active and self._is_copy(opened):
                opened.close()
                return
            cursor = cursor or Cursor(name=file.path.name, device=file.device, inode=file.inode)
            if not opened.compressed and cursor.offset > file.size:  # its end was cut off
                self._state.destroyed_bytes += max(0, cursor.size - cursor.offset)
                cursor.offset = file.size
                self._read_to.pop(id(cursor), None)
            at = max(cursor.offset, self._read_to.get(id(cursor), 0))
            followed = _Followed(opened, cursor, at, active=file.active)
        except BaseException:
            opened.close()
            raise
        self._read_to.pop(id(cursor), None)
        self._followed[file.device, file.inode] = followed
        cursor.name, cursor.device, cursor.inode = file.path.name, file.device, file.inode
        if cursor in loose:
            loose.remove(cursor)
        else:
            self._state.cursors.append(cursor)

    @staticmethod
    def _cursor_of(file: StreamFile, opened: OpenedFile, loose: list[Cursor]) -> Cursor | None:
        """Return the cursor of what begins as the file does, best of the file's own inode."""
        for cursor in loose:
            own = (cursor.device, cursor.inode) == (file.device, file.inode)
            if own and (not cursor.head_bytes or opened.begins_as(cursor)):
                return cursor
        return next((cursor for cursor in loose if opened.begins_as(cursor)), None)

    def _is_copy(self, opened: OpenedFile) -> bool:
        """Say whether it is being made of a file that is followed, by compression for instance."""
        return any(opened.begins_as(followed.cursor) for followed in self._followed.values())

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
    """An open file, and how far it has been read."""

    def __init__(self, opened: OpenedFile, cursor: Cursor, at: int, *, active: bool) -> None:
        self.cursor = cursor
        self.at = at
        self._opened = opened
        self._active = active
        self._quiet_looks = 0
        self._ended = opened.compressed and opened.ends_at(at)
        self._note()

    def is_still(self, file: StreamFile) -> bool:
        """Say whether the file has only grown since it was last looked at."""
        self._active = file.active
        self.cursor.name = file.path.name
        if self._opened.compressed:
            return True
        before = self.cursor.head, self.cursor.head_bytes
        size = self._opened.size()
        if size < self.at or self._opened.head(self.cursor.head_bytes) != before:
            return False
        self._quiet_looks = self._quiet_looks + 1 if size == self.cursor.size else 0
        self._note()
        return True

    def is_delivered(self) -> bool:
        """Say whether all of a file that was removed is delivered."""
        return self._opened.ends_at(self.cursor.offset)

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
        self._ended = self._opened.compressed

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def _chunk(self) -> bytes:
        if self._ended:
            return b""
        if self.cursor.head_bytes < HEAD_BYTES:  # before anything of it is delivered
            self._note()
        return self._opened.read(self.at, CHUNK_BYTES)

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
        return self._opened.compressed or (not self._active and self._quiet_looks > _QUIET_LOOKS)

    def _note(self) -> None:
        """Note the file's size and its first bytes, of which there may be more now."""
        self.cursor.size = self._opened.size()
        if self.cursor.head_bytes < HEAD_BYTES:
            self.cursor.head, self.cursor.head_bytes = self._opened.head()
