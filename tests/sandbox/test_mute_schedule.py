"""When mute rules are active, without an emulator."""

from datetime import datetime

import pytest

from sandbox.mute_schedule import MuteSchedule, MuteScheduleError

NIGHTLY = ("cron(0 2 * * *)", "PT4H")


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        (NIGHTLY, "2026-11-23T01:59+00:00", False),
        (NIGHTLY, "2026-11-23T02:00+00:00", True),
        (NIGHTLY, "2026-11-23T05:59+00:00", True),
        (NIGHTLY, "2026-11-23T06:00+00:00", False),
        ((*NIGHTLY, "Europe/Berlin"), "2026-11-23T01:00+00:00", True),
        ((*NIGHTLY, "Europe/Berlin"), "2026-07-23T00:00+00:00", True),
        ((*NIGHTLY, "Asia/Tokyo"), "2026-11-22T17:30+00:00", True),
        # Friday evening to Monday morning, asked on a Sunday and on a Tuesday.
        (("cron(0 18 * * FRI)", "P2DT12H"), "2026-11-22T12:00+00:00", True),
        (("cron(0 18 * * FRI)", "P2DT12H"), "2026-11-24T12:00+00:00", False),
        (("cron(0 2 * * SUN)", "PT1H"), "2026-11-22T02:30+00:00", True),
        (("cron(0 2 * * 0,7)", "PT1H"), "2026-11-22T02:30+00:00", True),
        (("cron(0 2 * * MON-FRI)", "PT1H"), "2026-11-22T02:30+00:00", False),
        (("cron(0 1 1 * *)", "PT1H"), "2026-11-01T01:10+00:00", True),
        (("cron(0 1 1 * SUN)", "PT1H"), "2026-11-22T01:10+00:00", True),
        (("cron(0 1 * JAN,nov *)", "PT1H"), "2026-11-22T01:10+00:00", True),
        (("cron(0 1 * JAN *)", "PT1H"), "2026-11-22T01:10+00:00", False),
        (("cron(* * * * *)", "PT1M"), "2026-11-22T13:37+00:00", True),
        (("at(2026-12-23T00:00)", "P15D"), "2027-01-06T23:59+00:00", True),
        (("at(2026-12-23T00:00)", "P15D"), "2027-01-07T00:00+00:00", False),
        (("at(2026-12-23T00:00)", "PT1H", "Asia/Tokyo"), "2026-12-22T15:30+00:00", True),
    ],
)
def test_is_active(schedule: tuple[str, ...], moment: str, expected: bool) -> None:
    """From a start until the duration has passed, in the rule's own time zone."""
    assert MuteSchedule(*schedule).is_active(datetime.fromisoformat(moment)) is expected


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (("rate(1 hour)", "PT1H"), "expected cron"),
        (("cron(0 2 * *)", "PT1H"), "expected minute, hour"),
        (("cron(60 2 * * *)", "PT1H"), "expected 0 to 59, got '60'"),
        (("cron(*/5 2 * * *)", "PT1H"), "got '*/5'"),
        (("cron(0 2 * * FRI-MON)", "PT1H"), "nothing is in 'FRI-MON'"),
        (("at(tomorrow)", "PT1H"), "yyyy-MM-ddThh:mm"),
        (("cron(0 2 * * *)", "PT0M"), "PT1M to P15D"),
        (("cron(0 2 * * *)", "P16D"), "PT1M to P15D"),
        (("cron(0 2 * * *)", "4 hours"), "PT1M to P15D"),
        (("cron(0 2 * * *)", "PT1H", "Mars/Olympus"), "no time zone 'Mars/Olympus'"),
    ],
)
def test_is_refused(schedule: tuple[str, ...], message: str) -> None:
    """What PutAlarmMuteRule would not take."""
    with pytest.raises(MuteScheduleError) as raised:
        MuteSchedule(*schedule)
    assert message in str(raised.value)
