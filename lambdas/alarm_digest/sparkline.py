"""A metric as one line of block characters."""

import math
from collections.abc import Sequence
from typing import Final

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_MISSING: Final = "·"
_LONGEST: Final = 60


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values from zero (or the lowest below it) to the highest; what is missing is a dot.

    Of more than 60 the last 60 are drawn; nothing if all are missing.
    """
    drawn = [_halved(value) for value in values[-_LONGEST:]]
    known = [value for value in drawn if value is not None]
    if not known:
        return ""
    low, high = min(0.0, *known), max(0.0, *known)
    return "".join(_block(value, low, high) for value in drawn)


def _halved(value: float | None) -> float | None:
    """Return half of a value, whose differences cannot overflow."""
    return value / 2 if value is not None and math.isfinite(value) else None


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return _MISSING
    share = (value - low) / (high - low) if high > low else 0.0
    return _BLOCKS[min(int(share * len(_BLOCKS)), len(_BLOCKS) - 1)]
