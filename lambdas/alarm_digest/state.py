"""What the digest remembers of a service: its incidents, and where each destination stands.

Every function takes a state and returns another; nothing is changed in place, so that a write that
comes second can be tried again on what the first one left.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .incidents import (
    QUIET_SECONDS,
    Details,
    Incident,
    Telling,
    Told,
    recorded,
    telling,
)
from .message import Status
from .notification import UNRECOGNISED, Notification

KEPT_SECONDS = 14 * 86_400
"""How long it is remembered what was told, as a dead letter may come back so late."""

FORGOTTEN_SECONDS = 30 * 86_400
"""An alarm that has not changed for so long is forgotten, whatever its state."""

_DAILY_SECONDS = 6 * 3600  # the scheduler may invoke twice
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
        daily: Up to when it has had the daily digest.
    """

    since: float
    daily: float
    posted: float = 0.0
    lease: str = ""
    leased_until: float = 0.0
    failures: int = 0
    failing_since: float = 0.0
    failed: float = 0.0
    not_before: float = 0.0
    reported: bool = False

    def is_due(self, now: float, window: float, owner: str, *, patient: bool) -> bool:
        """Return whether a run may post to it; the patient wait longer after each failure."""
        is_held = self.lease not in {"", owner} and now < self.leased_until
        if is_held or now < self.posted + window:
            return False
        return now >= max(self.not_before, self._pause_ends if patient else 0.0)

    @property
    def _pause_ends(self) -> float:
        if not self.failures:
            return 0.0
        doubled = _FIRST_PAUSE_SECONDS * 2.0 ** min(self.failures - 1, 10)
        return self.failed + min(doubled, _LONGEST_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that is remembered of a service; ``daily`` is when the last daily digest was due."""

    incidents: Mapping[str, Incident] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    daily: float = 0.0


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

    @property
    def is_unrecognised(self) -> bool:
        """Whether it is no alarm at all."""
        return self.incident.changes[-1][1] == UNRECOGNISED

    @property
    def key(self) -> str:
        """What is the same in every message about the same; all that is unrecognised is one."""
        return UNRECOGNISED.lower() if self.is_unrecognised else self.incident.id


class Lease(NamedTuple):
    """A right to post: whose it is, the same for one run and no other, and when it ends."""

    owner: str
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one destination is to be told now, and who has the right to.

    Attributes:
        destination: Its name.
        items: The incidents. None: it is the daily digest.
        lease: The right.
        thread: Where all of them were told before; empty if not in one place.
        daily: When the daily digest was due, if that is to be posted.
    """

    destination: str
    items: tuple[Item, ...] = ()
    lease: Lease
    thread: str = ""
    daily: float = 0.0


def introduced(state: State, destinations: Iterable[str], now: float) -> State:
    """Return a state that has exactly these destinations."""
    wanted = tuple(destinations)
    if tuple(state.channels) == wanted:
        return state
    channels = {name: state.channels.get(name) or Channel(since=now, daily=now) for name in wanted}
    return replace(state, channels=channels)


def with_daily(state: State, now: float) -> State:
    """Return a state in which the daily digest is due; the same object if it was just now."""
    return state if now - state.daily < _DAILY_SECONDS else replace(state, daily=now)


def with_changes(
    state: State, changes: Iterable[Notification], now: float, policy: Policy
) -> State:
    """Return a state that knows of changes; the same object if it knew of all of them."""
    incidents = dict(state.incidents)
    for change in sorted(changes, key=lambda change: (change.time, change.key, change.state)):
        known = incidents.get(change.key)
        anew = known is not None and not _lacking(state, known, now, policy, "news")
        incidents[change.key] = recorded(known, change, now, anew=anew)
    same = all(state.incidents.get(key) is incident for key, incident in incidents.items())
    return state if same else replace(state, incidents=incidents)


def claimed(
    state: State, now: float, policy: Policy, lease: Lease, *, patient: bool
) -> tuple[State, tuple[Claim, ...]]:
    """Take the right to post to every destination that is due and lacks something.

    Args:
        state: What is remembered.
        now: Seconds since 1970.
        policy: When somebody is told.
        lease: The right, which ends by itself if the run does not end it.
        patient: Whether a destination that refused is given a pause.
    """
    channels = dict(state.channels)
    claims: list[Claim] = []
    for name, channel in state.channels.items():
        if not channel.is_due(now, policy.window, lease.owner, patient=patient):
            continue
        if items := _items(state, name, now, policy):
            thread = _thread(items, name)
            claim = Claim(destination=name, items=items, lease=lease, thread=thread)
        elif channel.daily < state.daily:  # what rings comes first
            claim = Claim(destination=name, lease=lease, daily=state.daily)
        else:
            continue
        claims.append(claim)
        channels[name] = replace(channel, lease=lease.owner, leased_until=lease.until)
    return (replace(state, channels=channels) if claims else state), tuple(claims)


def posted(state: State, claim: Claim, now: float, thread: str | None) -> State:
    """Return a state in which a destination has taken a message, and gave it a thread."""
    state = _told(state, claim, claim.items, now, thread)
    channel = replace(
        _released(state, claim, now),
        posted=now,
        failures=0,
        failing_since=0.0,
        failed=0.0,
        not_before=0.0,
        reported=False,
    )
    if claim.daily:
        channel = replace(channel, daily=claim.daily)
    return replace(state, channels={**state.channels, claim.destination: channel})


def refused(
    state: State,
    claim: Claim,
    now: float,
    *,
    retry_after: float | None = None,
    taken: Collection[str] = (),
) -> State:
    """Return a state in which a destination has refused a message, but for the items ``taken``."""
    state = _told(state, claim, [item for item in claim.items if item.key in taken], now, None)
    channel = _released(state, claim, now)
    channel = replace(
        channel,
        failures=channel.failures + 1,
        failing_since=channel.failing_since or now,
        failed=now,
        not_before=now + (retry_after or 0.0),
    )
    return replace(state, channels={**state.channels, claim.destination: channel})


def failing(state: State, now: float, seconds: float) -> list[str]:
    """Return the destinations that have refused for so long, if that was not reported yet."""
    return [
        name
        for name, channel in state.channels.items()
        if channel.failures and now - channel.failing_since >= seconds and not channel.reported
    ]


def reported(state: State, names: Iterable[str]) -> State:
    """Return a state in which it was reported of destinations that they fail for long."""
    channels = dict(state.channels)
    for name in set(names) & channels.keys():
        channels[name] = replace(channels[name], reported=True)
    return replace(state, channels=channels)


def untold(state: State, key: str, now: float, policy: Policy) -> list[str]:
    """Return the destinations that refuse, and lack news of an incident."""
    incident = state.incidents.get(key)
    lacking = _lacking(state, incident, now, policy, "news") if incident else []
    return [name for name in lacking if state.channels[name].failures]


def tidied(state: State, now: float, policy: Policy) -> State:
    """Return a state without what nobody needs any more; the same object if all is needed.

    Of an incident that is over, quiet and told, only its changes are kept; they, too, go when no
    notification can come back any more. What is unrecognised goes at once: of that there may be
    any number.
    """
    incidents: dict[str, Incident] = {}
    for key, incident in state.incidents.items():
        if not _is_done(state, incident, now, policy):
            if now - incident.seen < FORGOTTEN_SECONDS:
                incidents[key] = incident
        elif now - incident.seen < KEPT_SECONDS and incident.ended is not None:
            incidents[key] = _stripped(incident)
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
) -> Telling | None:
    kind = telling(incident, name, now, policy.remind)
    is_old = name not in incident.told and incident.seen < channel.since
    return None if is_old and incident.status(now) not in {"ringing", "flapping"} else kind


