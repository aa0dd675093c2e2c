"""What could not be logged: counted, and told where it still can be."""

import sys
import time
from collections.abc import Mapping

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
        self._reasons: dict[str, int] = {}
        self._shown = self._asked = -_TELL_SECONDS

    def add(self, error: Exception, count: int = 1) -> None:
        """Count what an error kept from being written; it never raises."""
        self.total += count
        self.untold += count
        try:
            # The type alone: the text of an error may hold what was to be logged.
            strerror = error.strerror if isinstance(error, OSError) else None
            reason = str(strerror or type(error).__name__)
            self._reasons[reason] = self._reasons.get(reason, 0) + count
            self._show(reason)
        except Exception:  # noqa: BLE001, S110 -- stderr may be closed, the interpreter ending
            pass

    def due(self, *, at_once: bool = False) -> dict[str, int]:
        """Return what is untold, by its reason; nothing if that was asked just now."""
        now = time.monotonic()
        if now - self._asked < _TELL_SECONDS and not at_once:
            return {}
        self._asked = now
        return {reason: count for reason, count in self._reasons.copy().items() if count}

    def told(self, reasons: Mapping[str, int]) -> None:
        """Count what a line has told of as told."""
        for reason, count in reasons.items():
            self.untold -= count
            self._reasons[reason] -= count

    def _show(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._shown >= _TELL_SECONDS:
            self._shown = now
            text = f"intentlog: {self.total} writes lost so far, the last one: {reason}\n"
            sys.stderr.write(text)
