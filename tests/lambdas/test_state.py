"""Who is told of what, when: windows, leases, refusals; on a clock that the tests turn."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alarm_digest.incidents import QUIET_SECONDS
from alarm_digest.notification import UNRECOGNISED, Notification
from alarm_digest.state import (
    FORGOTTEN_SECONDS,
    KEPT_SECONDS,
    Claim,
    Lease,
    Policy,
    State,
    claimed,
    failing,
    introduced,
    posted,
    refused,
    reported,
    tidied,
    untold,
    with_changes,
    with_daily,
)
from tests.lambdas.changes import BEGIN, change

POLICY = Policy(window=300, remind=3600)
LEASE = Lease("one run", BEGIN + 30)


def state(*changes: Notification, now: float = BEGIN, names: str = "oncall") -> State:
    """What is remembered after some changes have arrived."""
    known = introduced(State(), names.split(), now)
    return with_changes(known, changes, now, POLICY)


def claims(known: State, now: float, *, patient: bool = False) -> dict[str, Claim]:
    """What each destination would be told now, by another run."""
    lease = Lease("another run", now + 30)
    return {
        each.destination: each for each in claimed(known, now, POLICY, lease, patient=patient)[1]
    }


def told(known: State, now: float = BEGIN, *, thread: str | None = None) -> State:
    """What is remembered after every destination has taken what it lacked."""
    known, made = claimed(known, now, POLICY, LEASE, patient=False)
    for claim in made:
        known = posted(known, claim, now, thread)
    return known


def turned_down(known: State, now: float = BEGIN, *, retry_after: float | None = None) -> State:
    """What is remembered after every destination has refused what it lacked."""
    known, made = claimed(known, now, POLICY, LEASE, patient=False)
    for claim in made:
        known = refused(known, claim, now, retry_after=retry_after)
    return known


def test_a_destination_gets_one_message_in_a_window() -> None:
    """What arrives in between waits, and is told at the window's end, all of it."""
    known = told(state(change("ALARM")))
    known = with_changes(known, [change("ALARM", 5, alarm="slow")], BEGIN + 5, POLICY)
    known = with_changes(known, [change("ALARM", 9, alarm="silent")], BEGIN + 9, POLICY)

    assert claims(known, BEGIN + 299.9) == {}
    (claim,) = claims(known, BEGIN + 300).values()
    assert [item.incident.alarm for item in claim.items] == ["slow", "silent"]


def test_only_one_run_posts_to_a_destination() -> None:
    """Another one gets nothing until the first has settled, or its lease is over."""
    known, made = claimed(state(change("ALARM")), BEGIN, POLICY, LEASE, patient=False)

    assert [claim.destination for claim in made] == ["oncall"]
    assert claims(known, BEGIN + 29) == {}
    assert list(claims(known, BEGIN + 30)) == ["oncall"]


def test_a_run_may_claim_again_what_it_has_claimed() -> None:
    """Its write may have arrived although nobody said so."""
    known, made = claimed(state(change("ALARM")), BEGIN, POLICY, LEASE, patient=False)

    assert claimed(known, BEGIN, POLICY, LEASE, patient=False)[1] == made


def test_one_that_refuses_does_not_touch_the_others() -> None:
    """What is told at one destination is not told there again, and still lacks at the other."""
    known, made = claimed(
        state(change("ALARM"), names="oncall chat"), BEGIN, POLICY, LEASE, patient=False
    )
    known = posted(known, made[0], BEGIN, None)
    known = refused(known, made[1], BEGIN)

    assert untold(known, change("ALARM").key, BEGIN, POLICY) == ["chat"]
    assert list(claims(known, BEGIN + 1)) == ["chat"]


def test_what_a_refusing_destination_took_all_the_same_is_told() -> None:
    """One that takes incidents one by one is not sent those again that it has."""
    known = state(change("ALARM"), change("ALARM", alarm="slow"))
    known, (claim,) = claimed(known, BEGIN, POLICY, LEASE, patient=False)
    known = refused(known, claim, BEGIN, taken=[claim.items[0].key])

    (again,) = claims(known, BEGIN + 1).values()
    assert [item.incident.alarm for item in again.items] == ["slow"]


def test_what_waits_for_a_healthy_destination_is_not_untold() -> None:
    """It is remembered, and will be told: its record need not stay in the queue."""
    known = told(state(change("ALARM")))
    known = with_changes(known, [change("OK", 5)], BEGIN + 5, POLICY)

    assert untold(known, change("OK").key, BEGIN + 5, POLICY) == []


