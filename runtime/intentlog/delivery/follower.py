"""Follows a stream's files: whatever happens to them, each line is read once and in its order."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .followed_file import GONE_LOOKS, FollowedFile, Line
from .opened_file import OpenedFile
from .state import Cursor, StreamState
from .stream_files import StreamFile, stream_files

_UNREADABLE: Final = (OSError, EOFError, zlib.error)
_Identity = tuple[int, int]


class Follower:
    """Reads what is new in a stream's files, the oldest first.

    A file is read to its end under whatever name, also after it was removed: it stays open until
    all of it is delivered. What is written to it late is found, too, as long as it is there. The
    cursors are only moved by whoever delivers; ``read`` goes on where the last ``read`` ended.

    Attributes:
        problem: Why a file could not be read when the directory was last looked at, if so.
    """

    def __init__(self, path: Path, state: StreamState) -> None:
        """Take the path of the file that is written, and what is known of its delivery."""
        self.problem = ""
        self._path = path
        self._state = state
        self._followed: dict[_Identity, FollowedFile] = {}
        self._read_to: dict[int, int] = {}  # of cursors whose file is sought, by their ids
        self._failed: dict[_Identity, str] = {}
        self._spoilt: dict[_Identity, tuple[int, str]] = {}  # at which size, and why

    @property
    def sees_all(self) -> bool:
        """Whether every file with something to deliver was there, and could be opened, last time.

        One that was not found may just have been renamed, or is gone: the next looks will tell.
        """
        missed = any(each.missed and each.offset < each.size for each in self._state.cursors)
        return not self._failed and not missed

    def look(self) -> None:
        """Look at the directory: files that came, went, were renamed, cut off or compressed."""
        files = {(file.device, file.inode): file for file in stream_files(self._path)}
        self._check_followed(files)
        held = {id(followed.cursor) for followed in self._followed.values()}
        loose = [cursor for cursor in self._state.cursors if id(cursor) not in held]
        known = {(cursor.device, cursor.inode) for cursor in loose}
        failed_before, self._failed = self._failed, {}
        # What is being copied or compressed is there twice; the original is preferred.
        found = sorted(files.values(), key=lambda file: (file.compressed, not file.active))
        for file in found:
            if (file.device, file.inode) in known:
                self._try_to_follow(file, loose, known=True)
        for file in found:
            self._try_to_follow(file, loose)
        again = [text for key, text in self._failed.items() if key in failed_before]
        self.problem = again[0] if again else ""
        if not self._failed:
            self._forget(loose)
        self._sort(list(files))

    def read(self) -> Iterator[Line]:
        """Yield the lines that were not read yet, as far as they are whole."""
        for identity, followed in list(self._followed.items()):
            try:
                yield from followed.lines()
            except _UNREADABLE as error:  # half compressed, cut off, a disk's error: looked at anew
                if followed.compressed:
                    self._spoilt[identity] = followed.stored, str(error)
                self._let_go(identity)

    def close(self) -> None:
        """Let go of all files."""
        for identity in list(self._followed):
            self._let_go(identity)

    def _check_followed(self, files: dict[_Identity, StreamFile]) -> None:
        for identity, followed in list(self._followed.items()):
            file = files.get(identity)
            # The cursor of what was cut off is free for a copy that somebody made before.
            try:
                ended = followed.is_done() if file is None else not followed.is_still(file)
            except _UNREADABLE:
                ended = True
            if ended:
                self._let_go(identity)
            else:
                self._state.destroyed_bytes += followed.take_destroyed()

    def _try_to_follow(self, file: StreamFile, loose: list[Cursor], *, known: bool = False) -> None:
        identity = (file.device, file.inode)
        if identity not in self._followed:
            try:
                self._check_spoilt(identity, file)
                self._follow(file, loose, known=known)
            except _UNREADABLE as error:  # gone again, half compressed, too many open files
                self._failed[identity] = f"{file.path.name}: {error}"

    def _check_spoilt(self, identity: _Identity, file: StreamFile) -> None:
        """Do not read a broken file again and again: only when it has changed.

        Raises:
            OSError: It has not.
        """
        size, reason = self._spoilt.get(identity, (0, ""))
        if reason:
            if size == file.size:
                raise OSError(reason)
            del self._spoilt[identity]

    def _let_go(self, identity: _Identity) -> None:
        followed = self._followed.pop(identity)
        self._read_to[id(followed.cursor)] = followed.at
        followed.close()

    def _follow(self, file: StreamFile, loose: list[Cursor], *, known: bool) -> None:
        """Follow a file, unless it is a copy; with ``known``, only if its cursor is sure."""
        opened = OpenedFile(file)
        try:
            if opened.compressed and not opened.read(0, 1):  # gzip has only just made it
                opened.close()
                return
            cursor = self._cursor_of(file, opened, loose)
            if known:
                leave = cursor is None or not _is_of(cursor, file)
            else:
                leave = cursor is None and not file.active and self._is_copy(opened)
            if leave:
                opened.close()
                return
            cursor = cursor or _cursor_of_empty(file, loose)
            fresh = Cursor(name=file.path.name, device=file.device, inode=file.inode)
            at = max(cursor.offset, self._read_to.get(id(cursor), 0)) if cursor else 0
            if cursor and not opened.compressed and at > file.size:
                # Its end was cut off, and what is there may have been written since: better all of
                # it again than a line not at all. The old cursor, of no file any more, is kept
                # until what was read is delivered.
                cursor.device = cursor.inode = 0
                cursor, at = None, 0
            cursor = cursor or fresh
            followed = FollowedFile(opened, cursor, at, active=file.active)
        except BaseException:
            opened.close()
            raise
        self._read_to.pop(id(cursor), None)
        cursor.missed = 0
        self._followed[file.device, file.inode] = followed
        self._state.destroyed_bytes += followed.take_destroyed()
        cursor.name, cursor.device, cursor.inode = file.path.name, file.device, file.inode
        if cursor in loose:
            loose.remove(cursor)
        else:
            self._state.cursors.append(cursor)

    @staticmethod
    def _cursor_of(file: StreamFile, opened: OpenedFile, loose: list[Cursor]) -> Cursor | None:
        """Return the cursor of what begins as the file does, best of the file's own inode."""
        alike = [cursor for cursor in loose if cursor.inode and opened.begins_as(cursor)]
        own = [cursor for cursor in alike if _is_of(cursor, file)]
        return next(iter(own + alike), None)

    def _is_copy(self, opened: OpenedFile) -> bool:
        """Say whether it is being made of a file that is followed, by compression for instance."""
        return any(opened.begins_as(followed.cursor) for followed in self._followed.values())

    def _forget(self, loose: list[Cursor]) -> None:
        """Forget cursors whose file is not found; what was not delivered of it is destroyed.

        What was read of it may still be on its way, or be lost with this process: till it is
        delivered, the cursor is kept.
        """
        for cursor in loose:
            cursor.missed += 1
            if cursor.missed >= GONE_LOOKS and self._read_to.get(id(cursor), 0) <= cursor.offset:
                self._state.cursors.remove(cursor)
                self._state.destroyed_bytes += max(0, cursor.size - cursor.offset)
                self._read_to.pop(id(cursor), None)

    def _sort(self, order: list[_Identity]) -> None:
        removed = [identity for identity in self._followed if identity not in order]
        self._followed = {
            identity: self._followed[identity]
            for identity in (*removed, *order)
            if identity in self._followed
        }


def _is_of(cursor: Cursor, file: StreamFile) -> bool:
    return (cursor.device, cursor.inode) == (file.device, file.inode)


def _cursor_of_empty(file: StreamFile, loose: list[Cursor]) -> Cursor | None:
    """Return the cursor of a file that had nothing in it when it was last looked at."""
    return next((c for c in loose if not c.head_bytes and _is_of(c, file)), None)
