"""From ``logging`` to the sinks: each line is built once and goes wherever it belongs."""

import logging
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from intentlog.contract import Predicate

from .formatter import StructuredFormatter
from .sinks import Sink

_COMPLAIN_SECONDS = 60.0


class StreamsHandler(logging.Handler):
    """Writes each record to every stream whose expression it matches.

    Whatever goes wrong is counted in ``lost`` and told on stderr once a minute; it never
    reaches the application.
    """

    def __init__(
        self, formatter: StructuredFormatter, routes: Sequence[tuple[Predicate, Sink]]
    ) -> None:
        super().__init__()
        self.lost = 0
        self._structured = formatter
        self._routes = routes
        self._complained = -_COMPLAIN_SECONDS

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; it never raises."""
        try:
            fields = self._structured.fields(record)
            line = self._structured.encode(fields)
        except Exception as error:  # noqa: BLE001 -- a log call never raises
            self._complain(error)
            return
        for matches, sink in self._routes:
            try:
                if matches(fields):
                    sink.write(fields, line)
            except Exception as error:  # noqa: BLE001 -- nor does one sink disturb another
                self._complain(error)

    def close(self) -> None:
        """Close every sink."""
        self.acquire()
        try:
            for _, sink in self._routes:
                sink.close()
        finally:
            self.release()
        super().close()

    def _complain(self, error: Exception) -> None:
        self.lost += 1
        now = time.monotonic()
        if now - self._complained >= _COMPLAIN_SECONDS:
            self._complained = now
            # The type alone: the text of an error may hold what was to be logged.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            _to_stderr(f"intentlog: {self.lost} writes lost so far, the last one: {reason}\n")


def _to_stderr(text: str) -> None:
    with suppress(Exception):  # stderr may be closed; there is nobody left to tell
        sys.stderr.write(text)
