"""Moments as people write them: ``2h``, ``02:47``, ``yesterday``, ``2026-11-22T10:00``."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_PART: Final = re.compile(r"(\d+)\s*(min|[smhdw])\s*")
_AGO: Final = re.compile(f"(?:{_PART.pattern})+")
_CLOCK: Final = re.compile(r"\d?\d:\d\d.*")
_SINCE_1970: Final = re.compile(r"\d{13}")  # milliseconds, as a @ptr and CloudWatch's links have
_DAY: Final = timedelta(days=1)
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _DAY,
    "w": timedelta(weeks=1),
}


def moment(text: str, now: datetime | None = None) -> datetime:
    """Read a moment, in UTC.

    Args:
        text: How long ago (``90s``, ``1h30m``, ``3d``, ``1w``), ``now``, ``today``, ``yesterday``,
            a time of the day, the latest that is past, a date, with a time if it has one, or
            milliseconds since 1970; UTC unless it says otherwise.
        now: What is now. Default: the clock.

    Raises:
        typer.BadParameter: It is none of these.
    """
    present = now or datetime.now(UTC)
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": present, "today": midnight, "yesterday": midnight - _DAY}
    if (word := text.strip().lower()) in words:
        return words[word]
    try:
        if _AGO.fullmatch(word):
            spans = (int(count) * _UNITS[unit] for count, unit in _PART.findall(word))
            return present - sum(spans, timedelta())
        if _SINCE_1970.fullmatch(word):
            return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(word))
        if _CLOCK.fullmatch(word):
            hour, _, rest = word.upper().partition(":")
            return _latest(f"{hour:0>2}:{rest}", present)
        return _read(text.strip())
    except (OverflowError, ValueError):
        how = "write 2h, 30m, 3d, 10:00, today, yesterday, 2026-11-22 or 2026-11-22T10:00, in UTC"
        raise typer.BadParameter(f'"{text}" is no moment; {how}, or with +01:00') from None


def _latest(clock: str, present: datetime) -> datetime:
    """Return when clocks last showed a time; those of its zone may show tomorrow already."""
    read = _read(f"{present + _DAY:%Y-%m-%d}T{clock}")
    while read > present:
        read -= _DAY
    return read


def _read(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def moment_of(option: str, text: str | None) -> datetime | None:
    """Read the moment of an option, if it was given.

    Raises:
        typer.BadParameter: It is no moment; says of which option.
    """
    try:
        return None if text is None else moment(text)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{option}: {error}") from None


def milliseconds(when: datetime | None) -> int | None:
    """Return a moment as milliseconds since 1970."""
    return None if when is None else round(when.timestamp() * 1000)
