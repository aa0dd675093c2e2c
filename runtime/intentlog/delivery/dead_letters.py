"""Lines that CloudWatch refuses: kept beside the stream, with the reason."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

SUFFIX: Final = ".rejected"


class DeadLetters:
    """Appends refused lines to ``<file>.rejected``, as JSON: ``{"reason": ..., "line": ...}``."""

    def __init__(self, path: Path) -> None:
        """Take the path of the stream's file."""
        self._path = path.with_name(path.name + SUFFIX)

    def add(self, lines: Iterable[tuple[str, str]]) -> None:
        """Keep lines, each with the reason why it is refused.

        Raises:
            OSError: They cannot be written.
        """
        text = b"".join(
            msgspec.json.encode({"reason": reason, "line": line}) + b"\n" for line, reason in lines
        )
        if text:
            with self._path.open("ab") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())  # the cursor moves beyond them next
