"""What could not be logged: counted, and told where it still can be."""

import sys
import time
from collections import Counter
from contextlib import suppress

_TELL_SECONDS = 60.0


class Losses:
    """Counts what was lost, and tells it on stderr, once a minute at most.

    Attributes:
        total: Writes lost since the logging was set up: a line of two files counts twice.
        untold: How many of them no line has told of yet.
    """

    def __init__(self) -> None:
        self.total = 0
        self.untold = 0
        self._reasons: Counter[str] = Counter()
        self._shown = self._asked = -_TELL_SECONDS

    def add(self, error: Exception, count: int = 1) -> None:
        """Count what an error kept from being written; it never raises."""
        # The type alone: the text of an error may hold what was to be logged.
        reason = getattr(error, "strerror", None) or type(error).__name__
        self.total += count
        self.untold += count
        self._reasons[str(reason)] += count
        now = time.monotonic()
        if now - self._shown >= _TELL_SECONDS:
            self._shown = now
            _show(f"intentlog: {self.total} writes lost so far, the last one: {reason}\n")

    def due(self) -> Counter[str]:
        """Return what is untold, by its reason; nothing if that was asked just now."""
        now = time.monotonic()
        if now - self._asked < _TELL_SECONDS:
            return Counter()
        self._asked = now
        return self._reasons.copy()

    def told(self, reasons: Counter[str]) -> None:
        """Count what a line has told of as told."""
        self.untold -= reasons.total()
        self._reasons -= reasons


def _show(text: str) -> None:
    with suppress(Exception):  # stderr may be closed; there is nobody left to tell
        sys.stderr.write(text)
