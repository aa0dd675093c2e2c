"""What an alarm did, out of changes that come late, twice and in any order. No clock, no network.

An incident begins when an alarm rings and is over when it is OK; one that rings again within an
hour goes on. All that is said of it is derived from the set of its changes, so their order and
repetition make no difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from typing import Literal

from .breach import Breach
from .message import Link, Status
from .notification import Notification

QUIET_SECONDS = 3600
"""An alarm that has not rung for so long begins a new incident when it does."""

FLAPPING_RINGS = 3
"""So many rings within ``QUIET_SECONDS`` are flapping."""

_CHANGES = 100
# The same change, told by SNS and by EventBridge, may differ by milliseconds.
_SAME_SECONDS = 2.0

Change = tuple[float, str]
"""When, in seconds since 1970, and the new state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the last notification said, beyond the state."""

    reason: str = ""
    purpose: str = ""
    links: tuple[Link, ...] = ()
    breach: Breach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one destination was told last of one alarm.

    Attributes:
        incident: Of which incident: its ``id``.
        rings: How often it had rung.
        status: How it stood.
        at: When, in seconds since 1970.
        thread: Where the destination goes on with it; empty for nowhere.
    """

    incident: str
    rings: int
    status: Status
    at: float
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One alarm: its incident, and the changes of those before it.

    Attributes:
        key: What tells alarm from alarm.
        alarm: The alarm's name; of what is unrecognised, what it is instead.
        id: What is the same for the whole of the incident.
        changes: Distinct, in the order of their times; at most the last 100.
        over: The changes until then are of incidents before.
        dropped: How often it rang, in changes that were too many to be kept.
        before: The state before the first of all changes; empty if not told.
        seen: When something was recorded last, in seconds since 1970.
        details: What the latest notification said.
        told: What each destination was told, by its name.
    """

    key: str
    alarm: str
    id: str
    changes: tuple[Change, ...] = ()
    over: float = 0.0
    dropped: int = 0
    before: str = ""
    seen: float = 0.0
    details: Details = field(default_factory=Details)
    told: Mapping[str, Told] = field(default_factory=dict)

    @property
    def current(self) -> tuple[Change, ...]:
        """The changes of this incident; what two ways told of one change is one."""
        changes = [change for change in self.changes if change[0] > self.over]
        return tuple(changes[:1]) + tuple(
            change for last, change in pairwise(changes) if not _same(last, change)
        )

    @property
    def rings(self) -> tuple[float, ...]:
        """When the alarm began to ring, each time."""
        return tuple(time for time, state in self.current if state == "ALARM")

    @property
    def ring_count(self) -> int:
        """How often the alarm rang."""
        return len(self.rings) + self.dropped

    @property
    def ended(self) -> float | None:
        """When the alarm became OK, if it is."""
        time, state = self.changes[-1]
        return time if state == "OK" else None

    def status(self, now: float) -> Status | None:
        """Return how it stands at a time; None if there is nothing that anybody must know."""
        state = self.changes[-1][1]
        if self._flapping(now):
            return "flapping"
        if state == "ALARM":
            return "ringing"
        if state == "OK":
            # That a new alarm has its first data is no news.
            return "resolved" if self.rings or self.before != "INSUFFICIENT_DATA" else None
        return "unknown"

    def _flapping(self, now: float) -> bool:
        rings = self.rings[-FLAPPING_RINGS:]
        return (
            len(rings) == FLAPPING_RINGS
            and rings[-1] - rings[0] <= QUIET_SECONDS
            and now - self.seen < QUIET_SECONDS
        )


Telling = Literal["news", "reminder"]


def telling(incident: Incident, destination: str, now: float, remind: float) -> Telling | None:
    """Return whether a destination must be told of an incident, and as what.

    Args:
        incident: The incident.
        destination: The destination's name.
        now: Seconds since 1970.
        remind: After how many seconds one that goes on is told again.
    """
    status = incident.status(now)
    if status is None:
        return None
    told = incident.told.get(destination)
    if told is None or told.incident != incident.id or told.status != status:
        return "news"
    # What flaps was called so; each of its turns is not told.
    if status != "flapping" and told.rings < incident.ring_count:
        return "news"
    if status in {"flapping", "ringing"} and now - told.at >= remind:
        return "reminder"
    return None


def recorded(
    incident: Incident | None, change: Notification, now: float, *, anew: bool = False
) -> Incident:
    """Return an incident with one more change; the same object if the change is known.

    Args:
        incident: What is known of the alarm. None: nothing.
        change: What arrived.
        now: Seconds since 1970.
        anew: Whether a new incident may begin: everybody knows of the one before.
    """
    known = incident or Incident(
        key=change.key, alarm=change.alarm, id=_id(change), before=change.old_state
    )
    new = (change.time, change.state)
    full = len(known.changes) == _CHANGES
    if new in known.changes or (full and new < known.changes[0]):
        return known
    if anew and _begins(known, change):
        known = replace(known, id=_id(change), over=known.changes[-1][0], dropped=0)
    elif known.changes and new < known.changes[0]:
        known = replace(known, before=change.old_state)
    changes = tuple(sorted({*known.changes, new}))
    return replace(
        known,
        changes=changes[-_CHANGES:],
        dropped=known.dropped + (full and changes[0][0] in known.rings),
        # One that comes so late belongs to what is told next, or nobody would hear of it.
        over=min(known.over, change.time - 0.001),
        seen=now,
        details=_details(known, change),
    )


def _begins(incident: Incident, change: Notification) -> bool:
    """Return whether a change begins a new incident: a ring, long after the last one was over."""
    time, state = incident.changes[-1]
    return state == "OK" and change.state == "ALARM" and change.time - time > QUIET_SECONDS


def _details(incident: Incident, change: Notification) -> Details:
    """Return what the latest change said, with the breach of the latest ring."""
    known = incident.details
    rings = [time for time, state in incident.changes if state == "ALARM"]
    rang = change.state == "ALARM" and change.time >= max(rings, default=change.time)
    breach = change.breach if rang or not rings else known.breach
    if incident.changes and (change.time, change.state) < incident.changes[-1]:
        return replace(known, breach=breach)
    return Details(reason=change.reason, purpose=change.purpose, links=change.links, breach=breach)


def _id(change: Notification) -> str:
    return sha256(f"{change.key}\n{change.time}".encode()).hexdigest()[:20]


def _same(last: Change, change: Change) -> bool:
    return last[1] == change[1] and change[0] - last[0] < _SAME_SECONDS