def test_the_clock_gives_a_pause_to_what_refuses_and_the_queue_does_not() -> None:
    """One minute, two, four, ... an hour; the queue has a pace of its own."""
    known, now, pauses = state(change("ALARM")), BEGIN, []
    for _ in range(8):
        known = turned_down(known, now)
        assert claims(known, now + 1)
        pauses.append(next(s for s in range(0, 9000, 30) if claims(known, now + s, patient=True)))
        now += 1

    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_retry_after_binds_everybody() -> None:
    """A destination that said when is asked then."""
    known = turned_down(state(change("ALARM")), retry_after=90)

    assert claims(known, BEGIN + 89) == {}
    assert list(claims(known, BEGIN + 90)) == ["oncall"]


def test_one_that_refuses_for_long_is_reported_once() -> None:
    """Until it takes a message again."""
    known = turned_down(state(change("ALARM")))
    assert failing(known, BEGIN + 899, 900) == []
    assert failing(known, BEGIN + 900, 900) == ["oncall"]

    known = reported(known, ["oncall"])
    assert failing(known, BEGIN + 9000, 900) == []

    known = told(known, BEGIN + 9000)
    known = with_changes(known, [change("OK", 9100)], BEGIN + 9100, POLICY)
    known = turned_down(known, BEGIN + 9400)
    assert failing(known, BEGIN + 9400 + 900, 900) == ["oncall"]


def test_a_thread_goes_on_if_all_of_a_message_was_told_there() -> None:
    """The first message begins it; what another message has begun begins another."""
    known = told(state(change("ALARM")), thread="111.1")
    known = with_changes(known, [change("OK", 100)], BEGIN + 100, POLICY)
    assert [claim.thread for claim in claims(known, BEGIN + 300).values()] == ["111.1"]

    known = with_changes(known, [change("ALARM", 200, alarm="slow")], BEGIN + 200, POLICY)
    assert [claim.thread for claim in claims(known, BEGIN + 300).values()] == [""]


def test_a_thread_that_was_deleted_is_not_gone_on_with() -> None:
    """The destination began another one, and says so."""
    known = told(state(change("ALARM")), thread="111.1")
    known = with_changes(known, [change("OK", 100)], BEGIN + 100, POLICY)
    known = told(known, BEGIN + 300, thread="222.2")
    known = with_changes(known, [change("ALARM", 400)], BEGIN + 400, POLICY)

    assert [claim.thread for claim in claims(known, BEGIN + 600).values()] == ["222.2"]


def test_a_new_destination_is_told_what_rings_and_not_what_was() -> None:
    """What was over before it was there is no news to it."""
    known = state(change("ALARM"), change("ALARM", alarm="slow"), change("OK", 9, alarm="slow"))
    known = introduced(told(known), ["oncall", "chat"], BEGIN + 60)

    (item,) = claims(known, BEGIN + 60)["chat"].items
    assert item.incident.alarm == "high-error-rate"


def test_a_destination_that_is_gone_is_forgotten() -> None:
    """Nobody waits for it."""
    known = introduced(turned_down(state(change("ALARM"))), ["chat"], BEGIN + 1)

    assert untold(known, change("ALARM").key, BEGIN + 1, POLICY) == []
    assert list(claims(known, BEGIN + 1)) == ["chat"]


def test_the_daily_digest_is_told_once_after_what_rings() -> None:
    """Each destination gets it, at the next window if an alarm was told now."""
    known = with_daily(state(change("ALARM"), names="oncall chat"), BEGIN + 1)
    assert with_daily(known, BEGIN + 60) is known

    known = told(known, BEGIN + 2)
    assert claims(known, BEGIN + 3) == {}

    due = claims(known, BEGIN + 302)
    assert {name: (claim.items, claim.daily) for name, claim in due.items()} == {
        "oncall": ((), BEGIN + 1),
        "chat": ((), BEGIN + 1),
    }
    assert claims(told(known, BEGIN + 302), BEGIN + 900) == {}


def test_what_is_over_and_told_is_kept_only_to_be_recognised() -> None:
    """Its text goes after an hour, its changes when no dead letter can come back any more."""
    known = told(state(change("ALARM"), change("OK", 60)))
    assert tidied(known, BEGIN + QUIET_SECONDS - 1, POLICY) is known

    (kept,) = tidied(known, BEGIN + QUIET_SECONDS, POLICY).incidents.values()
    assert (kept.details.reason, len(kept.changes)) == ("", 2)
    assert tidied(known, BEGIN + KEPT_SECONDS, POLICY).incidents == {}


