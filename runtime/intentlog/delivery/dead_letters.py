"""Lines that CloudWatch refuses: kept beside the stream, with the reason."""

import os
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Final

import msgspec

from intentlog.contract import Rotation

SUFFIX: Final = ".rejected"


class DeadLetters:
    """Appends refused lines to ``<file>.rejected``, as JSON: ``{"reason": ..., "line": ...}``.

    That file gets no longer than a file of the stream. What comes then is not kept: the first that
    were refused say why, and whoever looks at them makes room by removing them.
    """

    def __init__(self, path: Path, rotation: Rotation) -> None:
        """Take the path of the stream's file, and how it is rotated."""
        self._path = path.with_name(path.name + SUFFIX)
        self._longest = rotation.max_bytes

    def add(self, lines: Iterable[tuple[str, str]]) -> int:
        """Keep lines, each with the reason why it is refused; return how many found no room.

        Raises:
            OSError: They cannot be written.
        """
        letters = [
            msgspec.json.encode({"reason": reason, "line": line}) + b"\n" for line, reason in lines
        ]
        if not letters:
            return 0
        with self._path.open("ab") as file:
            room = self._longest - file.tell()
            fits = bisect_right(list(accumulate(map(len, letters))), room)
            file.writelines(letters[:fits])
            file.flush()
            os.fsync(file.fileno())  # the cursor moves beyond them next
        return len(letters) - fits
