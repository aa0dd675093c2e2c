"""The time of an event, as the contract writes it."""

import time
from datetime import UTC, datetime
from typing import Final

from intentlog.contract.record import TimestampForm

_MICROSECONDS: Final = 1_000_000
_THREE_DIGITS: Final = tuple(f"{number:03d}".encode() for number in range(1000))


class Timestamps:
    """Writes times as ISO 8601 in UTC; what is the same within a second is made once.

    Where lines come thick, so is what is the same within a millisecond.
    """

    def __init__(self, form: TimestampForm) -> None:
        """Take how many digits there are after the second."""
        self._microseconds = form == "microseconds"
        # Tuples, so that another thread sees all of one or nothing of it.
        self._second = (-2, b"")
        self._millisecond = (0.0, 0.0, b"")

    def encoded(self, created: float) -> bytes:
        """Return a time in seconds since the epoch; an impossible one is now."""
        begin, end, text = self._millisecond
        if begin < created < end:
            return text
        second, start = self._second
        try:
            rounded = (created - second) * 1e6 + 0.5
            if not 0 <= rounded < _MICROSECONDS:
                second, start = self._second = _start(created)
                rounded = (created - second) * 1e6 + 0.5
            microsecond = int(rounded)
            digits = _THREE_DIGITS[microsecond // 1000]
        except (IndexError, OSError, OverflowError, TypeError, ValueError):
            return self.encoded(time.time())  # a record made by hand
        if self._microseconds:
            return start + digits + _THREE_DIGITS[microsecond % 1000] + b"Z"
        text = start + digits + b"Z"
        begin = second + microsecond // 1000 / 1000
        # A microsecond off its ends, where rounding decides.
        self._millisecond = (begin + 1e-6, begin + 0.000_998, text)
        return text


def _start(created: float) -> tuple[int, bytes]:
    """Return the second that a time belongs to, once it is rounded to microseconds."""
    second = int(created // 1)
    if int((created - second) * 1e6 + 0.5) == _MICROSECONDS:
        second += 1
    # strftime imports, which it cannot at the interpreter's end, and writes 68 for the year 68.
    return second, f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}.".encode()
