"""What PagerDuty gets, against the limits of its Events API v2."""

import json

from hypothesis import given

from alarm_digest.destinations import RENDERERS
from alarm_digest.message import Message, Section
from tests.lambdas.destinations.messages import (
    DASHBOARD,
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    strings,
    unseen,
)

payload = RENDERERS["pagerduty"]


@NOT_SHORTENED
@given(MESSAGES)
def test_pagerduty_takes_any_message(message: Message) -> None:
    """Every event has what is required, within its limits; a report makes none."""
    events = payload(message)

    assert len(events) == sum(section.status != "report" for section in message.sections)
    for event in events:
        assert 0 < len(event["dedup_key"]) <= 255
        assert len(json.dumps(event).encode()) <= 512_000
        assert unseen("".join(strings(event))) == set()
        if event["event_action"] == "resolve":
            assert set(event) == {"event_action", "dedup_key"}
            continue
        assert event["event_action"] == "trigger"
        details = event["payload"]
        assert 0 < len(details["summary"]) <= 1_024
        assert details["source"]
        assert details["severity"] in {"critical", "error", "warning", "info"}
        assert all(link["href"].startswith("https://") for link in event["links"])


def test_what_a_message_says_is_shown() -> None:
    """The summary says what fails; facts and lines are details; places that are URLs are links."""
    trigger, resolve = payload(MESSAGE)

    assert (
        trigger["dedup_key"] == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-payments-fail"
    )
    assert trigger["payload"]["summary"] == (
        "shop: shop-payments-fail - Payments fail for customers"
    )
    assert trigger["payload"]["severity"] == "critical"
    assert trigger["payload"]["custom_details"] == {
        "States": "OK → ALARM",
        "Changed": "2026-11-25T10:00:00.000+0000",
        "Reason": "Threshold Crossed: 1 datapoint [57.0] was greater than 10.0.",
        "Lines": "57 (payment 41, http 16)",
        "Samples": ["PaymentError: card <declined> & *retried*"],
        "Sparkline": "▁▁▂▁▁▃█▇",
        "Notes": ["1 of 2 queries answered."],
        "Runbook": "docs/operations.md#payments",
    }
    assert trigger["links"] == [
        {"href": DASHBOARD, "text": "Dashboard"},
        {"href": "https://console.aws.amazon.com/alarms", "text": "Alarms"},
    ]
    assert resolve == {"event_action": "resolve", "dedup_key": "slow"}


def test_an_incident_keeps_its_key() -> None:
    """Whatever is said of it; also one that is too long for PagerDuty, of which no two are one."""

    def key(key: str, summary: str = "", status: str = "ringing") -> str:
        section = Section(key=key, title="t", status=status, summary=summary)  # type: ignore[arg-type]
        (event,) = payload(Message(service="s", title="t", status="ringing", sections=(section,)))
        return str(event["dedup_key"])

    long = "k" * 300
    assert key("a", "first") == key("a", "second", "resolved") == "a"
    assert key(long) == key(long, status="resolved")
    assert key(long) != key(f"{long}2")
    assert key("") == "s/t"