def _lacking(
    state: State, incident: Incident, now: float, policy: Policy, *kinds: Telling
) -> list[str]:
    return [
        name
        for name, channel in state.channels.items()
        if _news(incident, name, channel, now, policy) in kinds
    ]


def _is_done(state: State, incident: Incident, now: float, policy: Policy) -> bool:
    return (
        incident.changes[-1][1] in {"OK", UNRECOGNISED}
        and now - incident.seen >= QUIET_SECONDS
        and not _lacking(state, incident, now, policy, "news", "reminder")
    )


def _stripped(incident: Incident) -> Incident:
    empty = Details()
    return incident if incident.details == empty else replace(incident, details=empty)


def _told(
    state: State, claim: Claim, items: Iterable[Item], now: float, thread: str | None
) -> State:
    incidents = dict(state.incidents)
    for item in items:
        told = Told(
            incident=item.incident.id,
            rings=item.incident.ring_count,
            status=item.status,
            at=now,
            thread=thread or claim.thread,
        )
        if incident := incidents.get(item.incident.key):
            by_name = {**incident.told, claim.destination: told}
            incidents[incident.key] = replace(incident, told=by_name)
    return replace(state, incidents=incidents)


def _thread(items: Iterable[Item], name: str) -> str:
    threads = {
        told.thread if told and told.incident == item.incident.id else ""
        for item in items
        for told in [item.incident.told.get(name)]
    }
    return threads.pop() if len(threads) == 1 else ""


def _released(state: State, claim: Claim, now: float) -> Channel:
    """Return where a destination stands when a run gives its right back, if it still has it."""
    channel = state.channels.get(claim.destination) or Channel(since=now, daily=now)
    if channel.lease != claim.lease.owner:
        return channel
    return replace(channel, lease="", leased_until=0.0)
