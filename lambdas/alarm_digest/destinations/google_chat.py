"""Google Chat: a card (https://developers.google.com/workspace/chat/api/reference/rest/v1/cards)."""

import json
from html import escape
from typing import Any

from alarm_digest.message import Link, Message, Section

from .appearance import facts, heading, headline
from .size import fitted
from .text import address, fit, joined, octets

_OCTETS = 32_000  # "Create a message": the whole of it
_WIDGETS = 100  # beyond them, whole sections are left out
_TEXT = 2_000
_TITLE = 200
_BUTTONS = 6

Payload = dict[str, Any]


def payload(message: Message) -> Payload:
    """Return a message with one card, a section for each incident."""
    return fitted(message, _rendered, _fits)


def _fits(rendered: Payload) -> bool:
    sections = rendered["cardsV2"][0]["card"]["sections"]
    widgets = sum(len(section["widgets"]) for section in sections)
    return widgets <= _WIDGETS and octets(json.dumps(rendered)) <= _OCTETS


def _rendered(message: Message) -> Payload:
    title = fit(headline(message), _TITLE)
    sections = [_incident(section) for section in message.sections]
    if links := _links(message.links):
        sections.append({"widgets": links})
    card = {
        "header": {"title": title, "subtitle": fit(message.service, _TITLE)},
        "sections": sections,
    }
    return {
        # What a phone shows of it; other than a card's texts, this could mention everybody.
        "fallbackText": title.replace("<", "\u2039"),
        "cardsV2": [{"cardId": "digest", "card": card}],
    }


def _incident(section: Section) -> Payload:
    widgets: list[Payload] = []
    about = joined(
        [
            fit(section.summary, _TEXT, _escaped),
            fit(section.sparkline, _TEXT // 8, _escaped),
        ],
        2 * _TEXT,
        "<br>",
    )
    if about:
        widgets.append({"textParagraph": {"text": about}})
    widgets += [_fact(name, value) for name, value in facts(section)]
    widgets += [_sample(sample) for sample in section.samples]
    widgets += [
        {"textParagraph": {"text": f"<i>{fit(note, _TEXT, _escaped)}</i>"}}
        for note in section.notes
    ]
    widgets += _links(section.links)
    title = fit(heading(section), _TITLE, _escaped)
    # A section without a widget is refused.
    return {"header": title, "widgets": widgets or [{"textParagraph": {"text": "&nbsp;"}}]}


def _fact(name: str, value: str) -> Payload:
    return {
        "decoratedText": {
            "topLabel": fit(name, _TITLE, _escaped),
            "text": fit(value, _TEXT, _escaped) or "-",
            "wrapText": True,
        }
    }


def _sample(text: str) -> Payload:
    shown = fit(text, _TEXT, _escaped)
    return {"textParagraph": {"text": f'<font color="#5f6368">{shown}</font>'}}


def _links(links: tuple[Link, ...]) -> list[Payload]:
    widgets: list[Payload] = []
    buttons = [
        {"text": fit(link.label, 75) or "-", "onClick": {"openLink": {"url": url}}}
        for link in links[:_BUTTONS]
        if (url := address(link.place))
    ]
    elsewhere = [
        fit(f"{link.label}: {link.place}", _TITLE, _escaped)
        for link in links
        if address(link.place) is None
    ]
    if elsewhere:
        widgets.append({"textParagraph": {"text": joined(elsewhere, _TEXT, "<br>")}})
    if buttons:
        widgets.append({"buttonList": {"buttons": buttons}})
    return widgets


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br>")
