"""Making a message harmless and small: the least telling goes first, the names of alarms last."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple, TypeVar

from alarm_digest.message import Link, Message, Section

from .text import LONGEST_LINK, fit, line, plain

T = TypeVar("T")


class _Detail(NamedTuple):
    """How much is said of each section; ``characters`` is for each of its texts."""

    samples: int
    facts: int
    notes: int
    links: int
    characters: int


_DETAILS = (
    _Detail(samples=5, facts=20, notes=5, links=8, characters=1500),
    _Detail(samples=3, facts=12, notes=3, links=6, characters=500),
    _Detail(samples=1, facts=6, notes=2, links=4, characters=250),
    _Detail(samples=0, facts=3, notes=1, links=2, characters=120),
    _Detail(samples=0, facts=0, notes=0, links=0, characters=80),
)
_NAMES_SHOWN = 400
_LONGEST_KEY = 1_000
_LABEL = 75
_MANY = 100


def fitted(message: Message, render: Callable[[Message], T], fits: Callable[[T], bool]) -> T:
    """Render a message, as much of it as fits; all alarms with less before fewer alarms.

    Args:
        message: The message, as it came.
        render: Is given messages whose texts are cut and have nothing unseen in them (``plain``);
            titles, names, notes and links are one line.
        fits: Whether what was rendered is small enough.
    """
    # Of very many alarms, no destination has room for more than what they are called.
    details = _DETAILS if len(message.sections) <= _MANY else _DETAILS[-1:]
    whole = _harmless(message, details[0])
    for detail in details:
        rendered = render(_with_less(whole, detail))
        if fits(rendered):
            return rendered
    barest = _with_less(whole, details[-1])

    def shortened(shown: int) -> T:
        rest = _rest(barest.sections[shown:])
        return render(replace(barest, sections=(*barest.sections[:shown], rest)))

    too_many = bisect_left(
        range(len(barest.sections)), True, key=lambda shown: not fits(shortened(shown))
    )
    return shortened(max(0, too_many - 1))


def _with_less(message: Message, detail: _Detail) -> Message:
    sections = tuple(_less(section, detail) for section in message.sections)
    return replace(message, sections=sections, links=message.links[: detail.links])


def _less(section: Section, detail: _Detail) -> Section:
    def cut(text: str) -> str:
        return fit(text, detail.characters)

    return replace(
        section,
        title=cut(section.title),
        summary=cut(section.summary),
        facts=tuple((cut(name), cut(value)) for name, value in section.facts[: detail.facts]),
        samples=tuple(cut(sample) for sample in section.samples[: detail.samples]),
        notes=tuple(cut(note) for note in section.notes[: detail.notes]),
        links=section.links[: detail.links],
    )


def _rest(sections: tuple[Section, ...]) -> Section:
    """Name the sections that there is no room for."""
    names = ", ".join(section.title for section in sections)
    return Section(
        title=f"and {len(sections)} more", status="report", summary=fit(names, _NAMES_SHOWN)
    )


def _harmless(message: Message, most: _Detail) -> Message:
    return replace(
        message,
        service=_line(message.service, most),
        title=_line(message.title, _DETAILS[0]),
        sections=tuple(_harmless_section(section, most) for section in message.sections),
        links=_harmless_links(message.links[: most.links]),
    )


def _harmless_section(section: Section, most: _Detail) -> Section:
    return replace(
        section,
        key=_key(section.key),
        title=_line(section.title, most),
        summary=_text(section.summary, most),
        facts=tuple(
            (_line(name, most), _text(value, most))
            for name, value in section.facts[: most.facts]
            if value
        ),
        samples=_some(_text(sample, most) for sample in section.samples[: most.samples]),
        sparkline=_line(section.sparkline, most),
        links=_harmless_links(section.links[: most.links]),
        notes=_some(_line(note, most) for note in section.notes[: most.notes]),
    )


def _some(texts: Iterable[str]) -> tuple[str, ...]:
    """Leave out those with nothing in them, which some destinations refuse."""
    return tuple(filter(None, texts))


def _harmless_links(links: tuple[Link, ...]) -> tuple[Link, ...]:
    # One character too many shows that a place is too long to be followed.
    return tuple(
        Link(
            label=fit(line(link.label[:_LABEL]), _LABEL),
            place=line(link.place[: LONGEST_LINK + 1]),
        )
        for link in links
    )


def _key(key: str) -> str:
    """Return a key that is the same for the same, and never cut."""
    if len(key) <= _LONGEST_KEY:
        return line(key)
    return sha256(key.encode(errors="surrogatepass")).hexdigest()


def _line(text: str, most: _Detail) -> str:
    return line(_text(text, most))


def _text(text: str, most: _Detail) -> str:
    longest = most.characters
    # Cut first: what arrives may be long. And again: what is unseen is longer when it is shown.
    kept = text if len(text) <= longest else text[: longest - 1] + "…"
    return fit(plain(kept).strip(), longest)
