"""One stream's way to CloudWatch Logs: its files are the queue, what was taken moves a cursor."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from intentlog.contract import Contract

from .answers import Rejected
from .backoff import Backoff
from .batches import EVENT_OVERHEAD, MOST_BYTES, Batch, Event
from .dead_letters import DeadLetters
from .errors import RefusedError, UnavailableError
from .event_time import EventTimes
from .followed_file import Line
from .follower import Follower
from .state import StreamState

LOOK_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.25
_SAVE_SECONDS: Final = 5.0
"""So often is saved, while nothing can be delivered, what is there to be delivered."""

_SUSPECTS: Final = 8
"""So many events that are refused, and none that is taken, are no coincidence."""


class Service(Protocol):
    """What takes events: ``CloudWatch``, or what stands for it in a test."""

    def put(self, group: str, stream: str, events: Sequence[Event], /) -> Rejected:
        """Deliver events that are in the order of their times."""
        ...

    def create(self, group: str, stream: str, retention_days: int, /) -> None:
        """Make the log group and the log stream, where they are missing."""
        ...

    def now(self) -> int | None:
        """Return its time in milliseconds since the epoch; None before an answer."""
        ...


class Destination(NamedTuple):
    """Where a stream goes.

    Attributes:
        group: The log group.
        stream: The log stream.
        retention_days: How long the group keeps events, if it must be made.
    """

    group: str
    stream: str
    retention_days: int


class StreamShipper:
    """Delivers one stream: what is read is sent, what is taken is saved, in that order.

    It holds one batch in memory and reads no further until that is delivered.
    """

    def __init__(  # noqa: PLR0913 -- made in one place
        self,
        path: Path,
        destination: Destination,
        *,
        contract: Contract,
        state: StreamState,
        service: Service,
        dead_letters: DeadLetters,
        save: Callable[[], None],
        redact: Callable[[str], str],
    ) -> None:
        """Take what is delivered, and to where.

        Args:
            path: The file that is written.
            destination: Where its lines go.
            contract: What a line is, and what a batch is.
            state: How far it has been delivered.
            service: What takes the events.
            dead_letters: What keeps those that the service refuses.
            save: Saves the state.
            redact: Takes secrets out of what the service says, before that is saved.
        """
        self.state = state
        self.state.last_error = ""  # of another process, for another reason perhaps
        self.follower = Follower(path, state)
        self._destination = destination
        self._limits = contract.delivery
        self._times = EventTimes(contract.record, first=_now())
        self._service = service
        self._save = save
        self._redact = redact
        self._backoff = Backoff()
        self._dead_letters = dead_letters
        self._batch = Batch()
        self._carried: Event | None = None
        self._is_more = False
        self._began = self._look_at = self._not_before = self._save_at = 0.0
        self._proven = False  # whether the service has taken anything from this process

    def step(self, *, at_once: bool = False) -> float:
        """Deliver what is due, and return for how many seconds there is nothing to do.

        Args:
            at_once: Deliver all that there is, also what could wait for more.
        """
        now = time.monotonic()
        if now >= self._look_at:  # also while it waits: an open file is not lost when it is removed
            self._look_at = now + LOOK_SECONDS
            self._look()
        wait = self._not_before - now
        if wait > 0:
            return min(wait, LOOK_SECONDS)
        self._fill()
        if not self._batch:
            return POLL_SECONDS
        age = time.monotonic() - self._began
        if self._is_more or at_once or self._is_due(age):
            return self._deliver()
        return min(POLL_SECONDS, max(0.0, self._limits.batch_seconds - age))

    @property
    def idle(self) -> bool:
        """Whether all that is there is delivered."""
        return not self._batch and not self._is_more and self.follower.sees_all

    def look_now(self) -> None:
        """Look at the directory with the next step."""
        self._look_at = 0.0

    def close(self) -> None:
        """Let go of the files; what is not delivered is still in them."""
        self.follower.close()

    def _fill(self) -> None:
        """Read on as far as the batch takes more, and note whether there may be more than that."""
        if not self._batch:
            self._began = time.monotonic()
        took, event_of = self._took, self._event
        carried, self._carried = self._carried, None
        self._is_more = (carried is not None and not took(carried)) or any(
            not took(event_of(line)) for line in self.follower.read()
        )

    def _look(self) -> None:
        problem, destroyed = self.follower.problem, self.state.destroyed_bytes
        self.follower.look()
        if self.follower.problem != problem:
            self.state.last_error = self.follower.problem
        changed = (self.follower.problem, self.state.destroyed_bytes) != (problem, destroyed)
        now = time.monotonic()
        if changed or (self.state.last_error and now >= self._save_at):
            self._save_at = now + _SAVE_SECONDS
            self._save()

    def _event(self, line: Line) -> Event:
        message = line.text.decode("utf-8", "replace")
        size = len(line.text) + EVENT_OVERHEAD
        if "\ufffd" in message:  # which is longer than what it stands for
            size = len(message.encode()) + EVENT_OVERHEAD
        return Event(self._times.of(line.text), message, size, line.cursor, line.end)

    def _took(self, event: Event) -> bool:
        """Take an event into the batch; say whether that takes more."""
        if not event.message or event.message.isspace():  # the service wants some text
            self._batch.pass_over(event)
        elif event.size > MOST_BYTES:
            self._batch.refuse(event, "longer than 1 MiB")
        else:
            if self._batch.takes(event):
                return True
            self._carried = event
            return False
        return self._batch.passes_more

    def _is_due(self, age: float) -> bool:
        full = len(self._batch.events) >= self._limits.batch_events
        return full or age >= self._limits.batch_seconds

    def _deliver(self) -> float:
        """Deliver the batch; return how long to wait before the next step."""
        began = time.monotonic()
        try:
            self._check_times()
            for events in list(self._batch.calls()):
                self._send(events)
            dropped = self._dead_letters.add((e.message, why) for e, why in self._batch.refused)
        except _UnprovenError as error:
            return 0.0 if self._takes_one() else self.failed(error)
        except UnavailableError as error:
            return self.failed(error, took=time.monotonic() - began)
        except OSError as error:
            return self.failed(UnavailableError(f"dead letters cannot be kept: {error.strerror}"))
        self.state.rejected += len(self._batch.refused)
        self.state.dropped += dropped
        self._batch.commit()
        self._batch = Batch()
        self._backoff.succeeded()
        self.state.last_error = self.follower.problem
        self._save()
        return 0.0

    def _check_times(self) -> None:
        """Keep what the service would not take for its time out of the calls.

        Its own clock judges. To make the log stream, which must be made, tells it.
        """
        if self._service.now() is None and not self._proven:
            self._service.create(*self._destination)
        now = self._service.now()
        if now is not None:
            self._batch.check_times(now, self._times.has_time)

    def _send(self, events: Sequence[Event]) -> None:
        """Deliver events; what the service refuses is found by halves, the rest is delivered.

        Raises:
            UnavailableError: It did not take them now; or it refuses whatever it is sent, so that
                the reason must be another than an event: a name that it does not allow, perhaps.
        """
        suspects: list[tuple[Event, str]] = []
        self._isolate(events, suspects)
        if suspects and not self._proven:
            raise UnavailableError(suspects[0][1])
        for event, reason in suspects:
            self._refuse([event], reason)
            self._batch.done([event])

    def _isolate(self, events: Sequence[Event], suspects: list[tuple[Event, str]]) -> None:
        """Deliver events by ever smaller parts, and add to the suspects what is refused alone."""
        try:
            self._deliver_part(events)
        except RefusedError as error:
            if len(events) > 1:
                middle = len(events) // 2
                self._isolate(events[:middle], suspects)
                self._isolate(events[middle:], suspects)
                return
            suspects.append((events[0], str(error)))
            if len(suspects) >= _SUSPECTS and not self._proven:
                raise _UnprovenError(str(error)) from error

    def _takes_one(self) -> bool:
        """Deliver one event, from anywhere in the batch; say whether any was taken."""
        events = self._batch.events
        for event in events[:: -(-len(events) // _SUSPECTS)]:
            with suppress(RefusedError):
                self._deliver_part([event])
                return True
        return False

    def _deliver_part(self, events: Sequence[Event]) -> None:
        rejected = self._put(events)
        self._refuse(events[: rejected.too_old], "CloudWatch Logs: too old")
        self._refuse(events[rejected.too_new :], "CloudWatch Logs: too new")
        self.state.delivered += max(0, rejected.too_new - rejected.too_old)
        self.state.last_delivery = time.time()
        self._proven = True
        self._batch.done(events)

    def _put(self, events: Sequence[Event]) -> Rejected:
        group, stream, retention_days = self._destination
        try:
            return self._service.put(group, stream, events)
        except UnavailableError as error:
            if not error.missing:
                raise
            self._service.create(group, stream, retention_days)
            return self._service.put(group, stream, events)

    def _refuse(self, events: Sequence[Event], reason: str) -> None:
        for event in events:
            self._batch.refuse(event, reason)

    def failed(self, error: UnavailableError, *, took: float = 0.0) -> float:
        """Note why it did not work, and how long that took; return how long to wait."""
        self.state.last_error = self._redact(str(error))
        wait = self._backoff.failed(throttled=error.throttled, took=took)
        self._not_before = time.monotonic() + wait
        self._save()  # so that others see why
        return wait


class _UnprovenError(UnavailableError):
    """Nothing was taken yet, and so much was refused that each event may be, or none."""


def _now() -> int:
    return time.time_ns() // 1_000_000
