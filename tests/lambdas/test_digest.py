"""What a message says of incidents, before any destination has given it a form."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alarm_digest.breach import Breach
from alarm_digest.destinations import RENDERERS
from alarm_digest.digest import digest
from alarm_digest.evidence import Evidence, NoEvidence
from alarm_digest.incidents import Incident, recorded
from alarm_digest.message import Link, Message, Section
from alarm_digest.notification import UNRECOGNISED, Notification, parse
from alarm_digest.source import LogSource
from alarm_digest.state import (
    Item,
    Lease,
    Policy,
    State,
    claimed,
    introduced,
    with_changes,
)
from alarm_digest.store import decoded, encoded
from tests.lambdas.anything import ANYTHING
from tests.lambdas.changes import BEGIN, change

SOURCE = LogSource(groups=("/drawing-agent/app",))


def item(*changes: Notification, reminder: bool = False) -> Item:
    """What a destination is told of an alarm that changed so."""
    found: Incident | None = None
    for each in changes:
        found = recorded(found, each, BEGIN)
    assert found is not None
    status = found.status(BEGIN)
    assert status is not None
    return Item(incident=found, status=status, reminder=reminder)


def strange(text: str, what: str = "not JSON") -> Item:
    """Something that is no alarm notification."""
    made = replace(change(UNRECOGNISED), key=f"{UNRECOGNISED}:{text}", alarm=what, reason=text)
    return item(made)


def message(*items: Item) -> Message:
    """The message about them, without a look into the logs."""
    return digest("drawing-agent", items, {}, None)


def about(*changes: Notification) -> Section:
    """The section about one alarm."""
    (section,) = message(item(*changes)).sections
    return section


RING = change("ALARM", alarm="a")
OVER = [change("ALARM", alarm="b"), change("OK", 40, alarm="b")]
NO_DATA = change("INSUFFICIENT_DATA", alarm="c")
FLAPS = [change(("ALARM", "OK")[turn % 2], 60 * turn, alarm="d") for turn in range(5)]


@pytest.mark.parametrize(
    ("items", "title", "status"),
    [
        ([item(RING)], "1 alarm rings", "ringing"),
        ([item(RING), item(change("ALARM", alarm="z"))], "2 alarms ring", "ringing"),
        ([item(*OVER)], "1 resolved", "resolved"),
        ([item(*FLAPS)], "1 alarm is flapping", "flapping"),
        ([item(NO_DATA), strange("x")], "2 to look at", "unknown"),
        (
            [item(*OVER), strange("x"), item(*FLAPS), item(RING)],
            "1 alarm rings, 1 alarm is flapping, 1 resolved, 1 to look at",
            "ringing",
        ),
    ],
)
def test_the_title_counts_and_the_worst_comes_first(
    items: list[Item], title: str, status: str
) -> None:
    """One line says how it stands; the sections stand in the same order."""
    made = message(*items)

    assert (made.title, made.status) == (f"drawing-agent: {title}", status)
    order = ["ringing", "flapping", "unknown", "resolved"]
    found = [section.status for section in made.sections]
    assert found == sorted(found, key=order.index)


def test_an_alarm_says_since_when_and_why() -> None:
    """And what programs are promised: its states, the reason, the time of the last change."""
    section = about(RING)

    assert section.summary == "The application fails for its users"
    assert section.facts == (
        ("Since", "2026-11-22 10:00:00 UTC"),
        ("Reason", "ALARM after 0 s"),
        ("States", "ALARM"),
        ("Changed", "2026-11-22T10:00:00.000+00:00"),
    )


def test_one_that_is_over_says_how_long_it_lasted() -> None:
    """One line of beginning and end."""
    facts = dict(about(*OVER).facts)

    assert facts["Lasted"] == "40 s"
    assert facts["States"] == "ALARM → OK"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0 s"), (60, "1 min"), (3 * 3600 + 61, "3 h 1 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    """Seconds only where they matter."""
    facts = dict(about(change("ALARM"), change("OK", seconds)).facts)

    assert facts["Lasted"] == said


def test_one_that_flaps_says_how_often_and_what_comes_next() -> None:
    """Its last states are shown, not all of them."""
    turns = [change(("ALARM", "OK")[turn % 2], 60 * turn) for turn in range(11)]
    section = about(*turns)

    facts = dict(section.facts)
    assert facts["Rang"] == "6 times, last at 2026-11-22 10:10:00 UTC"
    assert facts["States"].startswith("… → OK → ALARM")
    assert len(facts["States"].split(" → ")) == 9
    assert "when it is calm" in section.notes[0]


def test_what_is_unrecognised_is_one_section() -> None:
    """What kinds there were, the latest few as they came, and how many are not shown."""
    made = message(*(strange(f"text {n}") for n in range(6)), strange("{}", "other JSON"))

    (section,) = made.sections
    assert dict(section.facts) == {"not JSON": "6x", "other JSON": "1x"}
    assert len(section.samples) == 5
    assert section.notes == ("2 more are not shown.",)


def test_a_message_of_reminders_is_one() -> None:
    """One with news is not, whatever else it repeats."""
    again = replace(item(RING), reminder=True)

    assert message(again).reminder
    assert not message(again, item(*OVER)).reminder


def test_what_the_logs_say_stands_with_its_alarm() -> None:
    """Lines, links to them, and where the alarm's description leads."""
    breach = Breach(
        alarm="a",
        changed="2026-11-22T10:00:00.000+0000",
        arn="arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
    )
    runbook = Link(label="Runbook", place="docs/operations.md#it-fails")
    rings = item(replace(RING, breach=breach, links=(runbook,)))
    at = datetime.fromtimestamp(BEGIN, UTC)
    learnt = {rings.incident.key: Evidence(start=at, end=at, lines=7)}

    (section,) = digest("drawing-agent", [rings], learnt, SOURCE).sections

    assert [link.label for link in section.links] == ["Alarm", "Lines", "Runbook"]
    assert "7 " in dict(section.facts)["Lines"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANYTHING, min_size=1, max_size=4))
def test_whatever_arrives_can_be_told_everywhere(bodies: list[str]) -> None:
    """From the queue's body to what each destination takes, with links: nothing raises."""
    changes = [parse(body, BEGIN) for body in bodies]
    known = with_changes(introduced(State(), ["oncall"], BEGIN), changes, BEGIN, Policy())
    known = decoded(encoded(known))
    known, claims = claimed(known, BEGIN, Policy(), Lease("a run", BEGIN + 1), patient=False)

    for claim in claims:
        told = digest("drawing-agent", claim.items, {}, SOURCE)
        for render in RENDERERS.values():
            assert json.dumps(render(told)).encode()


def test_what_the_logs_do_not_say_is_said() -> None:
    """With the reason."""
    rings = item(RING)
    learnt = {rings.incident.key: NoEvidence("Logs Insights did not answer within 10 s")}

    (section,) = digest("drawing-agent", [rings], learnt, SOURCE).sections

    assert section.notes == ("No lines: Logs Insights did not answer within 10 s.",)
