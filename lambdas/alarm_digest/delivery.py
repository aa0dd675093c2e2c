"""From changes to posted messages: remember, claim, look into the logs, post, remember again.

What was told is written after each post, so a run that dies between the two posts once more: that
is the one duplicate that a crash can cost.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import uuid4

from .destinations import Destination, PostError
from .digest import Learnt, digest
from .evidence import Clients, Evidence, NoEvidence, gather
from .message import Message
from .notification import Notification
from .source import LogSource
from .state import (
    Claim,
    Item,
    Lease,
    Policy,
    State,
    claimed,
    introduced,
    posted,
    refused,
    tidied,
    with_changes,
    with_daily,
)
from .store import Store, StoreError, updated

T = TypeVar("T")

_EVIDENCE_SECONDS = 12.0
_POST_SECONDS = 15.0  # kept free for posting, whatever evidence takes
_LAST_SECONDS = 2.0  # kept free for writing what was posted
_ASKED = 3  # alarms that the logs are asked about in one run, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What became of one message.

    Attributes:
        claim: Who was told of what.
        title: The message in one line; empty if none could be made.
        thread: Where the destination goes on with it, if it has threads.
        error: Why it was not taken. None: it was.
    """

    claim: Claim
    title: str = ""
    thread: str | None = None
    error: PostError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one run has done, and the state that it left."""

    state: State
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the messages of a service go, and what they are made of.

    Attributes:
        service: The contract's service.
        store: Where its state is kept.
        destinations: Who is told.
        policy: When they are told.
        source: Where the service's lines are. None: nobody knows, and none are looked for.
        clients: Returns who is asked for lines.
        clock: Returns the seconds since 1970.
    """

    service: str
    store: Store
    destinations: Sequence[Destination]
    policy: Policy
    source: LogSource | None
    clients: Callable[[], Clients]
    clock: Callable[[], float] = time.time

    def run(
        self,
        changes: Iterable[Notification] = (),
        *,
        deadline: float,
        patient: bool = False,
        is_daily: bool = False,
    ) -> Delivered:
        """Remember changes, and tell every destination that is due what it lacks.

        Args:
            changes: What arrived; none when only what waited is told.
            deadline: When the run must be over, in seconds of ``time.monotonic()``.
            patient: Whether a destination that refused is given a pause.
            is_daily: Whether the daily digest is due.

        Raises:
            StoreError: The state could not be read or written; what arrived may not be known,
                and what was posted may be posted again.
        """
        arrived = tuple(changes)

        def learn(state: State, now: float) -> State:
            known = introduced(state, (each.name for each in self.destinations), now)
            known = with_changes(known, arrived, now, self.policy)
            return with_daily(known, now) if is_daily else known

        state, claims = self._claimed(learn, deadline, patient=patient)
        if not claims:
            return Delivered(state=state, postings=())
        learnt = self._learnt(claims, deadline)
        postings: list[Posting] = []
        problem: StoreError | None = None
        for posting in self._posted(claims, learnt, deadline - _LAST_SECONDS):
            postings.append(posting)
            try:
                state = self._remembered(posting, deadline)
            except StoreError as error:  # what the others were told is still to be remembered
                problem = error
        if problem:
            raise problem
        return Delivered(state=state, postings=tuple(postings))

    def _claimed(
        self, learn: Callable[[State, float], State], deadline: float, *, patient: bool
    ) -> tuple[State, tuple[Claim, ...]]:
        now = self.clock()
        until = now + max(deadline - time.monotonic(), 0) + _LAST_SECONDS
        lease = Lease(uuid4().hex, until)
        claims: tuple[Claim, ...] = ()

        def claim(state: State) -> State:
            nonlocal claims
            known, claims = claimed(learn(state, now), now, self.policy, lease, patient=patient)
            return tidied(known, now, self.policy)

        return updated(self.store, claim, now, deadline=deadline), claims

    def _learnt(self, claims: Iterable[Claim], deadline: float) -> Learnt:
        """Ask the logs about the alarms that begin to ring, within the time that can be spared."""
        items = {item.incident.key: item for claim in claims for item in claim.items}
        begun = sorted(
            filter(_begins, items.values()),
            key=lambda item: item.incident.changes[-1],
            reverse=True,
        )
        if self.source is None:
            return {}
        until = min(time.monotonic() + _EVIDENCE_SECONDS, deadline - _POST_SECONDS)
        ask = partial(_evidence, source=self.source, clients=self.clients, deadline=until)
        learnt: dict[str, Evidence | NoEvidence] = {
            item.incident.key: NoEvidence(f"so many alarms rang that {_ASKED} were looked into")
            for item in begun[_ASKED:]
        }
        with _threads(_ASKED) as pool:
            asked = {pool.submit(ask, item): item.incident.key for item in begun[:_ASKED]}
            for future in _done(asked, until + _LAST_SECONDS):
                learnt[asked[future]] = future.result()
        late = NoEvidence("AWS did not answer in time")
        return dict.fromkeys(asked.values(), late) | learnt

    def _posted(
        self, claims: Sequence[Claim], learnt: Learnt, deadline: float
    ) -> Iterator[Posting]:
        """Post to all destinations at once, and yield what became of each when it is known."""
        by_name = {destination.name: destination for destination in self.destinations}
        late: dict[Future[Posting], Claim] = {}
        with _threads(len(by_name)) as pool:
            write = self._writer(claims, learnt, deadline)
            for claim in claims:
                destination = by_name[claim.destination]
                late[pool.submit(_post, destination, claim, write, deadline)] = claim
            for future in _done(tuple(late), deadline):
                del late[future]
                yield future.result()
        for claim in late.values():
            yield Posting(claim=claim, error=PostError("it did not answer in time"))

    def _writer(
        self, claims: Iterable[Claim], learnt: Learnt, deadline: float
    ) -> Callable[[Claim], Message]:
        """Return what makes the message of a claim; the daily digest is made once, here."""
        due = max((claim.daily for claim in claims), default=0.0)
        report = self._report(due, deadline) if due else None

        def write(claim: Claim) -> Message:
            if report and not claim.items:
                return report
            try:
                return digest(self.service, claim.items, learnt, self.source)
            except Exception:  # noqa: BLE001 - who is on call needs the alarm more than its lines
                return digest(self.service, claim.items, {}, None)

        return write

    def _report(self, due: float, deadline: float) -> Message:
        if self.source is None:
            return self._no_report("nobody said where the lines are")
        from . import daily  # noqa: PLC0415 -- once a day; alarms need not wait for it

        try:
            return daily.message(
                datetime.fromtimestamp(due, UTC),
                service=self.service,
                source=self.source,
                to=self.clients(),
                deadline=min(time.monotonic() + _EVIDENCE_SECONDS, deadline - _POST_SECONDS),
            )
        except Exception as error:  # noqa: BLE001 - alarms that are posted with it must go out
            return self._no_report(type(error).__name__)

    def _no_report(self, reason: str) -> Message:
        title = f"{self.service}: no daily digest ({reason})"
        return Message(service=self.service, title=title, status="report")

    def _remembered(self, posting: Posting, deadline: float) -> State:
        now = self.clock()

        def settled(state: State) -> State:
            if error := posting.error:
                return refused(
                    state, posting.claim, now, retry_after=error.retry_after, taken=error.taken
                )
            return posted(state, posting.claim, now, posting.thread)

        return updated(self.store, settled, now, deadline=deadline)


