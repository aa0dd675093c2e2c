"""The time of an event, as the contract writes it."""

import time
from datetime import UTC, datetime
from typing import Final

from intentlog.contract.record import TimestampForm

_MICROSECONDS: Final = 1_000_000
_THREE_DIGITS: Final = tuple(f"{number:03d}".encode() for number in range(1000))


class Timestamps:
    """Writes times as ISO 8601 in UTC; what is the same within a second is made once."""

    def __init__(self, form: TimestampForm) -> None:
        """Take how many digits there are after the second."""
        self._microseconds = form == "microseconds"
        self._last = (-2, b"")  # one tuple: another thread sees both or neither

    def encoded(self, created: float) -> bytes:
        """Return a time in seconds since the epoch; an impossible one is now."""
        second, start = self._last
        try:
            microsecond = int((created - second) * 1e6 + 0.5)
            if not 0 <= microsecond < _MICROSECONDS:
                second, start = self._last = _start(created)
                microsecond = int((created - second) * 1e6 + 0.5)
            digits = _THREE_DIGITS[microsecond // 1000]
        except (IndexError, OSError, OverflowError, TypeError, ValueError):
            return self.encoded(time.time())  # a record made by hand
        if self._microseconds:
            return start + digits + _THREE_DIGITS[microsecond % 1000] + b"Z"
        return start + digits + b"Z"


def _start(created: float) -> tuple[int, bytes]:
    """Return the second that a time belongs to, once it is rounded to microseconds."""
    second = int(created // 1)
    if int((created - second) * 1e6 + 0.5) == _MICROSECONDS:
        second += 1
    return second, f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.".encode()
