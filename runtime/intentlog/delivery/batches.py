"""Batches of events, always within what PutLogEvents takes.

Source: Amazon CloudWatch Logs API Reference, "PutLogEvents".
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Final

import msgspec
from msgspec import structs

from .state import Cursor

MOST_BYTES: Final = 1_048_576
MOST_EVENTS: Final = 10_000
EVENT_OVERHEAD: Final = 26
LONGEST_EVENT: Final = MOST_BYTES - EVENT_OVERHEAD
MOST_SPAN: Final = 24 * 3_600_000  # milliseconds
OLDEST: Final = 14 * 24 * 3_600_000
NEWEST: Final = 2 * 3_600_000
_MARGIN: Final = 60_000
"""What is near a limit is taken as beyond it: an answer's time is a second's, and some time old."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """An event, and the place in its file that it came from.

    Attributes:
        timestamp: When it was, in milliseconds since the epoch.
        message: The line.
        size: Its bytes as the service counts them.
        cursor: The file.
        end: Where the line ends there.
    """

    timestamp: int
    message: str
    size: int
    cursor: Cursor
    end: int


class Batch:
    """Events that go together, those that cannot go, and how far both reach in their files.

    Attributes:
        events: What is to be delivered, as it came.
        refused: What the service does not take, and why.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refused: list[tuple[Event, str]] = []
        self._bytes = self._passed_bytes = 0
        self._reached: dict[int, tuple[Cursor, int]] = {}

    def __bool__(self) -> bool:
        """Whether anything has been read for it."""
        return bool(self._reached)

    def takes(self, event: Event) -> bool:
        """Take an event, or say that it does not fit any more."""
        if self.events and (
            self._bytes + event.size > MOST_BYTES or len(self.events) >= MOST_EVENTS
        ):
            return False
        self._bytes += event.size
        self.events.append(event)
        self._reached[id(event.cursor)] = (event.cursor, event.end)
        return True

    def refuse(self, event: Event, reason: str) -> None:
        """Take an event that the service will not take."""
        self.refused.append((event, reason))
        self.pass_over(event)

    def pass_over(self, event: Event) -> None:
        """Take an event that is not to be delivered; it may lie before others of the batch."""
        self._passed_bytes += event.size
        _, before = self._reached.get(id(event.cursor), (event.cursor, 0))
        self._reached[id(event.cursor)] = (event.cursor, max(before, event.end))

    @property
    def passes_more(self) -> bool:
        """Whether it has room for more that is not to be delivered: that takes memory, too."""
        return self._passed_bytes < MOST_BYTES

    def calls(self) -> Iterator[list[Event]]:
        """Yield the events of each call: by their time, else as they came; within 24 hours.

        It is one call, unless a clock jumped or the lines of a day are few.
        """
        events = sorted(self.events, key=attrgetter("timestamp"))
        start = 0
        while start < len(events):
            limit = events[start].timestamp + MOST_SPAN
            end = bisect_left(events, limit, lo=start, key=attrgetter("timestamp"))
            yield events[start:end]
            start = end

    def check_times(self, now: int, has_time: Callable[[str], bool]) -> None:
        """Refuse what the service does not take for its time.

        A line without a time of its own is no reason to: if the time that it was given is not
        taken, it gets that of the last event before it that is, else the service's.

        Args:
            now: The service's time, in milliseconds since the epoch.
            has_time: Whether a line has a time of its own.
        """
        times = [event.timestamp for event in self.events]
        if not times or not (refusal(min(times), now) or refusal(max(times), now)):
            return
        taken, last = [], now
        for event in self.events:
            reason = refusal(event.timestamp, now)
            if reason and has_time(event.message):
                self.refuse(event, reason)
                continue
            last = last if reason else event.timestamp
            taken.append(structs.replace(event, timestamp=last) if reason else event)
        self.events = taken

    def done(self, events: Sequence[Event]) -> None:
        """Take out events that need not be delivered any more."""
        if len(events) == len(self.events):
            self.events = []
            return
        gone = {(id(event.cursor), event.end) for event in events}
        self.events = [e for e in self.events if (id(e.cursor), e.end) not in gone]

    def commit(self) -> None:
        """Move the cursors to what the batch has reached."""
        for cursor, end in self._reached.values():
            cursor.offset = end


def refusal(timestamp: int, now: int) -> str | None:
    """Return why the service would not take an event of a time, if so.

    Args:
        timestamp: The event's time, in milliseconds since the epoch.
        now: The service's time, likewise.
    """
    if timestamp < now - OLDEST + _MARGIN:
        return "older than 14 days"
    if timestamp > now + NEWEST - _MARGIN:
        return "more than two hours in the future"
    return None
