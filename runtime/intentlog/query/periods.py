"""Periods such as ``5m``: their units, their caps, their length."""

from __future__ import annotations

from typing import Final, TypeAlias
from typing import Literal as OneOf

Unit: TypeAlias = OneOf["ms", "s", "m", "h", "d", "w", "mo", "q", "y"]

_SPELLINGS: Final[dict[Unit, tuple[str, ...]]] = {
    "ms": ("ms", "msec", "msecs", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
    "mo": ("mo", "mon", "mons", "month", "months"),
    "q": ("q", "qtr", "qtrs", "quarter", "quarters"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
UNITS: Final[dict[str, Unit]] = {
    spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings
}
"""Each spelling's unit, as the AWS page "stats" lists them."""

MILLISECONDS: Final[dict[Unit, int]] = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}
"""The length of the units that always have the same one."""

MONTHS: Final[dict[Unit, int]] = {"mo": 1, "q": 3, "y": 12}
"""The months of the units that have not."""

CAPS: Final[dict[Unit, int]] = {"ms": 1_000, "s": 60, "m": 60, "h": 24}
"""The most that a unit can count; more is silently taken as this (AWS page "Boolean, …")."""


def capped(amount: float, unit: Unit) -> float:
    """Return the amount that CloudWatch really uses."""
    return min(amount, CAPS.get(unit, amount))


def fixed_length(amount: float, unit: Unit) -> int | None:
    """Return a period in milliseconds; None for months and years, which vary."""
    each = MILLISECONDS.get(unit)
    return None if each is None else int(amount * each)
