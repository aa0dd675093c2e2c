"""What is published as e-mail, against the limits of SNS."""

from hypothesis import given

from alarm_digest.destinations import RENDERERS
from alarm_digest.message import Message, Section
from tests.lambdas.destinations.messages import (
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    storm,
    unseen,
)

payload = RENDERERS["email"]

MAIL = """\
shop: 1 alarm rings, 1 resolved

shop-payments-fail rings
------------------------
Payments fail for customers
▁▁▂▁▁▃█▇
States: OK → ALARM
Reason: Threshold Crossed: 1 datapoint [57.0] was greater than 10.0.
Lines: 57 (payment 41, http 16)

    PaymentError: card <declined> & *retried*
(1 of 2 queries answered.)

Runbook: docs/operations.md#payments
Dashboard: https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards:name=shop

shop-slow is resolved
---------------------
Pages are slow

Alarms: https://console.aws.amazon.com/alarms
"""


@NOT_SHORTENED
@given(MESSAGES)
def test_sns_takes_any_message(message: Message) -> None:
    """The subject is a line of printable ASCII, 100 at most; the text is 256 KB at most."""
    subject, text = payload(message)

    assert 0 < len(subject) <= 100
    assert subject.isascii()
    assert subject.isprintable()
    assert not subject.startswith(" ")
    assert 0 < len(text.encode()) <= 256 * 1024
    assert unseen(text) == set()


def test_a_mail_is_read_from_top_to_bottom() -> None:
    """The whole of it."""
    assert payload(MESSAGE) == ("shop: 1 alarm rings, 1 resolved", MAIL)


def test_what_stands_in_a_line_is_no_link() -> None:
    """Mail programs make links of addresses; of those in a log line they cannot."""
    section = Section(
        title="t",
        status="ringing",
        summary="www.evil.example",
        samples=("see https://evil.example",),
    )
    _, text = payload(Message(service="s", title="t", status="ringing", sections=(section,)))

    assert "www[.]evil.example" in text
    assert "    see https[:]//evil.example" in text


def test_a_reminder_says_that_it_is_one() -> None:
    """In the subject, before all else."""
    subject, _ = payload(Message(service="s", title="é" * 200, status="ringing", reminder=True))

    assert subject == "Reminder: " + "?" * 87 + "..."


def test_many_alarms_are_all_named() -> None:
    """There is room for a thousand."""
    _, text = payload(storm(1_000))

    assert all(f"shop-alarm-{n} rings" in text for n in range(1_000))
