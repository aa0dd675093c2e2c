"""What Google Chat gets, against the limits that its documentation has."""

import json
import re
from html import unescape
from typing import Any

from hypothesis import given

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

payload = RENDERERS["google-chat"]
_OURS = re.compile(r'<br>|</?i>|<font color="#5f6368">|</font>')


def sections(rendered: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sections of the one card."""
    (card,) = rendered["cardsV2"]
    found: list[dict[str, Any]] = card["card"]["sections"]
    return found


def html(rendered: dict[str, Any]) -> list[str]:
    """Return every text that Google Chat reads as HTML."""
    texts = []
    for section in sections(rendered):
        texts.append(section.get("header", ""))
        for widget in section["widgets"]:
            texts.append(widget.get("textParagraph", {}).get("text", ""))
            texts += [
                widget.get("decoratedText", {}).get(name, "") for name in ("topLabel", "text")
            ]
    return texts


@NOT_SHORTENED
@given(MESSAGES)
def test_google_chat_takes_any_message(message: Message) -> None:
    """Within every limit; nothing mentions, links but to https, formats or hides."""
    rendered = payload(message)

    assert len(json.dumps(rendered).encode()) <= 32_000
    assert sum(len(section["widgets"]) for section in sections(rendered)) <= 100
    assert all(section["widgets"] for section in sections(rendered))
    assert "<" not in rendered["fallbackText"]
    for text in html(rendered):
        assert "<" not in _OURS.sub("", text)
    urls = re.findall('"url": "([^"]*)"', json.dumps(rendered))
    assert all(url.startswith("https://") for url in urls)
    assert set().union(*map(unseen, strings(rendered))) == set()


def test_what_a_message_says_is_shown() -> None:
    """Alarm, purpose, metric, facts, a line, what is missing, links."""
    first, second, links = sections(payload(MESSAGE))

    assert first["header"] == "🔴 shop-payments-fail rings"
    assert first["widgets"][0] == {
        "textParagraph": {"text": "Payments fail for customers<br>▁▁▂▁▁▃█▇"}
    }
    assert first["widgets"][1]["decoratedText"] == {
        "topLabel": "States",
        "text": "OK → ALARM",
        "wrapText": True,
    }
    assert unescape(_OURS.sub("", first["widgets"][4]["textParagraph"]["text"])) == (
        "PaymentError: card <declined> & *retried*"
    )
    (button,) = first["widgets"][-1]["buttonList"]["buttons"]
    assert button == {"text": "Dashboard", "onClick": {"openLink": {"url": DASHBOARD}}}
    assert second["header"] == "🟢 shop-slow is resolved"
    assert links["widgets"][0]["buttonList"]["buttons"][0]["text"] == "Alarms"


def test_everybody_is_not_mentioned() -> None:
    """Neither by a card nor by what a phone shows of it."""
    section = Section(title="<users/all>", status="ringing")
    message = Message(service="s", title="<users/all>", status="ringing", sections=(section,))
    rendered = payload(message)

    assert rendered["fallbackText"] == "\u2039users/all>"
    assert sections(rendered)[0]["header"] == "🔴 &lt;users/all&gt; rings"


def test_many_alarms_are_all_named() -> None:
    """Lines go before alarms do; of very many, the rest is counted."""
    assert [f"shop-alarm-{n} " in str(payload(storm(60))) for n in range(60)] == [True] * 60
    assert sections(payload(storm(500)))[-1]["header"].endswith(" more")
