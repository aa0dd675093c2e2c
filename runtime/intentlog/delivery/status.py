"""How far behind the delivery is: asked of the files and the state, whoever delivers."""

import time
from pathlib import Path
from typing import NamedTuple

from intentlog.contract import Contract

from .errors import DeliveryError
from .event_time import EventTimes
from .follower import Follower
from .state import StreamState, check_files, load_state


class StreamStatus(NamedTuple):
    """One stream's delivery.

    Attributes:
        stream: The stream's name.
        lines: Lines that are not delivered.
        bytes: Their bytes.
        seconds: The age of the oldest of them; 0 if there is none.
        delivered: Events that CloudWatch has taken.
        rejected: Events that CloudWatch refuses, which are in the dead-letter file.
        dropped: How many of them are not, because it was full.
        destroyed_bytes: What others cut off before it could be delivered.
        last_delivery: When something was last delivered, in seconds since the epoch; 0 for never.
        last_error: Why the last attempt failed, or a file cannot be read; empty if neither.
    """

    stream: str
    lines: int
    bytes: int
    seconds: float
    delivered: int
    rejected: int
    dropped: int
    destroyed_bytes: int
    last_delivery: float
    last_error: str


def status(contract: Contract, directory: Path) -> list[StreamStatus]:
    """Return the status of each stream that has a log group; nothing is changed.

    Raises:
        DeliveryError: There is no such directory, its state cannot be read, or another service
            delivers the same files.
    """
    if not directory.is_dir():
        raise DeliveryError(f"{directory}: there is no such directory")
    files = {name: contract.streams[name].file for name in contract.log_groups}
    check_files(directory, contract.service, files.values())
    state = load_state(directory, contract.service)
    state.name_anew(files)
    return [_of_stream(contract, directory, name, state.streams[name]) for name in files]


def _of_stream(contract: Contract, directory: Path, name: str, state: StreamState) -> StreamStatus:
    follower = Follower(directory / contract.streams[name].file, state)
    now = time.time()
    times = EventTimes(contract.record, first=int(now * 1000))
    lines, size, oldest = 0, 0, 0
    try:
        follower.look()
        follower.look()  # what cannot be read twice is no file that was just being renamed
        for line in follower.read():
            if not lines:
                oldest = times.of(line.text)
            lines += 1
            size += len(line.text) + 1
    finally:
        follower.close()
    return StreamStatus(
        stream=name,
        lines=lines,
        bytes=size,
        seconds=max(0.0, now - oldest / 1000) if lines else 0.0,
        delivered=state.delivered,
        rejected=state.rejected,
        dropped=state.dropped,
        destroyed_bytes=state.destroyed_bytes,
        last_delivery=state.last_delivery,
        last_error=state.last_error or follower.problem,
    )
