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

    def failed(self, *, throttled: bool = False) -> float:
        """Return how many seconds to wait after a failure: a second at least if throttled."""
        bound = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        return self._rng.uniform(1.0 if throttled else 0.0, max(bound, 2.0 if throttled else 0.0))

    def succeeded(self) -> None:
        """Begin anew with the next failure."""
        self._failures = 0
