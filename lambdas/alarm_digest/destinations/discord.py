"""Discord's webhooks: https://discord.com/developers/docs/resources/webhook#execute-webhook."""

import re
from typing import Any

from alarm_digest.message import Link, Message, Section, Status

from .appearance import facts, heading, headline
from .size import fitted
from .text import address, fit, joined, units

# "Message Resource", Embed Limits.
_EMBEDS = 10
_ALL_TEXT = 6_000
_CONTENT = 2_000
_TITLE = 256
_DESCRIPTION = 4_096
_FIELDS = 25
_NAME = 256
_VALUE = 1_024
_FOOTER = 2_048
_SHORT_FACT = 40

_COLORS: dict[Status, int] = {
    "ringing": 0xD92D20,
    "flapping": 0xF79009,
    "resolved": 0x12B76A,
    "unknown": 0x98A2B3,
    "report": 0x2E90FA,
}
# Lists and headings begin a line, addresses have "://", emoji are ":names:".
_MARKUP = re.compile(r"([\\*_~`|<>\[\]()@]|(?<!\S)[#-]|:(?=//|\w*[A-Za-z]\w*:))")
_EVERYBODY = re.compile(r"@(?=everyone|here)")

Payload = dict[str, Any]


def payload(message: Message) -> Payload:
    """Return a message that mentions nobody, with an embed for each incident."""
    return fitted(message, _rendered, _fits)


def _fits(rendered: Payload) -> bool:
    texts = [text for embed in rendered["embeds"] for text in _texts(embed)]
    return len(rendered["embeds"]) <= _EMBEDS and sum(map(units, texts)) <= _ALL_TEXT


def _texts(embed: Payload) -> list[str]:
    fields = [text for field in embed.get("fields", ()) for text in (field["name"], field["value"])]
    footer = embed.get("footer", {"text": ""})["text"]
    return [embed["title"], embed.get("description", ""), footer, *fields]


def _rendered(message: Message) -> Payload:
    title = fit(headline(message), _CONTENT // 4, _escaped)
    return {
        "content": joined([f"**{title}**", _links(message.links)], _CONTENT),
        "embeds": [_embed(section) for section in message.sections],
        "allowed_mentions": {"parse": []},
    }


def _embed(section: Section) -> Payload:
    description = joined(
        [
            fit(section.summary, _DESCRIPTION // 4, _escaped),
            fit(section.sparkline, _VALUE, _escaped),
            _samples(section.samples),
            _links(section.links),
        ],
        _DESCRIPTION,
    )
    embed: Payload = {
        "title": fit(heading(section), _TITLE, _escaped),
        "color": _COLORS[section.status],
    }
    if description:
        embed["description"] = description
    if section.facts:
        embed["fields"] = [_field(name, value) for name, value in facts(section)[:_FIELDS]]
    if section.notes:
        # A footer knows no Markdown.
        footer = joined((fit(note, _FOOTER // 4) for note in section.notes), _FOOTER)
        embed["footer"] = {"text": _EVERYBODY.sub("@\u200b", footer)}
    return embed


def _field(name: str, value: str) -> Payload:
    return {
        "name": fit(name, _NAME, _escaped) or r"\-",
        "value": fit(value, _VALUE, _escaped) or r"\-",
        "inline": len(value) <= _SHORT_FACT,
    }


def _samples(samples: tuple[str, ...]) -> str:
    # Within a block of code nothing is markup but its end.
    shown = fit("\n".join(samples), _DESCRIPTION // 2, _literal)
    return f"```\n{shown}\n```" if samples else ""


def _literal(text: str) -> str:
    return _EVERYBODY.sub("@\u200b", text.replace("`", "\u02cb"))


def _links(links: tuple[Link, ...]) -> str:
    return joined(map(_link, links), _VALUE, " · ")


def _link(link: Link) -> str:
    label = fit(link.label, 75, _escaped) or r"\-"
    if url := address(link.place):
        return f"[{label}](<{_EVERYBODY.sub('%40', url)}>)"
    return f"{label}: {fit(link.place, 300, _escaped)}"


def _escaped(text: str) -> str:
    """Take the meaning from what begins Markdown, mentions, emoji and bare URLs."""
    return _EVERYBODY.sub("@\u200b", _MARKUP.sub(r"\\\1", text))
