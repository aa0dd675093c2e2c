"""A thousand notifications, two functions at once that are killed now and then, flaky webhooks.

The queue is a stand-in that does what SQS promises: what is not acknowledged comes again, five
times, then it is a dead letter. State, secrets and HTTP are real; time is the test's.
"""

import json
import random
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import Any, NamedTuple, Self

import pytest

from alarm_digest import delivery, state
from alarm_digest import handler as module
from alarm_digest.state import Claim, State
from sandbox.server import Sandbox
from tests.lambdas.changes import BEGIN
from tests.lambdas.function import Function, alarm, moment

WINDOW = 300
ALARMS = 40
CHANGES = 25
ATTEMPTS = 5


class KilledError(BaseException):
    """The function ends in the middle, as when Lambda takes its time away."""


class Taken(NamedTuple):
    """What a webhook took, and when."""

    time: float
    payload: dict[str, Any]


class FlakyWebhook:
    """Refuses three posts of ten, and all of them while it is ``down``."""

    def __init__(self, clock: "Clock", seed: int) -> None:
        self.taken: list[Taken] = []
        self.refused = 0
        self.down = False
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 - the same storm each time
        self._clock = clock
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/digest"

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, body: bytes) -> int:
        with self._lock:
            if self.down or self._random.random() < 0.3:
                self.refused += 1
                return self._random.choice([429, 500, 503])
            self.taken.append(Taken(self._clock.now, json.loads(body)))
            return 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(webhook._answer(body))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        return Handler


class Clock:
    """The time, which goes on with each batch."""

    now = BEGIN


class Queue:
    """Records, given out in batches; what is not acknowledged comes again later."""

    def __init__(self, bodies: list[str], batch: int = 10) -> None:
        self._batch = batch
        self._waiting = deque(enumerate(bodies))
        self._received: Counter[int] = Counter()
        self._lock = threading.Lock()
        self.dead: list[str] = []

    def take(self) -> list[tuple[int, str]]:
        """Return a batch; empty if nothing waits."""
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]

    def give_back(self, records: list[tuple[int, str]]) -> None:
        """Let records come again, those that came five times excepted."""
        with self._lock:
            for number, body in records:
                self._received[number] += 1
                if self._received[number] == ATTEMPTS:
                    self.dead.append(body)
                else:
                    self._waiting.append((number, body))


