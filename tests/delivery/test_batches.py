"""Batches, the times of events, the time between attempts."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentlog.contract import Contract, parse
from intentlog.delivery.backoff import LONGEST_SECONDS, Backoff
from intentlog.delivery.batches import (
    EVENT_OVERHEAD,
    LONGEST_EVENT,
    MOST_SPAN,
    Batch,
    Event,
    refusal,
)
from intentlog.delivery.event_time import EventTimes
from intentlog.delivery.state import Cursor
from sandbox import ingestion
from tests.delivery.shop import CONTRACT, line

NOW = 1_800_000_000_000
CURSOR = Cursor(name="app.log", device=1, inode=2)
HOUR = 3_600_000


def event(at: int, size: int = 1, end: int = 1, cursor: Cursor = CURSOR) -> Event:
    """Return an event of so many bytes of text."""
    return Event(at, "x" * size, size + EVENT_OVERHEAD, cursor, end)


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.integers(NOW - 30 * HOUR, NOW),
                st.sampled_from([NOW - MOST_SPAN, NOW - MOST_SPAN - 1, NOW]),
            ),
            st.sampled_from([1, 200, 50_000, LONGEST_EVENT]),
        ),
        max_size=60,
    )
)
def test_a_batch_is_never_beyond_a_limit(given: list[tuple[int, int]]) -> None:
    """Whatever the times and sizes: the service's own check has nothing to say."""
    batch = Batch()
    for number, (at, size) in enumerate(given):
        batch.takes(event(at, size, end=number))

    calls = [[ingestion.Event(e.timestamp, e.message) for e in call] for call in batch.calls()]
    assert [ingestion.problem(call) for call in calls] == [None] * len(calls)
    assert all(calls)
    assert sum(len(call) for call in calls) == len(batch.events) >= min(1, len(given))


def test_a_batch_takes_ten_thousand_events_and_no_more() -> None:
    """That is the service's limit."""
    batch = Batch()
    for number in range(10_000):
        assert batch.takes(event(NOW, end=number))

    assert not batch.takes(event(NOW))


def test_events_of_one_time_stay_in_the_order_of_their_lines() -> None:
    """Sorting by time moves only what has to be moved."""
    batch = Batch()
    for end, at in [(1, NOW), (2, NOW - 1), (3, NOW), (4, NOW - 1)]:
        batch.takes(event(at, end=end))

    assert [[e.end for e in call] for call in batch.calls()] == [[2, 4, 1, 3]]


def test_clocks_a_day_apart_make_two_calls_not_hundreds() -> None:
    """Two processes write to one file, and the clock of one of them is wrong."""
    batch = Batch()
    for end in range(100):
        batch.takes(event(NOW - (end % 2) * 25 * HOUR, end=end))

    assert [len(call) for call in batch.calls()] == [50, 50]


def test_a_commit_moves_each_file_to_the_last_line_of_it() -> None:
    """Also beyond lines that nobody is to take."""
    first, second = (Cursor(name="a", device=1, inode=n) for n in (1, 2))
    batch = Batch()
    batch.takes(event(NOW, end=10, cursor=first))
    batch.takes(event(NOW, end=7, cursor=second))
    batch.refuse(event(NOW, end=20, cursor=first), "too old")
    batch.pass_over(event(NOW, end=9, cursor=second))
    assert (first.offset, second.offset) == (0, 0)
    batch.commit()

    assert (first.offset, second.offset) == (20, 9)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW, None),
        (NOW - 13 * 24 * HOUR, None),
        (NOW - 14 * 24 * HOUR, "older than 14 days"),
        (NOW + HOUR, None),
        (NOW + 2 * HOUR, "more than two hours in the future"),
    ],
)
def test_what_the_service_does_not_take_is_known_before(at: int, reason: str | None) -> None:
    """Its limits are kept with a minute to spare: its time is known to the second."""
    assert refusal(at, NOW) == reason


def test_a_line_without_a_time_is_not_refused_for_that_of_another() -> None:
    """It gets the time of the last event before it that the service takes, else the service's."""
    batch = Batch()
    times = [
        NOW - 400 * 24 * HOUR,
        NOW - 400 * 24 * HOUR,
        NOW - HOUR,
        NOW + 3 * HOUR,
        NOW + 3 * HOUR,
    ]
    for end, at in enumerate(times):
        batch.takes(event(at, size=end + 1, end=end))

    batch.check_times(NOW, lambda text: len(text) in {1, 3, 4})  # the second and the last have none

    assert [(e.end, e.timestamp) for e in batch.events] == [
        (1, NOW),
        (2, NOW - HOUR),
        (4, NOW - HOUR),
    ]
    assert [(e.end, why) for e, why in batch.refused] == [
        (0, "older than 14 days"),
        (3, "more than two hours in the future"),
    ]


@settings(deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001 -- made UTC below
def test_an_event_has_the_time_of_its_line(when: datetime) -> None:
    """To the millisecond, rounded down."""
    at = when.replace(tzinfo=UTC)
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    expected = round(whole.timestamp() * 1000)

    assert EventTimes(parse(CONTRACT).record, first=0).of(line(1, at=at).encode()) == expected


def test_microseconds_are_cut_off(bot: Contract) -> None:
    """Of a contract with microseconds, the service takes milliseconds."""
    times = EventTimes(bot.record, first=0)

    assert times.of(b'{"timestamp":"2026-11-22T10:30:45.123999Z"') == 1_795_343_445_123


@pytest.mark.parametrize(
    "text",
    [
        b"Traceback (most recent call last):",
        b'{"timestamp":"2026-13-45T99:99:99.123Z"}',
        b'{"timestamp":"2026-11-22',
        b'{"timestamp":"\xff\xfe26-11-22T10:30:45.123Z"}',
        b'{"level":"INFO","timestamp":"2020-01-01T00:00:00.000Z"}',
        b"",
    ],
)
def test_what_has_no_time_takes_that_of_the_line_before(text: bytes) -> None:
    """A line of somebody else's stands where it stood."""
    times = EventTimes(parse(CONTRACT).record, first=5)
    assert times.of(text) == 5
    before = times.of(line(1, at=datetime(2026, 1, 1, tzinfo=UTC)).encode())

    assert times.of(text) == before


def test_the_time_between_attempts_grows_and_is_bounded() -> None:
    """Full jitter: anything between nothing and a bound that doubles up to a minute."""
    backoff = Backoff(random.Random(7))  # noqa: S311 -- no secret
    waits = [backoff.failed() for _ in range(200)]

    assert waits[0] <= 0.2
    assert all(0 <= wait <= LONGEST_SECONDS for wait in waits)
    assert max(waits[10:]) > LONGEST_SECONDS / 2 > min(waits[10:])
    backoff.succeeded()
    assert backoff.failed() <= 0.2


def test_who_is_throttled_waits_a_second_at_least() -> None:
    """The service asked for fewer requests."""
    backoff = Backoff(random.Random(7))  # noqa: S311 -- no secret

    assert all(1 <= backoff.failed(throttled=True) <= LONGEST_SECONDS for _ in range(50))
