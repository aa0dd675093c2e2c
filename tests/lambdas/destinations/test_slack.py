"""What Slack gets: within its limits, and literal whatever stands in a line.

Payloads are read by slack_sdk's models, which know the limits of each block.
"""

import re
from typing import Any

from hypothesis import given
from slack_sdk.models.blocks import Block

from alarm_digest.destinations import RENDERERS
from alarm_digest.message import Message, Section
from tests.lambdas.destinations.messages import (
    DASHBOARD,
    HOSTILE,
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    storm,
    strings,
    unseen,
)

payload = RENDERERS["slack"]
_LINK = re.compile(r"<https://[^<>|\s]+\|[^<>|]*>")


def texts(rendered: dict[str, Any]) -> list[str]:
    """Return every text that Slack reads as mrkdwn."""
    found = [rendered["text"]]
    for block in rendered["blocks"]:
        objects = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        found += [one["text"] for one in objects if one and one["type"] == "mrkdwn"]
    return found


@NOT_SHORTENED
@given(MESSAGES)
def test_slack_takes_any_message(message: Message) -> None:
    """Every block is valid, there are 50 at most, and nothing in them mentions, links or hides."""
    rendered = payload(message)

    assert len(rendered["blocks"]) <= 50
    for block in rendered["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        assert parsed.to_dict() == block
    for text in texts(rendered):
        assert 0 < len(text) <= 3_000 or text == rendered["text"]
        assert "<" not in _LINK.sub("", text)
        assert ">" not in _LINK.sub("", text)
    assert set().union(*map(unseen, strings(rendered))) == set()


def test_what_a_message_says_is_shown() -> None:
    """Alarm, purpose, facts, a line, links, in this order; a place that is no URL is named."""
    _, about, sample, links, *_ = payload(MESSAGE)["blocks"]

    assert about["text"]["text"].splitlines()[:3] == [
        "🔴 *shop-payments-fail* rings",
        "Payments fail for customers",
        "`▁▁▂▁▁▃█▇`",
    ]
    assert about["fields"][0]["text"] == "*States*\nOK → ALARM"
    assert sample["text"]["text"] == (
        "```\nPaymentError: card &lt;declined&gt; &amp; *retried*\n```"
    )
    assert links["elements"][0]["text"] == (
        f"Runbook: docs/operations.md#payments  ·  <{DASHBOARD}|Dashboard>"
        "  ·  _1 of 2 queries answered._"
    )


def test_nothing_from_outside_is_markup() -> None:
    """Neither bold, code nor the end of a block of code; Slack looks for nothing by itself."""
    section = Section(
        title="*a*", status="ringing", summary="*b* __init__ ~c~ `d` 2*3 a_b", samples=("```e`",)
    )
    _, about, sample = payload(
        Message(service="", title="", status="ringing", sections=(section,))
    )["blocks"]

    assert about["text"] == {
        "type": "mrkdwn",
        "text": "🔴 *\u2217a\u2217* rings\n"
        "\u2217b* \u02cd\u02cdinit__ \u223cc~ \u02cbd\u02cb 2*3 a_b",
        "verbatim": True,
    }
    assert sample["text"]["text"] == "```\n\u02cb\u02cb\u02cbe\u02cb\n```"


def test_many_alarms_are_all_named() -> None:
    """What does not fit is counted; lines go before alarms do."""
    blocks = payload(storm(40))["blocks"]

    assert [f"*shop-alarm-{n}*" in str(blocks) for n in range(40)] == [True] * 40
    assert "and 152 more" in str(payload(storm(200)))


def test_a_url_cannot_leave_its_link() -> None:
    """Only https; what ends a link is encoded."""
    rendered = str(payload(MESSAGE)) + "".join(
        str(
            payload(
                Message(
                    service="s",
                    title="t",
                    status="ringing",
                    sections=(Section(title="a", status="ringing", notes=(text,)),),
                )
            )
        )
        for text in HOSTILE
    )

    assert re.findall(r"<(https?://[^|]*)", rendered) == [
        DASHBOARD,
        "https://console.aws.amazon.com/alarms",
    ]
