"""Microsoft Teams: an Adaptive Card for a webhook of Workflows (https://adaptivecards.io)."""

import json
import re
from typing import Any

from alarm_digest.message import Link, Message, Section, Status

from .appearance import facts, heading, headline
from .size import fitted
from .text import address, fit, octets

# Teams takes "approximately 28 KB" and does not say of what; of this JSON, more than 21 KB has
# been refused: as base64 it is 28.
_OCTETS = 20_000
_TEXT = 2_000
_STYLES: dict[Status, str] = {
    "ringing": "attention",
    "flapping": "warning",
    "resolved": "good",
    "unknown": "emphasis",
    "report": "default",
}
# The only thing that is read in a TextRun, which knows no Markdown.
_DATES = re.compile(r"\{\{(?=DATE|TIME)")

Payload = dict[str, Any]


def payload(message: Message) -> Payload:
    """Return a message with one card, in which every text from outside is a plain TextRun."""
    return fitted(message, _rendered, lambda card: octets(json.dumps(card)) <= _OCTETS)


def _rendered(message: Message) -> Payload:
    title = fit(headline(message), 250)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": title,
        "body": [
            _texts([_run(title, size="Large", weight="Bolder")]),
            *(_incident(section) for section in message.sections),
            *_links(message.links),
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "summary": title, "attachments": [attachment]}


def _incident(section: Section) -> Payload:
    items = [_texts([_run(heading(section), weight="Bolder")])]
    if section.summary:
        items.append(_texts([_run(section.summary)]))
    if section.sparkline:
        items.append(_texts([_run(section.sparkline, fontType="Monospace")]))
    items += [
        _texts([_run(f"{name}  ", weight="Bolder"), _run(value or "-")])
        for name, value in facts(section)
    ]
    items += [
        _texts([_run(sample or "-", fontType="Monospace", size="Small")])
        for sample in section.samples
    ]
    items += [_texts([_run(note, italic=True, isSubtle=True)]) for note in section.notes]
    items += _links(section.links)
    return {
        "type": "Container",
        "style": _STYLES[section.status],
        "separator": True,
        "spacing": "Medium",
        "items": items,
    }


def _links(links: tuple[Link, ...]) -> list[Payload]:
    runs: list[Payload] = []
    for link in links:
        label = fit(link.label, 75) or "-"
        if url := address(link.place):
            run = _run(label, selectAction={"type": "Action.OpenUrl", "url": url})
        else:
            run = _run(f"{label}: {link.place}")
        runs += [_run("  ·  "), run] if runs else [run]
    return [_texts(runs)] if runs else []


def _texts(runs: list[Payload]) -> Payload:
    return {"type": "RichTextBlock", "spacing": "Small", "inlines": runs}


def _run(text: str, **look: Any) -> Payload:
    return {"type": "TextRun", "text": _DATES.sub("{ {", fit(text, _TEXT)), **look}
