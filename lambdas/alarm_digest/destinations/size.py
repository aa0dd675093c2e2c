"""Making a message small enough: the least telling goes first, the names of alarms last."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeVar

from alarm_digest.message import Message, Section

from .text import fit

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


def fitted(message: Message, render: Callable[[Message], T], fits: Callable[[T], bool]) -> T:
    """Render a message, as much of it as fits; all alarms with less before fewer alarms."""
    smaller = iter(_smaller(message))
    rendered = render(next(smaller))
    for less in smaller:
        if fits(rendered):
            break
        rendered = render(less)
    return rendered


def _smaller(message: Message) -> Iterator[Message]:
    """Yield a message with ever less in it, at last with nearly nothing."""
    for detail in _DETAILS:
        yield replace(
            message,
            sections=tuple(_less(section, detail) for section in message.sections),
            links=message.links[: detail.links],
        )
    barest = [_less(section, _DETAILS[-1]) for section in message.sections]
    shown = len(barest)
    while shown:
        shown //= 2
        rest = _rest(message.sections[shown:])
        yield replace(message, sections=(*barest[:shown], rest), links=())


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
