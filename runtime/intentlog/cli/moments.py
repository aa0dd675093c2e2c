"""Moments as people write them: ``2h``, ``yesterday``, ``2026-11-22T10:00``."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_AGO: Final = re.compile(r"(\d+)\s*(s|m|min|h|d|w)")
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def moment(text: str, now: datetime | None = None) -> datetime:
    """Read a moment, in UTC.

    Args:
        text: How long ago (``90s``, ``15m``, ``2h``, ``3d``, ``1w``), ``now``, ``today``,
            ``yesterday``, or a date, with a time if it has one; UTC unless it says otherwise.
        now: What is now. Default: the clock.

    Raises:
        typer.BadParameter: It is none of these.
    """
    present = now or datetime.now(UTC)
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": present, "today": midnight, "yesterday": midnight - timedelta(days=1)}
    if (word := text.strip().lower()) in words:
        return words[word]
    try:
        if found := _AGO.fullmatch(word):
            return present - int(found[1]) * _UNITS[found[2]]
        read = datetime.fromisoformat(text.strip())
    except (OverflowError, ValueError):
        how = "write 2h, 30m, 3d, yesterday, 2026-11-22 or 2026-11-22T10:00"
        raise typer.BadParameter(f'"{text}" is no moment; {how}') from None
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
