"""One message out of many incidents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from .evidence import Evidence, NoEvidence, added, links, missing
from .incidents import Incident
from .message import Message, Section, Status
from .source import LogSource
from .state import Item

Learnt = Mapping[str, Evidence | NoEvidence]
"""What the logs say of an incident, by its alarm's key."""

_ORDER: tuple[Status, ...] = ("ringing", "flapping", "unknown", "resolved", "report")
_STATES_SHOWN = 8
_UNRECOGNISED_SHOWN = 5
_LONGEST_SHOWN = 10


def digest(
    service: str, items: Iterable[Item], learnt: Learnt, source: LogSource | None
) -> Message:
    """Put incidents into one message, those that ring first.

    Args:
        service: The contract's service.
        items: The incidents, at least one; each has its alarm to itself.
        learnt: What the logs say.
        source: Where the lines are, for links to them. None: nobody knows.
    """
    ordered = sorted(items, key=lambda item: (_ORDER.index(item.status), item.incident.changes[-1]))
    alarms = [item for item in ordered if not item.is_unrecognised]
    strange = [item for item in ordered if item.is_unrecognised]
    sections = [_section(item, learnt.get(item.incident.key), source) for item in alarms]
    if strange:
        sections.append(_unrecognised(strange[0].key, [item.incident for item in strange]))
    sections.sort(key=lambda section: _ORDER.index(section.status))
    return Message(
        service=service,
        title=f"{service}: {_title(ordered)}",
        status=sections[0].status,
        sections=tuple(sections),
        reminder=all(item.reminder for item in ordered),
    )


def _title(items: Sequence[Item]) -> str:
    """Say how many there are of each kind: ``1 alarm rings, 2 resolved``."""
    counts = {status: sum(item.status == status for item in items) for status in _ORDER}
    ringing, flapping = counts["ringing"], counts["flapping"]
    words = [
        (ringing, "1 alarm rings" if ringing == 1 else f"{ringing} alarms ring"),
        (flapping, "1 alarm is flapping" if flapping == 1 else f"{flapping} alarms are flapping"),
        (counts["resolved"], f"{counts['resolved']} resolved"),
        (counts["unknown"], f"{counts['unknown']} to look at"),
    ]
    return ", ".join(text for count, text in words if count)


def _section(item: Item, learnt: Evidence | NoEvidence | None, source: LogSource | None) -> Section:
    incident, details = item.incident, item.incident.details
    section = Section(
        key=item.key,
        title=incident.alarm,
        status=item.status,
        summary=details.purpose,
        facts=tuple(_facts(incident)),
        links=details.links,
        notes=_notes(item),
    )
    if isinstance(learnt, Evidence):
        section = added(section, learnt)
    elif learnt is not None:
        section = missing(section, learnt)
    if details.breach is None or source is None:
        return section
    evidence = learnt if isinstance(learnt, Evidence) else None
    return replace(section, links=(*links(details.breach, source, evidence), *section.links))


def _facts(incident: Incident) -> Iterable[tuple[str, str]]:
    rings, ended = incident.rings, incident.ended
    begun = rings[0] if rings else incident.current[0][0]
    yield "Since", _said(begun)
    if rings and ended is not None:
        yield "Lasted", _duration(ended - begun)
    if incident.ring_count > 1:
        yield "Rang", f"{incident.ring_count} times, last at {_said(rings[-1])}"
    yield "Reason", incident.details.reason
    states = [state for _, state in incident.current]
    shown = states[-_STATES_SHOWN:]
    yield "States", " → ".join(shown if len(shown) == len(states) else ["…", *shown])
    yield "Changed", _moment(incident.changes[-1][0]).isoformat(timespec="milliseconds")


def _notes(item: Item) -> tuple[str, ...]:
    if item.status == "flapping":
        return ("It goes on and off: you are told again when it is calm, not at each turn.",)
    if item.status == "unknown":
        return ("There are no data to judge by.",)
    return ()


def _unrecognised(key: str, incidents: Sequence[Incident]) -> Section:
    """Show what is no alarm notification as what it is, all of it in one section."""
    latest = sorted(incidents, key=lambda incident: -incident.seen)
    kinds: dict[str, int] = {}
    for incident in latest:
        kinds[incident.alarm] = kinds.get(incident.alarm, 0) + len(incident.current)
    return Section(
        key=key,
        title="Unrecognised notifications",
        status="unknown",
        summary="What arrived is no alarm notification. It is shown as it came, cut.",
        facts=tuple((what, f"{count}x") for what, count in list(kinds.items())[:_LONGEST_SHOWN]),
        samples=tuple(each.details.reason or "(empty)" for each in latest[:_UNRECOGNISED_SHOWN]),
        notes=(
            (f"{len(latest) - _UNRECOGNISED_SHOWN} more are not shown.",)
            if len(latest) > _UNRECOGNISED_SHOWN
            else ()
        ),
    )


def _said(time: float) -> str:
    return f"{_moment(time):%Y-%m-%d %H:%M:%S} UTC"


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
