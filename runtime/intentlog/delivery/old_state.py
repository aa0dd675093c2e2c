"""A state of the version before, which was the directory's, whatever service it was of."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from .lock import is_locked
from .state import State, read_state, save_state, state_file, write_state

_STATE_FILE: Final = ".intentlog-ship.json"
_SYNCED_FILE: Final = ".intentlog-ship.synced.json"
_LOCK_FILE: Final = ".intentlog-ship.lock"


def adopt_old_state(directory: Path, service: str, files: Collection[str]) -> bool:
    """Give a service what is known there of its files, so that nothing is delivered again.

    What is known of others' files stays, for them.

    Args:
        directory: The log directory.
        service: The service.
        files: Its streams' files.

    Returns:
        Whether the directory may be delivered: not while the version before does it.

    Raises:
        DeliveryError: It cannot be read.
        OSError: It cannot be replaced.
    """
    old, synced = directory / _STATE_FILE, directory / _SYNCED_FILE
    if not old.exists() or state_file(directory, service).exists():
        return True
    if is_locked(directory / _LOCK_FILE):
        return False
    ours, others = State(), State()
    for name, stream in read_state(old, synced).streams.items():
        is_ours = any(stream.is_of(file) for file in files)
        (ours if is_ours else others).streams[name] = stream
    if ours.streams:
        save_state(directory, service, ours)
        write_state(old, synced, others)
    if not others.streams:
        for path in (synced, old):
            path.unlink(missing_ok=True)
    return True
