"""How far each file has been delivered: kept beside the files, replaced as a whole."""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from .errors import DeliveryError
from .stream_files import rotated_from

_PREFIX: Final = ".intentlog-ship."


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
        file: The file that is written, by its name in the contract.
        log_stream: The CloudWatch log stream that it goes to.
        cursors: Of each file that is there.
        delivered: Events that CloudWatch has taken.
        rejected: Events that it refuses, which are in the dead-letter file.
        dropped: How many of them are not, because it was full.
        destroyed_bytes: What others cut off before it could be delivered.
        last_delivery: When something was last delivered, in seconds since the epoch.
        last_error: Why the last attempt failed; empty if it did not.
    """

    file: str = ""
    log_stream: str = ""
    cursors: list[Cursor] = []
    delivered: int = 0
    rejected: int = 0
    dropped: int = 0
    destroyed_bytes: int = 0
    last_delivery: float = 0.0
    last_error: str = ""

    def is_of(self, file: str) -> bool:
        """Say whether it is of a file; of a state that does not name one, by what was followed."""
        if self.file:
            return self.file == file
        return any(rotated_from(file, cursor.name) for cursor in self.cursors)


class State(msgspec.Struct, kw_only=True):
    """The delivery of a service's streams in a directory.

    Attributes:
        streams: By the stream's name in the contract.
    """

    streams: dict[str, StreamState] = {}

    def name_anew(self, files: Mapping[str, str]) -> bool:
        """Give each stream the state of its file, which may have had another stream's name.

        Args:
            files: The file of each stream.

        Returns:
            Whether that changes anything.
        """
        if files.items() <= {name: state.file for name, state in self.streams.items()}.items():
            return False
        left = dict(self.streams)
        named: dict[str, StreamState] = {}
        for stream, file in files.items():
            before = next((name for name, state in left.items() if state.is_of(file)), None)
            if before is not None:
                named[stream] = left.pop(before)
        for stream in files.keys() - named.keys():  # its file has another name now, or is new
            named[stream] = left.pop(stream, StreamState())
        for stream, file in files.items():
            named[stream].file = file
        self.streams = left | named
        return True


def state_file(directory: Path, service: str) -> Path:
    """Return where the state of a service is."""
    return directory / f"{_PREFIX}{service}.json"


def synced_file(directory: Path, service: str) -> Path:
    """Return where the last one is that survives a loss of power."""
    return directory / f"{_PREFIX}{service}.json.synced"


def check_files(directory: Path, service: str, files: Collection[str]) -> None:
    """Look whether another service delivers one of a service's files.

    Raises:
        DeliveryError: One does: each would repeat what the other has delivered.
    """
    own = state_file(directory, service)
    for path in sorted(directory.glob(f"{_PREFIX}*.json")):
        if path == own:
            continue
        with suppress(OSError, msgspec.MsgspecError):
            streams = _decoded(path).streams.values()
            other = path.name.removeprefix(_PREFIX).removesuffix(".json")
            for file in sorted({stream.file for stream in streams}.intersection(files)):
                raise DeliveryError(
                    f"{directory / file}: it is delivered for {other}, not for {service}: give "
                    f"each a log directory of its own; if {service} is its new name, rename "
                    f"{path.name} to {own.name}; if it is no longer there, remove {path.name}"
                )


def load_state(directory: Path, service: str) -> State:
    """Return a service's state in a directory; an empty one if there is none yet.

    Raises:
        DeliveryError: It cannot be read. Nothing is guessed: a lost state would deliver all again.
    """
    return read_state(state_file(directory, service), synced_file(directory, service))


def save_state(directory: Path, service: str, state: State, *, sync: bool = True) -> None:
    """Replace a service's state in a directory: whoever reads it sees the old one or the new one.

    Args:
        directory: The log directory.
        service: The service.
        state: The state.
        sync: Whether it survives a loss of power, too. If not, the last one is kept that does.

    Raises:
        OSError: It is not saved.
    """
    synced = synced_file(directory, service) if sync else None
    write_state(state_file(directory, service), synced, state)


def read_state(path: Path, synced: Path) -> State:
    """Return what a file has, or else the last one that survived; empty if there is no such file.

    Raises:
        DeliveryError: Neither can be read.
    """
    try:
        return _decoded(path)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.MsgspecError) as error:
        with suppress(OSError, msgspec.MsgspecError):
            return _decoded(synced)
        raise DeliveryError(
            f"{path}: cannot be read: {error}; remove it to deliver all files from their beginning"
        ) from error


def write_state(path: Path, synced: Path | None, state: State) -> None:
    """Replace what a file has; with ``synced``, both survive a loss of power.

    Raises:
        OSError: It is not replaced.
    """
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        if synced:
            os.fsync(descriptor)
    if synced:
        with suppress(OSError):  # not every file system has links
            synced.unlink(missing_ok=True)
            synced.hardlink_to(fresh)
    fresh.replace(path)


def _decoded(path: Path) -> State:
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error
