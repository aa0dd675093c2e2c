"""Asks files that may be rotated meanwhile.

DuckDB opens files by name, one after the other. At a rotation between two of them a file would be
read under both its names, or under none.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from intentlog.errors import BackendError, IntentlogError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from intentlog.query.table import Table

_TRIES: Final = 5


def steady(
    list_files: Callable[[], Sequence[Path]], ask: Callable[[Sequence[Path]], Table]
) -> Table:
    """Return an answer from files that had the same names before and after; ask again until then.

    Args:
        list_files: Lists the files as they are called now.
        ask: Asks them.

    Raises:
        IntentlogError: They cannot be asked, and it is not rotation that is to blame.
        BackendError: They were rotated during each of some attempts.
    """
    for _ in range(_TRIES):
        files = list_files()
        before = _identities(files)
        try:
            answer = ask(files)
        except IntentlogError:
            if before == _identities(list_files()):
                raise
        else:
            if before == _identities(list_files()):
                return answer
    raise BackendError(
        f"the files were rotated while they were read, {_TRIES} times; ask again, or about a "
        "shorter time"
    )


def _identities(files: Sequence[Path]) -> set[tuple[Path, int, int]]:
    found = set()
    for file in files:
        with suppress(FileNotFoundError):  # the list that is made next differs
            status = file.stat()
            found.add((file, status.st_dev, status.st_ino))
    return found
