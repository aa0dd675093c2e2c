"""Moments as somebody types them at three in the morning."""

from datetime import UTC, datetime

import pytest
import typer

from intentlog.cli.moments import moment

NOW = datetime(2026, 11, 26, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", "2026-11-26T03:03:30"),
        ("1h30m", "2026-11-26T01:35:00"),
        ("1h 30 min", "2026-11-26T01:35:00"),
        ("1w2d", "2026-11-17T03:05:00"),
        ("now", "2026-11-26T03:05:00"),
        ("today", "2026-11-26T00:00:00"),
        ("Yesterday", "2026-11-25T00:00:00"),
        ("02:47", "2026-11-26T02:47:00"),
        ("2:47:30", "2026-11-26T02:47:30"),
        ("03:05", "2026-11-26T03:05:00"),
        ("03:06", "2026-11-25T03:06:00"),
        ("02:47z", "2026-11-26T02:47:00"),
        ("04:04+01:00", "2026-11-26T03:04:00"),
        ("23:00-02:00", "2026-11-26T01:00:00"),
        ("00:30+01:00", "2026-11-25T23:30:00"),
        ("2026-11-22", "2026-11-22T00:00:00"),
        ("2026-11-22 10:00", "2026-11-22T10:00:00"),
        ("2026-11-22T10:00+01:00", "2026-11-22T09:00:00"),
        ("1795708764123", "2026-11-26T15:59:24.123000"),
    ],
)
def test_moments_are_read_in_utc(text: str, expected: str) -> None:
    """How long ago, a clock's time, the latest that is past, a date, or what a @ptr begins with."""
    assert moment(text, NOW).isoformat() == f"{expected}+00:00"


def test_a_clock_ahead_of_utc_may_show_tomorrow() -> None:
    """Half past midnight in Berlin is before midnight in UTC, of the same evening."""
    late = datetime(2026, 11, 26, 23, 40, tzinfo=UTC)

    assert moment("00:30+01:00", late).isoformat() == "2026-11-26T23:30:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "soon", "1h30", "h", "10:60", "24:00", "10:00 sharp", "10", "1795708764", "9" * 15]
)
def test_what_is_no_moment_is_told_with_what_is(text: str) -> None:
    """Nothing is guessed: ten digits may be seconds, or a day and an hour that ran together."""
    with pytest.raises(typer.BadParameter, match=r"is no moment; write 2h, 30m, .*, in UTC, or"):
        moment(text, NOW)
