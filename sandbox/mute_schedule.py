"""When an alarm mute rule is active: its cron or at expression, duration and time zone.

Knows no emulator. The reading taken where the documentation leaves room: as in any crontab, Sunday
is 0 and 7, and of a day of the month and a day of the week, both restricted, one is enough.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

from intentlog.errors import IntentlogError

_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
)
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DURATION: Final = re.compile(r"P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?")
_LONGEST: Final = timedelta(days=15)
_SHORTEST: Final = timedelta(minutes=1)


class MuteScheduleError(IntentlogError):
    """A schedule that PutAlarmMuteRule would refuse."""


class _Field(NamedTuple):
    """One field of a cron expression: its lowest and highest number, and names for them."""

    low: int
    high: int
    names: tuple[str, ...] = ()

    def numbers(self, text: str) -> frozenset[int]:
        """Return the numbers that a field's text stands for."""
        found: set[int] = set()
        for part in text.split(","):
            first, _, last = part.partition("-")
            if part == "*":
                found.update(range(self.low, self.high + 1))
            else:
                found.update(range(self._number(first), self._number(last or first) + 1))
        if not found:
            raise MuteScheduleError(f"cron: nothing is in {text!r}")
        return frozenset(found)

    def _number(self, text: str) -> int:
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.low
        if not text.isdigit() or not self.low <= int(text) <= self.high:
            raise MuteScheduleError(f"cron: expected {self.low} to {self.high}, got {text!r}")
        return int(text)


_FIELDS: Final = (
    _Field(0, 59),
    _Field(0, 23),
    _Field(1, 31),
    _Field(1, 12, _MONTHS),
    _Field(0, 7, _WEEKDAYS),
)


class MuteSchedule:
    """The windows of one rule.

    Args:
        expression: ``cron(minute hour day-of-month month day-of-week)`` or ``at(time)``.
        duration: ISO 8601, one minute to 15 days, as ``PT2H``.
        timezone: An IANA name.

    Raises:
        MuteScheduleError: One of them is not what it must be.
    """

    def __init__(self, expression: str, duration: str, timezone: str = "UTC") -> None:
        self._duration = _duration(duration)
        try:
            self._zone = ZoneInfo(timezone)
        except (KeyError, OSError, ValueError) as error:
            raise MuteScheduleError(f"no time zone {timezone!r}") from error
        found = re.fullmatch(r"(cron|at)\((.+)\)", expression)
        if found is None:
            raise MuteScheduleError(f"expected cron(...) or at(...), got {expression!r}")
        self._once: datetime | None = None
        if found[1] == "at":
            self._once = _moment(found[2])
        else:
            self._cron = _cron(found[2])

    @classmethod
    def of(cls, rule: dict[str, Any]) -> Self:
        """Return the schedule of a request's or a template's ``Rule``."""
        schedule = rule["Schedule"]
        return cls(schedule["Expression"], schedule["Duration"], schedule.get("Timezone") or "UTC")

    def is_active(self, now: datetime) -> bool:
        """Whether a window that has begun is not over."""
        return any(start <= now < start + self._duration for start in self._starts(now))

    def _starts(self, now: datetime) -> Iterator[datetime]:
        """Yield every time that a window of which ``now`` can be part may have begun."""
        if self._once is not None:
            yield self._once.replace(tzinfo=self._zone)
            return
        today = now.astimezone(self._zone).date()
        # One day more than the duration: days are not always 24 hours long.
        for age in range(self._duration.days + 2):
            day = today - timedelta(days=age)
            if self._is_on(day):
                yield from self._starts_on(day)

    def _starts_on(self, day: date) -> Iterator[datetime]:
        minutes, hours, *_ = self._cron
        for hour in hours:
            for minute in minutes:
                yield datetime.combine(day, time(hour, minute), self._zone).astimezone(UTC)

    def _is_on(self, day: date) -> bool:
        _, _, days, months, weekdays = self._cron
        if day.month not in months:
            return False
        by_day = day.day in days
        by_weekday = bool({day.isoweekday() % 7, day.isoweekday()} & weekdays)
        both_restricted = len(days) < 31 and not {1, 2, 3, 4, 5, 6} <= weekdays  # noqa: PLR2004
        return by_day or by_weekday if both_restricted else by_day and by_weekday


def _cron(text: str) -> list[frozenset[int]]:
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise MuteScheduleError(
            f"cron: expected minute, hour, day of month, month and day of week, got {text!r}"
        )
    return [field.numbers(part) for field, part in zip(_FIELDS, parts, strict=True)]


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the rule has the zone
    except ValueError as error:
        raise MuteScheduleError(f"at: expected yyyy-MM-ddThh:mm, got {text!r}") from error


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    days, hours, minutes = (int(number or 0) for number in found.groups()) if found else (0, 0, 0)
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not _SHORTEST <= duration <= _LONGEST:
        raise MuteScheduleError(f"duration: expected PT1M to P15D, got {text!r}")
    return duration
