"""What Discord gets, against the limits that its documentation has."""

import re
from dataclasses import replace
from typing import Any

from hypothesis import given

from alarm_digest.destinations import RENDERERS
from alarm_digest.message import Link, Message, Section
from tests.lambdas.destinations.messages import (
    DASHBOARD,
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    storm,
    strings,
    unseen,
)

payload = RENDERERS["discord"]
_LINK = re.compile(r"\[(?:\\.|[^\]\\])*\]\(<https://[^<>\s]+>\)")
_CODE = re.compile(r"^```\n[^`]*\n```$", re.MULTILINE)


def units(text: str) -> int:
    """Return the length as JavaScript counts it."""
    return len(text.encode("utf-16-le")) // 2


def markdown(rendered: dict[str, Any]) -> list[str]:
    """Return every text that Discord reads as Markdown, without its blocks of code and links."""
    texts = [rendered["content"]]
    for embed in rendered["embeds"]:
        fields = embed.get("fields", ())
        texts += [embed["title"], embed.get("description", "")]
        texts += [text for field in fields for text in (field["name"], field["value"])]
    return [_LINK.sub("x", _CODE.sub("x", text)) for text in texts]


@NOT_SHORTENED
@given(MESSAGES)
def test_discord_takes_any_message(message: Message) -> None:
    """Within every limit; nobody is mentioned; nothing links, formats or hides."""
    rendered = payload(message)

    assert rendered["allowed_mentions"] == {"parse": []}
    assert units(rendered["content"]) <= 2_000
    assert len(rendered["embeds"]) <= 10
    total = 0
    for embed in rendered["embeds"]:
        fields = embed.get("fields", [])
        limits = [(embed["title"], 256), (embed.get("description", ""), 4_096)]
        limits += [(embed.get("footer", {}).get("text", ""), 2_048)]
        limits += [(field["name"], 256) for field in fields]
        limits += [(field["value"], 1_024) for field in fields]
        assert [text for text, limit in limits if units(text) > limit] == []
        assert all(field["name"] and field["value"] for field in fields)
        assert len(fields) <= 25
        total += sum(units(text) for text, _ in limits)
    assert total <= 6_000
    assert rendered["content"] or rendered["embeds"]
    for text in markdown(rendered):
        bare = re.sub(r"\\.", "x", text.removeprefix("**").replace("**", "", 1))
        assert not set(bare) & set("*_~`|<>[]()")
        assert not re.search(r"^\s*(#|-)|://", bare, re.MULTILINE)
    for text in strings(rendered):
        assert not re.search("@(everyone|here)", text)
        assert unseen(text) == set()


def test_an_address_mentions_nobody() -> None:
    """What would mention everybody is encoded, and leads where it led."""
    link = Link(label="Wiki", place="https://wiki.example/@everyone?at=@here&by=a@b")
    rendered = payload(replace(MESSAGE, links=(link,)))

    assert "[Wiki](<https://wiki.example/%40everyone?at=%40here&by=a@b>)" in rendered["content"]


def test_what_a_message_says_is_shown() -> None:
    """Alarm, purpose, metric, a line, links; facts are fields, of which short ones are in a row."""
    embed, resolved = payload(MESSAGE)["embeds"]

    assert embed["title"] == "🔴 shop-payments-fail rings"
    assert embed["description"] == (
        "Payments fail for customers\n▁▁▂▁▁▃█▇\n"
        "```\nPaymentError: card <declined> & *retried*\n```\n"
        f"Runbook: docs/operations.md#payments · [Dashboard](<{DASHBOARD}>)"
    )
    assert embed["fields"][0] == {"name": "States", "value": "OK → ALARM", "inline": True}
    assert not embed["fields"][1]["inline"]
    assert embed["footer"] == {"text": "1 of 2 queries answered."}
    assert (resolved["title"], resolved["color"]) == ("🟢 shop-slow is resolved", 0x12B76A)


def test_nothing_from_outside_is_markup() -> None:
    """Markdown, mentions and bare addresses stand there as they came."""
    section = Section(
        title="t", status="ringing", summary="*b* @everyone <@1> https://evil.example"
    )
    message = Message(service="s", title="t", status="ringing", sections=(section,))

    (embed,) = payload(message)["embeds"]
    assert embed["description"] == ("\\*b\\* \\@\u200beveryone \\<\\@1\\> https\\://evil.example")


def test_many_alarms_are_counted() -> None:
    """Ten embeds are all there is: nine alarms and how many more, by their names."""
    embeds = payload(storm(30))["embeds"]

    assert len(embeds) == 10
    assert embeds[-1]["title"] == "and 21 more"
    assert "shop-alarm-29" in embeds[-1]["description"]
