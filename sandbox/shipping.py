"""The demo's second half: a bot's lines, delivered by a shipper that is killed, and cut off."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from intentlog.contract import Contract
from sandbox.cdk import ROOT
from sandbox.gateway import Gateway
from sandbox.server import Sandbox, SandboxError

OUTAGE_SECONDS: Final = 10.0
_BLOCKS = 1_000
_SECONDS = 60.0
_INTENTLOG = [sys.executable, "-c", "from intentlog.cli.intentlog import main; main()"]

Messages = Callable[[Sandbox, str], Iterable[str]]


class Shipped(msgspec.Struct, kw_only=True):
    """What was measured: lines in the bot's files, and what of them is in its log group.

    Attributes:
        repeated: Lines that arrived once more, because the shipper was killed before it had
            noted that they had arrived.
        broken_connections: What the outage cost.
    """

    emitted: int = 0
    delivered: int = 0
    repeated: int = 0
    lost: int = 0
    kills: int = 0
    outage_seconds: float = 0.0
    broken_connections: int = 0


class Shipping:
    """A bot that runs, and what delivers its lines."""

    def __init__(self, sandbox: Sandbox, contract: Contract, file: Path, logs: Path) -> None:
        """Take a contract, its file, and where the bot's files go."""
        self._sandbox = sandbox
        self._file = file
        self._logs = logs
        self._contract = contract
        self.found = Shipped()

    def run(self, messages: Messages) -> Shipped:
        """Let the bot run twice: until the shipper is killed, and while its endpoint is down.

        Args:
            messages: Reads back all messages of a log group.

        Raises:
            SandboxError: The bot fails, or the lines do not arrive.
        """
        with Gateway(self._sandbox.endpoint_url) as gateway:
            with self._shipper(gateway, ended_by=signal.SIGKILL):
                self._bot()
                self._wait(lambda: self._status()["delivered"] > 0, "nothing is delivered")
                self._bot()  # whose lines the shipper has only begun to read
            self.found.kills += 1
            with self._shipper(gateway, ended_by=signal.SIGTERM):
                began = time.monotonic()
                with gateway.outage():
                    self._bot()
                    time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - began)))
                self.found.outage_seconds = round(time.monotonic() - began, 1)
                self._wait(lambda: self._status()["lines"] == 0, "lines are still in the files")
            self.found.broken_connections = gateway.broken
        self._read_back(messages)
        return self.found

    def _read_back(self, messages: Messages) -> None:
        emitted: Counter[str] = Counter()
        arrived: Counter[str] = Counter()
        for stream, group in self._contract.log_groups.items():
            file = self._logs / self._contract.streams[stream].file
            emitted.update(file.read_text().splitlines())
            arrived.update(text for text in messages(self._sandbox, group) if _is_line(text))
        self.found.emitted = emitted.total()
        self.found.delivered = arrived.total()
        self.found.repeated = (arrived - emitted).total()
        self.found.lost = (emitted - arrived).total()
        if self.found.lost:
            raise SandboxError(f"{self.found.lost} lines did not arrive")

    def _bot(self) -> None:
        command = [sys.executable, "-m", "examples.chimera", "--contract", str(self._file)]
        options = ["--log-dir", str(self._logs), "--blocks", str(_BLOCKS)]
        done = subprocess.run(  # noqa: S603 -- our own example
            [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SandboxError(f"the bot ended with {done.returncode}: {done.stderr[-500:]}")

    @contextmanager
    def _shipper(self, gateway: Gateway, *, ended_by: signal.Signals) -> Iterator[None]:
        """Deliver, as a service beside the bot does."""
        environment = self._sandbox.child_environment() | {"AWS_ENDPOINT_URL": gateway.url}
        with subprocess.Popen(  # noqa: S603 -- our own command
            self._ship(), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield
            finally:
                process.send_signal(ended_by)

    def _ship(self, *options: str) -> list[str]:
        where = ("--contract", str(self._file), "--log-dir", str(self._logs))
        return [*_INTENTLOG, "ship", *where, *options]

    def _status(self) -> dict[str, Any]:
        """Return the status of all streams: counts, added up."""
        done = subprocess.run(  # noqa: S603 -- our own command
            self._ship("--status", "--json"), cwd=ROOT, capture_output=True, text=True, check=False
        )
        try:
            streams: list[dict[str, Any]] = json.loads(done.stdout)
        except ValueError:
            raise SandboxError(f"intentlog ship --status: {done.stderr[-500:]}") from None
        return {key: sum(stream[key] for stream in streams) for key in ("lines", "delivered")}

    @staticmethod
    def _wait(reached: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while not reached():
            if time.monotonic() > deadline:
                raise SandboxError(f"{otherwise}, after {_SECONDS:.0f} s")
            time.sleep(0.2)


def _is_line(message: str) -> bool:
    """Tell a line of the bot from what the shipper says of itself."""
    return "intentlog" not in json.loads(message)
