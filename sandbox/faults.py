"""What goes wrong between a process and CloudWatch Logs, and when: for ``sandbox.strict_logs``."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal, NamedTuple

Fault = Literal[
    "refused",  # nobody listens
    "reset",  # the connection breaks before anything was taken
    "reset_after",  # what was sent is taken, and the connection breaks within the answer
    "hang",  # no answer, as long as the fault lasts
    "error",  # HTTP 500
    "throttled",
    "denied",
    "page",  # HTTP 200 from something else, a proxy perhaps
    "error_as_200",  # an error whose status does not say that it is one
]
FAULTS: Final[tuple[Fault, ...]] = (
    "refused",
    "reset",
    "reset_after",
    "hang",
    "error",
    "throttled",
    "denied",
    "page",
    "error_as_200",
)


class Span(NamedTuple):
    """When something goes wrong.

    Attributes:
        begin: In seconds from the schedule's start.
        end: The same.
        fault: What goes wrong.
    """

    begin: float
    end: float
    fault: Fault


def random_spans(rng: random.Random, seconds: float, *, longest: float) -> list[Span]:
    """Return faults for about half of a time, each ``longest`` seconds at most."""
    spans = []
    at = rng.uniform(0, longest)
    while at < seconds:
        end = at + rng.uniform(longest / 10, longest)
        spans.append(Span(at, end, rng.choice(FAULTS)))
        at = end + rng.uniform(0, longest)
    return spans


class Faults:
    """Says what goes wrong at the moment: by a schedule, or as a test wants it.

    Attributes:
        struck: How many requests each fault has struck.
    """

    def __init__(self, schedule: Sequence[Span] = ()) -> None:
        """Take a schedule, which starts now."""
        self._schedule = list(schedule)
        self._start = time.monotonic()
        self._wanted: Fault | None = None
        self._lock = threading.Lock()
        self.struck: dict[Fault, int] = dict.fromkeys(FAULTS, 0)

    def now(self) -> Fault | None:
        """Return what goes wrong now, if anything does."""
        if self._wanted is not None:
            return self._wanted
        at = time.monotonic() - self._start
        return next((span.fault for span in self._schedule if span.begin <= at < span.end), None)

    def strike(self) -> Fault | None:
        """Return what goes wrong with a request, and count it."""
        fault = self.now()
        if fault is not None:
            with self._lock:
                self.struck[fault] += 1
        return fault

    def end(self) -> None:
        """Let nothing go wrong from here on."""
        self._schedule.clear()
        self._wanted = None

    @contextmanager
    def during(self, fault: Fault) -> Iterator[None]:
        """Let something go wrong for as long as the ``with`` block lasts."""
        self._wanted = fault
        try:
            yield
        finally:
            self._wanted = None
