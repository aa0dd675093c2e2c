"""What an alarm did, whatever the order, the repetition and the delay of its changes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.incidents import Incident, Told, recorded, telling
from alarm_digest.notification import Notification
from tests.lambdas.changes import BEGIN, change

REMIND = 3600.0


def incident(*changes: Notification, now: float = BEGIN) -> Incident:
    """An incident that has these changes, told in this order."""
    found: Incident | None = None
    for each in changes:
        found = recorded(found, each, now)
    assert found is not None
    return found


def told(found: Incident, now: float) -> Incident:
    """The same incident, after a destination was told of it."""
    status = found.status(now)
    assert status is not None
    last = Told(incident=found.id, rings=found.ring_count, status=status, at=now)
    return replace(found, told={"oncall": last})


def says(found: Incident, now: float) -> str | None:
    """What the destination is told now."""
    return telling(found, "oncall", now, REMIND)


CHANGES = st.lists(
    st.builds(
        change,
        st.sampled_from(["ALARM", "OK", "INSUFFICIENT_DATA"]),
        st.integers(-7200, 7200).map(lambda halves: halves / 2),
    ),
    min_size=1,
    max_size=30,
)


@given(CHANGES, st.data())
def test_neither_order_nor_repetition_changes_what_is_known(
    changes: list[Notification], data: st.DataObject
) -> None:
    """The same set of changes is the same incident, however it arrived."""
    repeated = changes + data.draw(st.lists(st.sampled_from(changes)))
    shuffled = data.draw(st.permutations(repeated))

    one, other = incident(*changes), incident(*shuffled)

    assert one.changes == other.changes
    assert one.current == other.current
    assert one.rings == other.rings
    assert one.ended == other.ended
    assert one.status(BEGIN) == other.status(BEGIN)
    assert one.details.reason == other.details.reason
    if one.rings:
        assert one.details.breach == other.details.breach


@given(CHANGES, st.data())
def test_what_is_known_is_no_news(changes: list[Notification], data: st.DataObject) -> None:
    """After it was told, a change that comes again is not told again."""
    known = incident(*changes)
    if known.status(BEGIN) is None:
        return
    known = told(known, BEGIN)

    again = recorded(known, data.draw(st.sampled_from(changes)), BEGIN + 1)

    assert again is known
    assert says(again, BEGIN + 1) is None


def test_an_alarm_that_rings_is_told_once_and_reminds() -> None:
    """At once, then once an hour for as long as it rings."""
    ringing = incident(change("ALARM"))
    assert says(ringing, BEGIN) == "news"

    ringing = told(ringing, BEGIN)
    assert says(ringing, BEGIN + 3599) is None
    assert says(ringing, BEGIN + 3600) == "reminder"

    ringing = told(ringing, BEGIN + 3600)
    assert says(ringing, BEGIN + 3601) is None
    assert says(ringing, BEGIN + 7200) == "reminder"


def test_one_that_ends_before_it_was_told_is_one_resolved_line() -> None:
    """It rang and is over: one thing to tell, with both times."""
    over = incident(change("ALARM"), change("OK", 40))

    assert (over.status(BEGIN + 60), over.rings, over.ended) == ("resolved", (BEGIN,), BEGIN + 40)
    assert says(over, BEGIN + 60) == "news"
    assert says(told(over, BEGIN + 60), BEGIN + 9 * REMIND) is None


def test_an_end_that_arrives_before_its_beginning_is_an_end() -> None:
    """Queues keep no order: what counts is the time of a change."""
    over = incident(change("OK", 40), change("ALARM"))

    assert (over.status(BEGIN + 60), over.rings) == ("resolved", (BEGIN,))


def test_the_end_of_what_was_told_is_told() -> None:
    """Once."""
    ringing = told(incident(change("ALARM")), BEGIN)

    over = recorded(ringing, change("OK", 400), BEGIN + 400)

    assert says(over, BEGIN + 400) == "news"
    assert says(told(over, BEGIN + 400), BEGIN + 401) is None


def test_a_repeat_between_two_messages_is_told_at_the_next() -> None:
    """OK and ALARM again: it rings as before, but twice by now."""
    ringing = told(incident(change("ALARM")), BEGIN)

    again = incident(change("ALARM"), change("OK", 60), change("ALARM", 120))
    again = replace(again, told=ringing.told)

    assert again.rings == (BEGIN, BEGIN + 120)
    assert says(again, BEGIN + 300) == "news"


def test_three_rings_in_an_hour_are_flapping_and_not_told_at_each_turn() -> None:
    """It is named as such, reminds, and is told when it has been calm for an hour."""
    turns = [change(("ALARM", "OK")[turn % 2], 600 * turn) for turn in range(6)]
    flapping = incident(*turns[:5], now=BEGIN + 2400)
    assert flapping.status(BEGIN + 2400) == "flapping"
    assert says(flapping, BEGIN + 2400) == "news"

    flapping = told(flapping, BEGIN + 2400)
    flapping = recorded(flapping, turns[5], BEGIN + 3000)
    assert says(flapping, BEGIN + 3000) is None
    assert says(flapping, BEGIN + 2400 + 3600) == "reminder"

    assert flapping.status(BEGIN + 3000 + 3600) == "resolved"
    assert says(flapping, BEGIN + 3000 + 3600) == "news"


def test_three_rings_in_a_day_are_not_flapping() -> None:
    """They are three rings."""
    turns = [change(("ALARM", "OK")[turn % 2], 1801 * turn) for turn in range(5)]

    assert incident(*turns).status(BEGIN) == "ringing"


def test_an_end_that_comes_late_between_two_rings_is_no_news() -> None:
    """Whoever was told that it rang twice and is over knows that it was over in between."""
    over = told(incident(change("ALARM"), change("ALARM", 60), change("OK", 90)), BEGIN + 90)

    assert says(recorded(over, change("OK", 30), BEGIN + 99), BEGIN + 99) is None


def test_two_ways_that_tell_of_one_change_tell_of_one() -> None:
    """SNS and EventBridge may differ by milliseconds."""
    once = told(incident(change("ALARM", 0.1)), BEGIN + 1)

    twice = recorded(once, change("ALARM", 0.103), BEGIN + 2)

    assert twice.rings == (BEGIN + 0.1,)
    assert says(twice, BEGIN + 2) is None


@pytest.mark.parametrize(("before", "status"), [("INSUFFICIENT_DATA", None), ("ALARM", "resolved")])
def test_that_a_new_alarm_has_data_is_no_news(before: str, status: str | None) -> None:
    """Each deploy would tell of every alarm; the end of one that rang before is told."""
    assert incident(change("OK", old=before)).status(BEGIN) == status


def test_an_alarm_without_data_wants_a_look() -> None:
    """It neither rings nor is it over."""
    assert incident(change("ALARM"), change("INSUFFICIENT_DATA", 60)).status(BEGIN) == "unknown"


def test_a_ring_after_a_quiet_hour_is_another_incident() -> None:
    """If everybody knows of the first; else it goes on, and both are told."""
    first = told(incident(change("ALARM"), change("OK", 60)), BEGIN + 60)
    late = change("ALARM", 60 + 3601)

    another = recorded(first, late, BEGIN + 4000, anew=True)
    same = recorded(first, late, BEGIN + 4000, anew=False)

    assert (another.id == first.id, another.rings) == (False, (late.time,))
    assert (same.id == first.id, same.rings) == (True, (BEGIN, late.time))
    assert says(another, BEGIN + 4000) == says(same, BEGIN + 4000) == "news"


def test_a_ring_soon_after_belongs_to_the_same_incident() -> None:
    """Within an hour."""
    first = told(incident(change("ALARM"), change("OK", 60)), BEGIN + 60)

    assert recorded(first, change("ALARM", 600), BEGIN + 600, anew=True).id == first.id


def test_what_comes_after_everything_was_over_is_told_all_the_same() -> None:
    """A ring that nobody knew of is not lost because a later incident has begun."""
    first = told(incident(change("ALARM"), change("OK", 60)), BEGIN + 60)
    second = told(recorded(first, change("ALARM", 9000), BEGIN + 9000, anew=True), BEGIN + 9000)

    third = recorded(second, change("ALARM", 30.5), BEGIN + 9100)

    assert says(third, BEGIN + 9100) == "news"


def test_a_storm_of_changes_is_kept_within_bounds() -> None:
    """A hundred changes are kept, what they were counted as, too."""
    turns = [change(("ALARM", "OK")[turn % 2], 10 * turn) for turn in range(1000)]

    stormy = incident(*turns)

    assert (len(stormy.changes), stormy.dropped, stormy.ring_count) == (100, 450, 500)
    assert stormy.status(BEGIN) == "flapping"
