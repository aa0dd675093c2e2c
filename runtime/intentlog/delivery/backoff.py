"""How long to wait before another attempt."""

import random
from typing import Final

FIRST_SECONDS: Final = 0.2
LONGEST_SECONDS: Final = 60.0


class Backoff:
    """Full jitter: a random time up to a bound that doubles with each failure.

    Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        """Take what chooses. Default: seeded by the system."""
        self._rng = rng or random.Random()  # noqa: S311 -- no secret
        self._failures = 0

    def failed(self, *, throttled: bool = False, took: float = 0.0) -> float:
        """Return how many seconds to wait after a failure.

        Args:
            throttled: Whether fewer requests are asked for: it is a second at least.
            took: How many seconds the attempt took. It is that at least: a call that hangs keeps
                the others waiting, and is not to have more than half of the time.
        """
        bound = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        least, most = (1.0, max(bound, 2.0)) if throttled else (0.0, bound)
        return max(took, self._rng.uniform(least, most))

    def succeeded(self) -> None:
        """Begin anew with the next failure."""
        self._failures = 0