def _begins(item: Item) -> bool:
    return item.status in {"ringing", "flapping"} and not item.reminder


def _evidence(
    item: Item, source: LogSource, clients: Callable[[], Clients], deadline: float
) -> Evidence | NoEvidence:
    """Return what the logs say; whatever goes wrong, the message must go out."""
    breach = item.incident.details.breach
    if breach is None:
        return NoEvidence("the notification does not say what it watches")
    if time.monotonic() >= deadline:
        return NoEvidence("there was no time left to ask")
    try:
        return gather(breach, source, clients(), deadline=deadline)
    except NoEvidence as reason:
        return reason
    except Exception as error:  # noqa: BLE001 - a mistake in here must not keep anybody asleep
        return NoEvidence(f"asking failed ({type(error).__name__})")


def _post(
    destination: Destination, claim: Claim, write: Callable[[Claim], Message], deadline: float
) -> Posting:
    try:
        message = write(claim)
        thread = destination.post(message, thread=claim.thread or None, deadline=deadline)
    except PostError as error:
        return Posting(claim=claim, error=error)
    except Exception as error:  # noqa: BLE001 - nor must one destination's mistake stop the others
        # Its text could hold the URL, which is a secret.
        return Posting(claim=claim, error=PostError(f"posting failed: {type(error).__name__}"))
    return Posting(claim=claim, title=message.title, thread=thread)


@contextmanager
def _threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Lend threads; one that hangs is left behind."""
    pool = ThreadPoolExecutor(max_workers=max(count, 1))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _done(futures: Iterable[Future[T]], deadline: float) -> Iterator[Future[T]]:
    """Yield what is done, until all is or the time is up."""
    try:
        yield from as_completed(futures, timeout=max(deadline - time.monotonic(), 0))
    except TimeoutError:
        return
