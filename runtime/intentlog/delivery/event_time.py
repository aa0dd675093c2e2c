"""When a line's event was, from the line itself."""

from datetime import UTC, datetime
from typing import Final

from intentlog.contract import Record

_SECOND: Final = len("2026-11-22T10:30:45")
_CACHED: Final = 1_000


class EventTimes:
    """Reads the timestamp that a contract's lines begin with; what has none takes the last one."""

    def __init__(self, record: Record, *, first: int) -> None:
        """Take the contract's record, and the time of a first line that has none.

        Args:
            record: What a line is.
            first: In milliseconds since the epoch.
        """
        self._start = f'{{"{record.name_of("timestamp")}":"'.encode()
        self._last = first
        self._seconds: dict[bytes, int] = {}

    def of(self, line: bytes) -> int:
        """Return a line's time in milliseconds since the epoch, rounded down."""
        if line.startswith(self._start):
            begin = len(self._start)
            try:
                second = self._second(line[begin : begin + _SECOND])
                milliseconds = int(line[begin + _SECOND + 1 : begin + _SECOND + 4])
            except ValueError:  # somebody else's line
                return self._last
            self._last = second * 1000 + milliseconds
        return self._last

    def _second(self, text: bytes) -> int:
        second = self._seconds.get(text)
        if second is None:
            second = int(
                datetime.fromisoformat(text.decode("ascii")).replace(tzinfo=UTC).timestamp()
            )
            if len(self._seconds) >= _CACHED:
                self._seconds.clear()
            self._seconds[text] = second
        return second
