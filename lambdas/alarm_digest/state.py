"""What the digest remembers of a service: its incidents, and where each destination stands.

Every function takes a state and returns another; nothing is changed in place, so that a write that
comes second can be tried again on what the first one left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .incidents import (
    QUIET_SECONDS,
    Details,
    Incident,
    Told,
    is_told,
    recorded,
    telling,
)
from .message import Status
from .notification import UNRECOGNISED, Notification

KEPT_SECONDS = 14 * 86_400
"""How long it is remembered what was told, as a dead letter may come back so late."""

_FIRST_PAUSE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where one destination stands; times are seconds since 1970.

    Attributes:
        since: When it was first there: what was over before is not told.
        posted: When it took a message last.
        lease: Which run posts to it now; empty for none.
        leased_until: When the run that posts has ended, at the latest.
        failures: How often in a row it has refused.
        failing_since: When it refused first.
        failed: When it refused last.
        not_before: When it wants to be asked again (``Retry-After``).
        reported: Whether it was said that it fails for long.
    """

    since: float
    posted: float = 0.0
    lease: str = ""
    leased_until: float = 0.0
    failures: int = 0
    failing_since: float = 0.0
    failed: float = 0.0
    not_before: float = 0.0
    reported: bool = False

    def is_due(self, now: float, window: float, *, patient: bool) -> bool:
        """Return whether it may be posted to; the patient wait longer after each failure."""
        if now < max(self.leased_until if self.lease else 0.0, self.posted + window):
            return False
        return now >= max(self.not_before, self._pause_ends if patient else 0.0)

    @property
    def _pause_ends(self) -> float:
        if not self.failures:
            return 0.0
        doubled = _FIRST_PAUSE_SECONDS * 2 ** min(self.failures - 1, 10)
        return self.failed + min(doubled, _LONGEST_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that is remembered of a service."""

    incidents: Mapping[str, Incident] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When somebody is told; seconds.

    Attributes:
        window: At most one message to a destination in so long.
        remind: After how long one that goes on is told again.
    """

    window: float = 300.0
    remind: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident of a message that is to be posted, as it was when this was decided."""

    incident: Incident
    status: Status
    reminder: bool


Plan = Mapping[str, Sequence[Item]]
"""What each destination is to be told now, by its name."""


def introduced(state: State, destinations: Iterable[str], now: float) -> State:
    """Return a state that has exactly these destinations."""
    wanted = tuple(destinations)
    if tuple(state.channels) == wanted:
        return state
    channels = {name: state.channels.get(name) or Channel(since=now) for name in wanted}
    return replace(state, channels=channels)


def with_changes(
    state: State, changes: Iterable[Notification], now: float, policy: Policy
) -> State:
    """Return a state that knows of changes; the same object if it knew of all of them."""
    incidents = dict(state.incidents)
    for change in sorted(changes, key=lambda change: (change.time, change.key, change.state)):
        known = incidents.get(change.key)
        anew = known is not None and is_told(known, state.channels, now, policy.remind)
        incidents[change.key] = recorded(known, change, now, anew=anew)
    same = all(state.incidents.get(key) is incident for key, incident in incidents.items())
    return state if same else replace(state, incidents=incidents)


def claimed(
    state: State,
    now: float,
    policy: Policy,
    *,
    owner: str,
    until: float,
    patient: bool,
) -> tuple[State, Plan]:
    """Take the right to post to every destination that is due and lacks something.

    Args:
        state: What is remembered.
        now: Seconds since 1970.
        policy: When somebody is told.
        owner: Who posts: what is the same for one run, and no other.
        until: When the right ends, if the run does not end it itself.
        patient: Whether a destination that refused is given a pause.
    """
    channels = dict(state.channels)
    plan: dict[str, Sequence[Item]] = {}
    for name, channel in state.channels.items():
        if not channel.is_due(now, policy.window, patient=patient):
            continue
        if items := _items(state, name, now, policy):
            plan[name] = items
            channels[name] = replace(channel, lease=owner, leased_until=until)
    return (replace(state, channels=channels) if plan else state), plan


def posted(
    state: State, name: str, items: Iterable[Item], now: float, *, owner: str, thread: str
) -> State:
    """Return a state in which a destination has taken a message."""
    incidents = dict(state.incidents)
    for item in items:
        if (incident := incidents.get(item.incident.key)) is None:
            continue
        told = Told(
            incident=item.incident.id,
            news=item.incident.news,
            status=item.status,
            at=now,
            thread=thread,
        )
        incidents[incident.key] = replace(incident, told={**incident.told, name: told})
    channel = state.channels.get(name) or Channel(since=now)
    channel = replace(_released(channel, owner), posted=now, failures=0, reported=False)
    channel = replace(channel, failing_since=0.0, failed=0.0, not_before=0.0)
    return replace(state, incidents=incidents, channels={**state.channels, name: channel})


def refused(state: State, name: str, now: float, *, owner: str, retry_after: float | None) -> State:
    """Return a state in which a destination has refused a message."""
    channel = state.channels.get(name) or Channel(since=now)
    channel = replace(
        _released(channel, owner),
        failures=channel.failures + 1,
        failing_since=channel.failing_since or now,
        failed=now,
        not_before=now + (retry_after or 0.0),
    )
    return replace(state, channels={**state.channels, name: channel})


def reported(state: State, names: Iterable[str]) -> State:
    """Return a state in which it was said of destinations that they fail for long."""
    failing = {name: replace(state.channels[name], reported=True) for name in names}
    return replace(state, channels={**state.channels, **failing}) if failing else state


def untold(state: State, key: str, now: float, policy: Policy) -> list[str]:
    """Return the destinations that refuse, and lack news of an incident."""
    incident = state.incidents.get(key)
    return [
        name
        for name, channel in state.channels.items()
        if channel.failures and incident and _news(incident, name, channel, now, policy) == "news"
    ]


def tidied(state: State, now: float, policy: Policy) -> State:
    """Return a state without what nobody needs any more; the same object if all is needed.

    Of an incident that is over, quiet and told, only its changes are kept; they, too, go when no
    notification can come back any more.
    """
    incidents = {
        key: _stripped(incident) if _is_done(state, incident, now, policy) else incident
        for key, incident in state.incidents.items()
        if now - incident.seen < KEPT_SECONDS or not _is_done(state, incident, now, policy)
    }
    same = len(incidents) == len(state.incidents) and all(
        state.incidents[key] is incident for key, incident in incidents.items()
    )
    return state if same else replace(state, incidents=incidents)


def _items(state: State, name: str, now: float, policy: Policy) -> tuple[Item, ...]:
    channel = state.channels[name]
    found = []
    for incident in state.incidents.values():
        status = incident.status(now)
        if status and (kind := _news(incident, name, channel, now, policy)):
            found.append(Item(incident=incident, status=status, reminder=kind == "reminder"))
    return tuple(found)


def _news(
    incident: Incident, name: str, channel: Channel, now: float, policy: Policy
) -> str | None:
    kind = telling(incident, name, now, policy.remind)
    is_old = name not in incident.told and incident.seen < channel.since
    return None if is_old and incident.status(now) not in {"ringing", "flapping"} else kind


def _is_done(state: State, incident: Incident, now: float, policy: Policy) -> bool:
    return (
        incident.changes[-1][1] in {"OK", UNRECOGNISED}
        and now - incident.seen >= QUIET_SECONDS
        and not any(
            _news(incident, name, channel, now, policy) for name, channel in state.channels.items()
        )
    )


def _stripped(incident: Incident) -> Incident:
    empty = Details()
    return incident if incident.details == empty else replace(incident, details=empty)


def _released(channel: Channel, owner: str) -> Channel:
    return replace(channel, lease="", leased_until=0.0) if channel.lease == owner else channel
