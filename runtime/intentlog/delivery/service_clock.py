"""The service's clock: it judges times and signatures by that, and a host's may be wrong."""

import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final

# Nobody sets it, and a suspended machine does not stop it.
_STEADY: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_ALIKE_SECONDS: Final = 60


class ServiceClock:
    """Tells what time it is where the service is, once one of its answers has."""

    def __init__(self) -> None:
        self._started: float | None = None  # when the steady clock was 0, by the service's

    def learn(self, date: str | None) -> None:
        """Take the header ``Date`` of an answer; what is none changes nothing."""
        with suppress(ValueError):
            if date:
                told = parsedate_to_datetime(date).timestamp()
                self._started = told - time.clock_gettime(_STEADY)

    def now(self) -> int | None:
        """Return the time in milliseconds since the epoch; None before the first answer.

        An answer tells it to the second: where the host's clock is right, that is better.
        """
        if self._started is None:
            return None
        return int((time.time() - self._ahead()) * 1000)

    def difference(self) -> str:
        """Say how wrong the host's clock is; nothing if it is right, or that is not known."""
        ahead = self._ahead()
        if not ahead:
            return ""
        side = "ahead of" if ahead > 0 else "behind"
        return f"this host's clock is {abs(ahead) / 60:.0f} minutes {side} the service's"

    def _ahead(self) -> float:
        """Return how many seconds the host's clock is ahead, if it is wrong."""
        if self._started is None:
            return 0.0
        ahead = time.time() - self._started - time.clock_gettime(_STEADY)
        return ahead if abs(ahead) > _ALIKE_SECONDS else 0.0
