"""How far each file has been delivered: kept beside the files, replaced as a whole."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from .errors import DeliveryError

STATE_FILE: Final = ".intentlog-ship.json"
SYNCED_FILE: Final = ".intentlog-ship.synced.json"


class Cursor(msgspec.Struct, kw_only=True, omit_defaults=True, eq=False):
    """How far one file has been delivered.

    A file is known by device and inode, and by its first bytes: they stay the same when it is
    compressed or copied, and differ when its inode has been given to another file.

    Attributes:
        name: The file's name when it was last seen.
        device: The device that it is on.
        inode: Its inode there.
        head: SHA-256 of its first bytes, hexadecimal.
        head_bytes: How many of them.
        offset: Bytes delivered, uncompressed.
        size: Bytes that it had when it was last looked at, uncompressed.
        missed: How many looks at the directory it was not found in.
    """

    name: str
    device: int
    inode: int
    head: str = ""
    head_bytes: int = 0
    offset: int = 0
    size: int = 0
    missed: int = 0


class StreamState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of one stream's delivery.

    Attributes:
        log_stream: The CloudWatch log stream that it goes to.
        cursors: Of each file that is there.
        delivered: Events that CloudWatch has taken.
        rejected: Events that it refuses, which are in the dead-letter file.
        dropped: How many of them are not, because it was full.
        destroyed_bytes: What others cut off before it could be delivered.
        last_delivery: When something was last delivered, in seconds since the epoch.
        last_error: Why the last attempt failed; empty if it did not.
    """

    log_stream: str = ""
    cursors: list[Cursor] = []
    delivered: int = 0
    rejected: int = 0
    dropped: int = 0
    destroyed_bytes: int = 0
    last_delivery: float = 0.0
    last_error: str = ""


class State(msgspec.Struct, kw_only=True):
    """The delivery of a directory's streams.

    Attributes:
        streams: By the stream's name in the contract.
    """

    streams: dict[str, StreamState] = {}


def load_state(directory: Path) -> State:
    """Return a directory's state; an empty one if there is none yet.

    Raises:
        DeliveryError: It cannot be read. Nothing is guessed: a lost state would deliver all again.
    """
    path = directory / STATE_FILE
    try:
        return _decoded(path)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.MsgspecError) as error:
        with suppress(OSError, msgspec.MsgspecError):
            return _decoded(directory / SYNCED_FILE)
        raise DeliveryError(
            f"{path}: cannot be read: {error}; remove it to deliver all files from their beginning"
        ) from error


def save_state(directory: Path, state: State, *, sync: bool = True) -> None:
    """Replace a directory's state: whoever reads it sees the old one or the new one.

    Args:
        directory: The log directory.
        state: The state.
        sync: Whether it survives a loss of power, too. If not, the last one is kept that does.

    Raises:
        OSError: It is not saved.
    """
    path = directory / STATE_FILE
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        if sync:
            os.fsync(descriptor)
    if sync:
        synced = directory / SYNCED_FILE
        with suppress(OSError):  # not every file system has links
            synced.unlink(missing_ok=True)
            synced.hardlink_to(fresh)
    fresh.replace(path)


def _decoded(path: Path) -> State:
    return msgspec.json.decode(path.read_bytes(), type=State)
