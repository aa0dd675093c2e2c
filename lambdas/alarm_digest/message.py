"""What is posted, before any destination has given it a form.

Every text is plain and as it came, cut at most: who renders it escapes it.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ringing", "flapping", "resolved", "unknown", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to go. ``place`` need not be a URL: a runbook may be ``docs/operations.md#x``."""

    label: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One incident, or one part of a report.

    Attributes:
        key: What is the same in every message about the same incident; empty in reports.
        title: What it is about: the alarm's name.
        status: How it stands.
        summary: What it means, in a sentence or two.
        facts: Names and values, in the order of their weight: since when, how often, for whom.
            Programs that read the generic webhook are promised three of an alarm: ``States``
            (``OK → ALARM``), ``Reason`` as CloudWatch gives it, ``Changed`` (ISO 8601).
        samples: Log lines, the most telling first.
        sparkline: The metric, as one line of block characters; empty for none.
        links: Where to go on.
        notes: What the reader should know about the section itself, such as what is missing.
    """

    key: str = ""
    title: str
    status: Status
    summary: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    samples: tuple[str, ...] = ()
    sparkline: str = ""
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to whoever is on call.

    Attributes:
        service: The contract's service.
        title: The whole of it in one line: ``drawing-agent: 1 alarm rings, 2 resolved``.
        status: The worst of its sections.
        sections: Incidents, those that ring first; or the parts of a report.
        links: Where to go on from here, for all of it.
        reminder: Whether it only says again what was said before.
    """

    service: str
    title: str
    status: Status
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    reminder: bool = False
