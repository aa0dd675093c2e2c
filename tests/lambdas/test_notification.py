"""What arrives in the queue, in its real shapes and in others."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.message import Link
from alarm_digest.notification import UNRECOGNISED, parse
from tests.lambdas.anything import ANYTHING

EVENTS = Path(__file__).parent / "events"
SENT = 1_795_341_620.0  # 2026-11-22T10:00:20Z


def body(name: str) -> str:
    """What SQS has of one of the recorded events."""
    return (EVENTS / f"{name}.json").read_text()


def alarm(**members: Any) -> str:
    """A notification without an envelope, with some members changed; None leaves one out."""
    message = json.loads(json.loads(body("metric"))["Message"]) | members
    return json.dumps({name: value for name, value in message.items() if value is not None})


@pytest.mark.parametrize(
    ("name", "alarm", "seconds"),
    [
        ("metric", "drawing-agent-high-error-rate", 300),
        ("metric-with-dimensions", "drawing-agent-host-busy", 180),
        ("metric-math", "drawing-agent-error-ratio", 300),
        ("anomaly-band", "drawing-agent-odd-traffic", 900),
        ("composite", "drawing-agent-outage", 300),
        ("log-alarm", "drawing-agent-late-lines", 300),
        ("event-metric", "drawing-agent-high-error-rate", 300),
        ("event-composite", "other-team-outage", 300),
    ],
)
def test_every_kind_of_alarm_is_read(name: str, alarm: str, seconds: int) -> None:
    """Metric, math, band, composite and log alarms, by SNS and by EventBridge."""
    found = parse(body(name), SENT)

    assert (found.alarm, found.state, found.old_state) == (alarm, "ALARM", "OK")
    assert found.key == f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"
    assert found.breach is not None
    assert found.breach.seconds == seconds
    assert found.reason


def test_both_ways_tell_the_same_change() -> None:
    """SNS and EventBridge agree on alarm, state, time, purpose and links."""
    by_topic, by_event_bus = parse(body("metric"), SENT), parse(body("event-metric"), SENT)

    members = ("key", "alarm", "state", "old_state", "time", "reason", "purpose", "links")
    assert [getattr(by_topic, m) for m in members] == [getattr(by_event_bus, m) for m in members]
    assert by_topic.time == 1_795_341_612.345


def test_what_an_alarm_says_of_itself_becomes_purpose_and_links() -> None:
    """Lines of the description that lead somewhere are links; the rest is the purpose."""
    text = (
        "It fails\nRunbook: docs/operations.md#it-fails\nNote: this is none\nQuery: https://x/?a=1"
    )

    found = parse(alarm(AlarmDescription=text), SENT)

    assert found.purpose == "It fails\nNote: this is none"
    assert found.links == (
        Link(label="Runbook", place="docs/operations.md#it-fails"),
        Link(label="Query", place="https://x/?a=1"),
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("other-budget", "an SNS message: AWS Budgets: monthly has exceeded your alert threshold"),
        ("other-auto-scaling", "AWS Auto Scaling, autoscaling:EC2_INSTANCE_LAUNCH"),
        ("other-event", "aws.ec2, EC2 Instance State-change Notification"),
        ("future-state", "an alarm in the state DEGRADED"),
    ],
)
def test_what_is_no_alarm_is_said_to_be_what_it_is(name: str, what: str) -> None:
    """Messages of other products, and what CloudWatch may send one day."""
    found = parse(body(name), SENT)

    assert (found.state, found.alarm) == (UNRECOGNISED, what)
    envelope = json.loads(body(name))
    whole = envelope.get("Message", body(name))
    assert found.reason
    assert whole.startswith(found.reason.replace("…", ""))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("x" * 262_144, "not JSON"),
        ("[]", "JSON that is no object"),
        ("7", "JSON that is no object"),
        ("{}", "other JSON"),
        ('{"Type": "SubscriptionConfirmation"}', "SubscriptionConfirmation"),
        ('{"Type": "Notification", "Message": 7}', "JSON that is no object"),
        ('{"AlarmName": "a"}', "an alarm notification that lacks something"),
        ('{"AlarmName": 7, "NewStateValue": "OK"}', "an alarm notification that lacks something"),
        ('{"AlarmName": "a", "NewStateValue": []}', "an alarm notification that lacks something"),
        (
            '{"source": "aws.cloudwatch", "detail": {"alarmName": "a", "state": "ALARM"}}',
            "an alarm notification that lacks something",
        ),
    ],
)
def test_nothing_that_may_arrive_raises(text: str, what: str) -> None:
    """It is shown as what it is, cut; the same thing twice is one."""
    found = parse(text, SENT)

    assert (found.alarm, found.state, found.time) == (what, UNRECOGNISED, SENT)
    assert len(found.reason) <= 500
    assert found.key == parse(text, SENT + 60).key


def test_what_lacks_all_but_its_name_and_state_is_an_alarm() -> None:
    """Without a time it rang when it was put into the queue; its name stands for its ARN."""
    found = parse('{"AlarmName": "a", "NewStateValue": "ALARM"}', SENT)

    assert (found.key, found.alarm, found.state, found.time) == ("a", "a", "ALARM", SENT)


def test_what_rang_in_the_far_future_rang_now() -> None:
    """Else it would be the last state of the alarm for years."""
    found = parse(alarm(StateChangeTime="2999-01-01T00:00:00.000+0000"), SENT)

    assert found.time == SENT


def test_no_secret_comes_through_a_reason() -> None:
    """What a log alarm or another product tells may hold one."""
    text = "login failed, password=hunter2-is-fake"

    told = [parse(alarm(NewStateReason=text), SENT), parse(text, SENT)]

    assert ["hunter2" in each.reason for each in told] == [False, False]


def test_half_a_character_does_not_stop_a_message() -> None:
    """JSON can say half of a surrogate pair, which UTF-8 cannot."""
    told = [parse('{"AlarmName": "a\\ud800", "NewStateValue": "OK"}', SENT), parse("\ud800", SENT)]

    for each in told:
        assert (each.alarm + each.reason + each.key).encode()


@given(ANYTHING, st.floats(0, 4e9))
def test_whatever_arrives_is_a_notification(text: str, sent: float) -> None:
    """Any text, any JSON, and alarms with any members: nothing raises, nothing grows."""
    found = parse(text, sent)

    assert found.state in {"ALARM", "INSUFFICIENT_DATA", "OK", UNRECOGNISED}
    assert 0 < len(found.key) <= 1_600
    assert 0 < len(found.alarm) <= 255
    assert len(found.reason) + len(found.purpose) <= 3_000
    assert 0 <= found.time < sent + 86_401
    assert (found.key + found.alarm + found.reason + found.purpose).encode()
