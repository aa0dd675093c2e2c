"""How fast the bot is, and how often it succeeds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import fmean

from .events import log_performance_metrics


class Performance:
    """Collects figures, and logs them now and then."""

    def __init__(self) -> None:
        """Begin a window."""
        self._begin()

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._block_ms: list[float] = []
        self._earned: list[float] = []

    @contextmanager
    def block(self) -> Iterator[None]:
        """Measure the work on a block."""
        began = time.perf_counter()
        yield
        self._block_ms.append((time.perf_counter() - began) * 1000)

    def traded(self, earned: float) -> None:
        """Count a trade."""
        self._earned.append(earned)

    def report(self) -> None:
        """Log the figures of the window, and begin the next."""
        if self._block_ms:
            log_performance_metrics(
                metrics={
                    "blocks": len(self._block_ms),
                    "block_ms_mean": round(fmean(self._block_ms), 3),
                    "block_ms_max": round(max(self._block_ms), 3),
                    "trades": len(self._earned),
                    "earned_usdc": round(sum(self._earned), 2),
                },
                window_seconds=round(time.monotonic() - self._began, 3),
            )
        self._begin()
