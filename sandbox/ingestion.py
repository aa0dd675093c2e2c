"""The documented limits of PutLogEvents: kept by the agent's stand-in, enforced by the sandbox."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

MAX_EVENTS: Final = 10_000
MAX_BYTES: Final = 1_048_576
EVENT_OVERHEAD_BYTES: Final = 26
MAX_SPAN_MS: Final = 24 * 3_600_000
MAX_AGE_MS: Final = 14 * 24 * 3_600_000
MAX_AHEAD_MS: Final = 2 * 3_600_000


class Event(NamedTuple):
    """A log event: its time in milliseconds since 1970, and its text."""

    time_ms: int
    message: str

    @property
    def size(self) -> int:
        """What it counts for in a batch."""
        text = self.message
        return (len(text) if text.isascii() else len(text.encode())) + EVENT_OVERHEAD_BYTES


def batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Sort events by time and cut them into batches that PutLogEvents accepts."""
    batch: list[Event] = []
    size = 0
    for event in sorted(events, key=lambda event: event.time_ms):
        if batch and (
            len(batch) == MAX_EVENTS
            or size + event.size > MAX_BYTES
            or event.time_ms - batch[0].time_ms > MAX_SPAN_MS
        ):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += event.size
    if batch:
        yield batch


def problem(events: list[Event]) -> str | None:
    """Say why PutLogEvents would refuse the whole batch, or None."""
    if len(events) > MAX_EVENTS:
        return f"a batch holds at most {MAX_EVENTS} log events; got {len(events)}"
    if (size := sum(event.size for event in events)) > MAX_BYTES:
        return f"a batch holds at most {MAX_BYTES} bytes; got {size}"
    if any(later.time_ms < earlier.time_ms for earlier, later in pairwise(events)):
        return "Log events in a single PutLogEvents request must be in chronological order."
    if events and events[-1].time_ms - events[0].time_ms > MAX_SPAN_MS:
        return "The batch of log events in a single PutLogEvents request cannot span over 24 hours."
    return None


def rejected(events: list[Event], now_ms: int) -> tuple[slice, dict[str, Any]]:
    """Return which events are stored, and the rejectedLogEventsInfo for the others."""
    old = sum(1 for event in events if event.time_ms < now_ms - MAX_AGE_MS)
    new = sum(1 for event in events if event.time_ms > now_ms + MAX_AHEAD_MS)
    information: dict[str, Any] = {}
    if old:
        information["tooOldLogEventEndIndex"] = old
    if new:
        information["tooNewLogEventStartIndex"] = len(events) - new
    return slice(old, len(events) - new), information