def test_what_rings_or_is_untold_is_kept() -> None:
    """For thirty days without any change; then it is forgotten, whatever it was."""
    rings = told(state(change("ALARM")))
    untold_yet = turned_down(state(change("ALARM"), change("OK", 60)))

    for known in (rings, untold_yet):
        assert tidied(known, BEGIN + FORGOTTEN_SECONDS - 1, POLICY) is known
        assert tidied(known, BEGIN + FORGOTTEN_SECONDS, POLICY).incidents == {}


def test_what_is_unrecognised_is_told_once_and_forgotten() -> None:
    """It reminds nobody; there may be any number of it, so it is not kept."""
    strange = replace(change(UNRECOGNISED), key="UNRECOGNISED:1")
    known = told(state(strange))

    assert claims(known, BEGIN + 2 * POLICY.remind) == {}
    assert tidied(known, BEGIN + QUIET_SECONDS - 1, POLICY) is known
    assert tidied(known, BEGIN + QUIET_SECONDS, POLICY).incidents == {}


class Life(RuleBasedStateMachine):
    """Changes arrive, runs post, die or are refused, in any order; the clock only goes forward."""

    NAMES = ("oncall", "chat")
    ALARMS = ("a", "b", "c")

    @initialize()
    def begin(self) -> None:
        """Nothing has happened."""
        self.now = BEGIN
        self.state = introduced(State(), self.NAMES, self.now)
        self.taken: dict[str, list[tuple[float, Claim]]] = {name: [] for name in self.NAMES}
        self.runs = 0
        self.crashes = 0

    @rule(
        alarm=st.sampled_from(ALARMS),
        to=st.sampled_from(["ALARM", "OK", "INSUFFICIENT_DATA"]),
        late=st.integers(0, 900),
    )
    def arrive(self, alarm: str, to: str, late: int) -> None:
        """A change arrives, some minutes late at most."""
        made = change(to, self.now - BEGIN - late, alarm=alarm)
        self.state = with_changes(self.state, [made], self.now, POLICY)

    @rule(seconds=st.sampled_from([1, 30, 299, 300, 1800, 3600]))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.now += seconds

    @rule(up=st.sets(st.sampled_from(NAMES)), patient=st.booleans())
    def run_and_settle(self, up: set[str], *, patient: bool) -> None:
        """A run posts to those that are up; the others refuse."""
        for claim in self._claimed(patient=patient):
            if claim.destination in up:
                self.taken[claim.destination].append((self.now, claim))
                self.state = posted(self.state, claim, self.now, None)
            else:
                self.state = refused(self.state, claim, self.now)

    @rule()
    def run_and_die(self) -> None:
        """A run posts nothing, and never says so."""
        self._claimed(patient=False)

    def _claimed(self, *, patient: bool) -> tuple[Claim, ...]:
        self.runs += 1
        lease = Lease(f"run {self.runs}", self.now + 30)
        self.state, made = claimed(self.state, self.now, POLICY, lease, patient=patient)
        self.state = tidied(self.state, self.now, POLICY)
        return made

    @invariant()
    def one_message_in_a_window(self) -> None:
        """Whatever happened, a destination took no two messages within a window."""
        for taken in self.taken.values():
            times = [time for time, _ in taken]
            assert all(b - a >= POLICY.window for a, b in pairwise(times))

    @invariant()
    def nothing_twice(self) -> None:
        """No destination was told the same of the same incident twice, reminders apart."""
        for taken in self.taken.values():
            told_of = [
                (item.incident.id, item.incident.ring_count, item.status, item.incident.changes[-1])
                for _, claim in taken
                for item in claim.items
                if not item.reminder
            ]
            assert len(told_of) == len(set(told_of))

    def teardown(self) -> None:
        """In the end, with all of them up, everybody knows how every alarm stands."""
        if not hasattr(self, "state"):
            return
        self.now += 4000
        self.run_and_settle(set(self.NAMES), patient=False)
        for incident in self.state.incidents.values():
            if (status := incident.status(self.now)) is not None:
                for name in self.NAMES:
                    assert incident.told[name].status == status
                    assert incident.told[name].incident == incident.id


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
