"""Reads what is new in a file that others write and rotate, as the CloudWatch agent does."""

import os
from pathlib import Path
from typing import BinaryIO


class Tail:
    """One file, read line by line from where the last ``commit`` left it.

    A file that was renamed is followed to its end before the new one of that name is opened; a
    file that became shorter is read from its start. A last line without a line end waits.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._read_to = 0

    def lines(self) -> list[str]:
        """Return the complete lines since the last commit; the same ones until there is one."""
        lines = self._rest()
        if not lines and self._was_replaced():
            self.close()
            lines = self._rest()
        return lines

    def commit(self) -> None:
        """Take what ``lines`` returned as delivered."""
        if self._file is not None:
            self._file.seek(self._read_to)

    def close(self) -> None:
        """Let go of the file; the next ``lines`` starts at the beginning of what has its name."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rest(self) -> list[str]:
        if self._file is None:
            if not self.path.is_file():
                return []
            self._file = self.path.open("rb")
        start = self._file.tell()
        if self._file.seek(0, 2) < start:
            start = 0
        self._file.seek(start)
        block = self._file.read()
        self._file.seek(start)
        complete = block[: block.rfind(b"\n") + 1]
        self._read_to = start + len(complete)
        # Not splitlines(): that also splits at characters a JSON string may hold.
        return complete.decode("utf-8", errors="replace").split("\n")[:-1]

    def _was_replaced(self) -> bool:
        if self._file is None or not self.path.is_file():
            return False
        return not os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))
