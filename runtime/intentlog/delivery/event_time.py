"""When a line's event was, from the line itself."""

from datetime import UTC, datetime
from typing import Final

from intentlog.contract import Record

_SECOND: Final = len("2026-11-22T10:30:45")


class EventTimes:
    """Reads the timestamp that a contract's lines begin with; what has none takes the last one."""

    def __init__(self, record: Record, *, first: int) -> None:
        """Take the contract's record, and the time of a first line that has none.

        Args:
            record: What a line is.
            first: In milliseconds since the epoch.
        """
        self._start = f'{{"{record.name_of("timestamp")}":"'.encode()
        self._end = len(self._start) + _SECOND
        self._last = first
        self._text, self._second = b"", 0

    def of(self, line: bytes) -> int:
        """Return a line's time in milliseconds since the epoch, rounded down."""
        own = self._own(line)
        if own is not None:
            self._last = own
        return self._last

    def has_time(self, line: str) -> bool:
        """Say whether a line has a time of its own."""
        return self._own(line.encode()) is not None

    def _own(self, line: bytes) -> int | None:
        end = self._end
        text = line[:end]
        try:
            if text != self._text:
                if not text.startswith(self._start):
                    return None
                self._second = _milliseconds(text[len(self._start) :])
                self._text = text
            return self._second + int(line[end + 1 : end + 4])
        except ValueError:  # somebody else's line
            return None


def _milliseconds(text: bytes) -> int:
    time = datetime.fromisoformat(text.decode("ascii")).replace(tzinfo=UTC)
    return int(time.timestamp()) * 1000