class Storm:
    """The function, run until the queue is empty.

    In each round two batches and a sweep run at once. The clock goes on between rounds only: a run
    that was overtaken by the clock would be one that outlived its own timeout.
    """

    def __init__(self, function: Function, clock: Clock, queue: Queue) -> None:
        self.function = function
        self.clock = clock
        self.queue = queue
        self.killed = 0
        self.long_failures = 0

    def rage(self, seconds_a_round: int) -> None:
        """Run rounds until nothing waits."""
        with ThreadPoolExecutor(3) as pool:
            while batches := [batch for batch in (self.queue.take(), self.queue.take()) if batch]:
                sweep = pool.submit(self._sweep)
                for untold in pool.map(self._untold, batches):
                    self.queue.give_back(untold)
                sweep.result()
                self._tick(seconds_a_round)

    def calm(self, seconds: int) -> None:
        """Let time go by, a minute at a time, with a sweep each."""
        for _ in range(seconds // 60):
            self._tick(60)
            self._sweep()

    def _tick(self, seconds: int) -> None:
        self.function.now = self.clock.now = self.clock.now + seconds

    def _untold(self, records: list[tuple[int, str]]) -> list[tuple[int, str]]:
        event = {"Records": [{"messageId": str(n), "body": body} for n, body in records]}
        try:
            answer = self.function.invoke(event)
        except KilledError:
            self.killed += 1
            return records
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        return [(number, body) for number, body in records if str(number) in failed]

    def _sweep(self) -> None:
        try:
            self.function.sweep()
        except module.UndeliveredError:
            self.long_failures += 1
        except KilledError:
            self.killed += 1


@pytest.fixture
def clock() -> Clock:
    """The time that webhooks and function share."""
    return Clock()


@pytest.fixture
def webhooks(clock: Clock) -> Iterator[dict[str, FlakyWebhook]]:
    """Two that are flaky."""
    with FlakyWebhook(clock, 1) as oncall, FlakyWebhook(clock, 2) as chat:
        yield {"oncall": oncall, "chat": chat}


@pytest.fixture
def function(
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    table: str,
    webhooks: dict[str, FlakyWebhook],
) -> Function:
    """The function, which tries again at once instead of after seconds."""
    monkeypatch.setattr("alarm_digest.post._FIRST_WAIT_SECONDS", 0.001)
    urls = {name: webhook.url for name, webhook in webhooks.items()}
    return Function(monkeypatch, sandbox, table, urls)


def thousand() -> tuple[list[str], dict[str, float]]:
    """A thousand notifications, some of them twice, in hardly any order; and each alarm's last."""
    shuffled = random.Random(3)  # noqa: S311 - the same storm each time
    changes = [
        (number * 100 + index * 150, f"alarm-{number}", ("ALARM", "OK")[index % 2])
        for number in range(ALARMS)
        for index in range(CHANGES)
    ]
    changes += shuffled.sample(changes, 100)
    changes.sort(key=lambda each: each[0] + shuffled.uniform(0, 600))
    last: dict[str, float] = {}
    for after, name, _ in changes:
        last[name] = max(after, last.get(name, 0))
    return [alarm(name, state, after) for after, name, state in changes], last


@pytest.mark.slow
def test_a_storm_is_told_once_everywhere(
    function: Function,
    clock: Clock,
    webhooks: dict[str, FlakyWebhook],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is lost; no two messages in a window and nothing twice, but once for a crash."""
    bodies, last = thousand()
    storm = Storm(function, clock, Queue(bodies))
    settled = count(1)
    settle = state.posted

    def settle_or_die(known: State, claim: Claim, now: float, thread: str | None) -> State:
        if next(settled) % 12 == 0:
            raise KilledError
        return settle(known, claim, now, thread)

    with monkeypatch.context() as dying:
        dying.setattr(delivery, "posted", settle_or_die)
        storm.rage(seconds_a_round=80)
        webhooks["chat"].down = True
        storm.calm(1800)
        webhooks["chat"].down = False
        storm.calm(3600)
    storm.calm(7200)

    assert storm.killed > 0
    assert storm.long_failures > 0
    for webhook in webhooks.values():
        assert webhook.refused > 0
        assert _lost(webhook, last) == []
        times = [taken.time for taken in webhook.taken]
        assert sum(b - a < WINDOW for a, b in pairwise(times)) <= storm.killed
        assert _repeating(webhook) <= storm.killed


@pytest.mark.slow
def test_a_thousand_alarms_in_one_window_are_two_messages(
    function: Function, clock: Clock, webhooks: dict[str, FlakyWebhook]
) -> None:
    """One at once, and one at the window's end, which together have all of them."""
    storm = Storm(function, clock, Queue([alarm(f"alarm-{n}") for n in range(1000)], 50))

    storm.rage(seconds_a_round=0)
    assert {len(webhook.taken) for webhook in webhooks.values()} == {1}
    storm.calm(900)

    for webhook in webhooks.values():
        titles = [taken.payload["title"] for taken in webhook.taken]
        counts = [int(title.split()[1]) for title in titles]
        assert (len(counts), sum(counts)) == (2, 1000)


def _repeating(webhook: FlakyWebhook) -> int:
    """Return how many messages said again what one before had said, reminders apart."""
    known: set[str] = set()
    repeating = 0
    for taken in webhook.taken:
        if not taken.payload["reminder"]:
            said = {json.dumps(each) for each in taken.payload["alarms"]}
            repeating += not known.isdisjoint(said)
            known |= said
    return repeating


def _lost(webhook: FlakyWebhook, last: dict[str, float]) -> list[str]:
    """Return the alarms whose last change was not told at last."""
    known = {a["name"]: a for taken in webhook.taken for a in taken.payload["alarms"]}
    return [
        name
        for name, after in last.items()
        if name not in known or known[name]["time"][:19] != moment(after)[:19]
    ]
