"""A state of the version before, which was the directory's, whatever service it was of."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from .lock import is_locked
from .state import decoded_state, state_file, synced_file

_STATE_FILE: Final = ".intentlog-ship.json"
_SYNCED_FILE: Final = ".intentlog-ship.synced.json"
_LOCK_FILE: Final = ".intentlog-ship.lock"


def adopt_old_state(directory: Path, service: str, files: Iterable[str]) -> bool:
    """Make it the state of the service whose files it is of, so that nothing is delivered again.

    Args:
        directory: The log directory.
        service: The service.
        files: Its streams' files.

    Returns:
        Whether the directory may be delivered: not while the version before does it.

    Raises:
        OSError: It cannot be renamed.
    """
    old = directory / _STATE_FILE
    if not old.exists() or state_file(directory, service).exists():
        return True
    if is_locked(directory / _LOCK_FILE):
        return False
    if _is_of(old, files):
        with suppress(FileNotFoundError):
            (directory / _SYNCED_FILE).rename(synced_file(directory, service))
        old.rename(state_file(directory, service))
    return True


def _is_of(old: Path, files: Iterable[str]) -> bool:
    try:
        streams = decoded_state(old).streams.values()
    except msgspec.MsgspecError:  # whoever loads it says so
        return True
    return any(stream.is_of(file) for stream in streams for file in files)
