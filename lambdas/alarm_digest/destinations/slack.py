"""Slack's Block Kit: https://docs.slack.dev/reference/block-kit/blocks."""

import re
from typing import Any

from alarm_digest.message import Link, Message, Section

from .appearance import SIGNS, WORDS, facts, headline
from .size import fitted
from .text import address, fit, joined, units

_BLOCKS = 50
_TEXT = 3_000  # characters of a text object; those of `text` beside the blocks are not shown
_HEADER = 150
_FIELDS = 10
_FIELD = 2_000
# No limit of a whole message is documented, yet Slack answers `msg_blocks_too_long` to long ones.
_ALL_TEXT = 12_000
_SHORT_FACT = 40

# mrkdwn has no escape for what begins bold, italic, struck and code: look-alikes stand for it.
_OPENING = re.compile(r"(?<![^\W_])[*_~](?=\S)|`")
_ALIKE = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}

Payload = dict[str, Any]


def payload(message: Message) -> Payload:
    """Return what an incoming webhook takes, and ``chat.postMessage`` besides its channel."""
    return fitted(message, _rendered, _fits)


def _fits(rendered: Payload) -> bool:
    blocks = rendered["blocks"]
    texts = [text["text"] for block in blocks for text in _texts(block)]
    return len(blocks) <= _BLOCKS and sum(map(units, texts)) <= _ALL_TEXT


def _texts(block: Payload) -> list[Payload]:
    own = [block["text"]] if "text" in block else []
    return [*own, *block.get("fields", ()), *block.get("elements", ())]


def _rendered(message: Message) -> Payload:
    title = fit(headline(message), _HEADER)
    blocks: list[Payload] = [{"type": "header", "text": {"type": "plain_text", "text": title}}]
    for section in message.sections:
        blocks += _incident(section)
    blocks += _context(_links(message.links))
    return {
        "text": fit(headline(message), _TEXT, _escaped),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _incident(section: Section) -> list[Payload]:
    short = [fact for fact in facts(section) if len(fact[1]) <= _SHORT_FACT]
    long = [fact for fact in facts(section) if len(fact[1]) > _SHORT_FACT]
    said = joined(
        [
            _heading(section),
            fit(section.summary, _TEXT // 2, _escaped),
            fit(section.sparkline, _TEXT // 8, _code) if section.sparkline else "",
            *(f"{_bold(name)} {fit(value, _TEXT // 4, _escaped)}" for name, value in long),
        ],
        _TEXT,
    )
    block: Payload = {"type": "section", "text": _mrkdwn(said)}
    if short:
        block["fields"] = [
            _mrkdwn(f"{_bold(name)}\n{fit(value, _FIELD // 4, _escaped) or '-'}")
            for name, value in short[:_FIELDS]
        ]
    notes = [f"_{fit(note, _TEXT // 4, _escaped)}_" for note in section.notes]
    return [
        block,
        *_samples(section.samples),
        *_context([*_links(section.links), *notes]),
    ]


def _heading(section: Section) -> str:
    words = (SIGNS[section.status], _bold(section.title), WORDS[section.status])
    return " ".join(filter(None, words))


def _samples(samples: tuple[str, ...]) -> list[Payload]:
    if not samples:
        return []
    text = "\n".join(samples)
    shown = fit(text, _TEXT - 8, lambda cut: _entities(cut.replace("`", _ALIKE["`"])))
    return [{"type": "section", "text": _mrkdwn(f"```\n{shown}\n```")}]


def _context(parts: list[str]) -> list[Payload]:
    text = joined(parts, _TEXT, "  ·  ")
    return [{"type": "context", "elements": [_mrkdwn(text)]}] if text else []


def _links(links: tuple[Link, ...]) -> list[str]:
    # No buttons: Slack warns of them where the app has no address that answers to a click.
    return [_link(link) for link in links]


def _link(link: Link) -> str:
    label = fit(link.label.replace("|", "/"), 75, _escaped) or "-"
    if url := address(link.place):
        return f"<{_entities(url)}|{label}>"
    return f"{label}: {fit(link.place, 300, _escaped)}"


def _mrkdwn(text: str) -> Payload:
    # Else bare URLs, channels' and users' names become links.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _bold(text: str) -> str:
    return f"*{fit(text.replace('*', _ALIKE['*']), _HEADER * 2, _escaped) or '-'}*"


def _code(text: str) -> str:
    return f"`{_entities(text.replace('`', _ALIKE['`']))}`"


def _escaped(text: str) -> str:
    return _entities(_OPENING.sub(lambda found: _ALIKE[found[0]], text))


def _entities(text: str) -> str:
    """Escape what begins mentions and links ("Formatting message text", Slack)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
