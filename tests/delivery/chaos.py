"""Everything at once that can happen to logging, by chance but with a seed: ``make chaos``.

Real processes write by the real logger, in files that rotate each megabyte; real ones deliver
them, to a service that keeps every limit and fails at random. They are killed, stopped, forked,
their disk is full, their clock jumps. In the end, what was acknowledged is compared with what has
arrived. Writes ``build/chaos/summary.json``; ``--help`` says what can be chosen.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from intentlog.contract import parse
from intentlog.delivery.state import load_state
from intentlog.delivery.status import status
from intentlog.delivery.stream_files import stream_files
from sandbox.faults import Faults, random_spans
from sandbox.ingestion import MAX_SPAN_MS
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import CONTRACT, GROUP, SHIP, line

ROOT = Path(__file__).parents[2]
SUMMARY = ROOT / "build" / "chaos" / "summary.json"
_WAIT_SECONDS = 120.0
_LITTLE, _MUCH = 100_000, 800_000  # bytes of a file that is rotated at a megabyte


class Result(NamedTuple):
    """What became of a scenario's lines.

    Attributes:
        acknowledged: Lines whose log call had returned.
        delivered: Different lines that have arrived.
        lost: Acknowledged lines, and lines in the files, that have not.
        destroyed: Lines that others cut off before they could be delivered.
        uncounted: Bytes of them that the shipper did not count, or counted without reason.
        repeated: Lines that have arrived more than once.
        unexplained: Those for which no crash and no broken answer accounts by its last batch.
        disordered: Lines that arrived before one that stands before them in their file.
        refused: Batches beyond a limit of the service.
        kills: Processes killed by SIGKILL.
        stops: Processes stopped for a while by SIGSTOP.
        faults: Requests that a fault has struck.
        files: Files that were written; each but one was rotated.
        seconds: How long it took.
    """

    acknowledged: int
    delivered: int
    lost: int
    destroyed: int
    uncounted: int
    repeated: int
    unexplained: int
    disordered: int
    refused: int
    kills: int
    stops: int
    faults: int
    files: int
    seconds: float

    @property
    def is_fine(self) -> bool:
        """Whether every guarantee was kept."""
        wrong = self.lost, self.uncounted, self.unexplained, self.disordered, self.refused
        return self.acknowledged > 0 and not any(wrong)


class Place:
    """Where a scenario takes place: a directory, a service, the processes in it.

    Attributes:
        rng: Chooses all that is left to chance.
        directory: The log directory.
        logs: The service.
        kills: How many processes were killed.
        stops: How many were stopped for a while.
    """

    def __init__(self, root: Path, logs: StrictLogs, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 -- no secret
        self.directory = root / "logs"
        self.logs = logs
        self.kills = self.stops = 0
        self._seed = seed
        self._begun = time.monotonic()
        self._acknowledged = root / "acknowledged"
        self._contract = root / "shop.toml"
        self._contract.write_text(CONTRACT.replace("keep          = 100", "keep = 1000"))
        for directory in (self.directory, self._acknowledged):
            directory.mkdir()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._writers = 0

    def writer(self, **options: object) -> "subprocess.Popen[bytes]":
        """Start a process that writes."""
        self._writers += 1
        given = {
            "name": f"w{self._writers}",
            "seed": self._seed,
            "contract": str(self._contract),
            "directory": str(self.directory),
            "acknowledged": str(self._acknowledged),
        }
        arguments = json.dumps(given | options)
        return self._start([sys.executable, "-m", "tests.delivery.chaos_writer", arguments])

    def shipper(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a process that delivers."""
        where = ["--contract", str(self._contract), "--log-dir", str(self.directory)]
        return self._start([*SHIP, *where, *arguments])

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill a process, and what it has forked, at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._processes.remove(process)
        self.kills += 1

    def terminate(self, process: "subprocess.Popen[bytes]") -> None:
        """End a process, and what it has forked, and wait until all of them have ended."""
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(_WAIT_SECONDS)
        with suppress(ProcessLookupError):
            while True:
                os.killpg(process.pid, 0)
                time.sleep(0.05)
        self._processes.remove(process)

    def stop_a_while(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        """Stop a process, and let it go on."""
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGCONT)
        self.stops += 1

    def end(self) -> None:
        """End all processes, then deliver what is left.

        Raises:
            RuntimeError: Not all can be delivered.
        """
        for process in self._processes.copy():
            self.terminate(process)
        self.logs.faults.end()
        shipper = self.shipper("--once", "--seconds", str(_WAIT_SECONDS))
        _, error = shipper.communicate()
        if shipper.returncode:
            raise RuntimeError(f"intentlog ship --once: {error.decode()}")

    def release(self) -> None:
        """Leave no process behind, whatever happened."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def result(self, *, destroyed: Mapping[str, int] | None = None) -> Result:
        """Compare what was acknowledged with what has arrived.

        Args:
            destroyed: Lines that the scenario itself cut off, with their bytes.
        """
        cut_off = dict(destroyed or {})
        taken = [  # without what the shipper says of itself
            event
            for event in self.logs.taken
            if event.group == GROUP and '"intentlog":"delivery-lag"' not in event.message
        ]
        arrived = Counter(event.message for event in taken)
        in_files = self._in_files()
        missing = {text for text in in_files if text not in arrived}
        named = {name for text in arrived if (name := _name(text))}
        acknowledged = set(self._acknowledged_names())
        cut_names = {_name(text) for text in cut_off}
        gone = {text: size for text, size in cut_off.items() if text not in arrived}
        counted = load_state(self.directory, "shop").streams["app"].destroyed_bytes
        return Result(
            acknowledged=len(acknowledged),
            delivered=len(arrived),
            lost=len(acknowledged - named - cut_names) + len(missing),
            destroyed=len(gone),
            uncounted=abs(counted - sum(gone.values())),
            repeated=sum(1 for count in arrived.values() if count > 1),
            unexplained=self._unexplained(),
            disordered=self._disordered(in_files),
            refused=len(self.logs.refusals),
            kills=self.kills,
            stops=self.stops,
            faults=sum(self.logs.faults.struck.values()),
            files=len(stream_files(self.directory / "app.log")),
            seconds=round(time.monotonic() - self._begun, 1),
        )

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | self.logs.environment(),
            stderr=subprocess.PIPE if "--once" in command else subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def _acknowledged_names(self) -> Iterator[str]:
        for file in self._acknowledged.iterdir():
            for number in file.read_text().splitlines():
                yield f"{file.name} {number}"

    def _in_files(self) -> dict[str, tuple[Path, int]]:
        """Return each whole line of the files, and where it is."""
        found = {}
        for file in stream_files(self.directory / "app.log"):
            content = file.path.read_bytes()
            if file.compressed:
                content = gzip.decompress(content)
            for place, text in enumerate(content.split(b"\n")[:-1]):
                if text.strip():
                    found[text.decode("utf-8", "replace")] = (file.path, place)
        return found

    def _unexplained(self) -> int:
        """Return how many lines came again although no crash and no lost answer was there.

        Again may come the last batch of a process, which may have been killed before it saved its
        state, and a batch whose answer was broken off.
        """
        again = self._last_batches() | self.logs.unanswered
        first_in: dict[str, int] = {}
        unexplained = 0
        for event in self.logs.taken:
            before = first_in.get(event.message)
            unexplained += before is not None and before not in again
            first_in[event.message] = event.batch
        return unexplained

    def _last_batches(self) -> set[int]:
        """Return what each process may have sent of its last batch: of a jumping clock, two calls.

        Their times are more than a day apart, or they would have been one.
        """
        spans: dict[int, tuple[int, int]] = {}
        calls: dict[str, list[int]] = defaultdict(list)
        for event in self.logs.taken:
            first, last = spans.get(event.batch, (event.timestamp, event.timestamp))
            spans[event.batch] = min(first, event.timestamp), max(last, event.timestamp)
            if event.batch not in calls[event.stream][-1:]:
                calls[event.stream].append(event.batch)
        last_batches = set()
        for numbers in calls.values():
            number = numbers.pop()
            last_batches.add(number)
            while numbers and spans[number][1] - spans[numbers[-1]][0] >= MAX_SPAN_MS:
                number = numbers.pop()
                last_batches.add(number)
        return last_batches

    def _disordered(self, in_files: Mapping[str, tuple[Path, int]]) -> int:
        """Return how many lines came before one that stands before them in their file.

        Those with an earlier time do not count: CloudWatch shows events by their times, and within
        a batch it wants them so.
        """
        seen = set()
        calls: dict[int, list[tuple[Path, int, int]]] = defaultdict(list)
        for event in self.logs.taken:
            if event.message in in_files and event.message not in seen:
                seen.add(event.message)
                calls[event.batch].append((*in_files[event.message], event.timestamp))
        # Of each file, the lines that came in earlier calls and that no other one surpasses in
        # both place and time.
        came: dict[Path, list[tuple[int, int]]] = defaultdict(list)
        disordered = 0
        for number in sorted(calls):
            for path, place, at in calls[number]:
                disordered += any(p > place and t >= at for p, t in came[path])
            for path, place, at in calls[number]:
                if not any(p >= place and t >= at for p, t in came[path]):
                    kept = [(p, t) for p, t in came[path] if p > place or t > at]
                    came[path] = [*kept, (place, at)]
        return disordered


def _name(text: str) -> str | None:
    """Return whose line it is: the writer and its number."""
    try:
        record = json.loads(text)
    except json.JSONDecodeError:  # torn by a kill: nobody was told that it is there
        return None
    return str(record.get("message")) if record.get("logger") == "chaos" else None


@contextmanager
def place(seed: int, faults: Faults | None = None) -> Iterator[Place]:
    """Prepare a place, and clear it away."""
    root = Path(tempfile.mkdtemp(prefix="chaos-"))
    with StrictLogs(faults) as logs:
        here = Place(root, logs, seed)
        try:
            yield here
        finally:
            here.release()
            shutil.rmtree(root)


def storm(seed: int, kills: int) -> Result:
    """Kill writers and shippers at random moments, while the endpoint fails half of the time."""
    rng = random.Random(seed)  # noqa: S311 -- no secret
    with place(seed, Faults(random_spans(rng, kills * 4.0 + 60, longest=2.0))) as here:
        writers = [here.writer(**_kind(rng)) for _ in range(4)]
        shipper = here.shipper()
        while here.kills < kills:
            time.sleep(here.rng.uniform(0.1, 3.0))
            chance = here.rng.random()
            number = here.rng.randrange(len(writers))
            if chance < 0.5:
                here.kill(shipper)
                shipper = here.shipper()
            elif chance < 0.85:
                here.kill(writers[number])
                writers[number] = here.writer(**_kind(here.rng))
            else:
                stopped = here.rng.choice([shipper, *writers])
                here.stop_a_while(stopped, here.rng.uniform(0.1, 1.0))
        here.end()
        return here.result()


def _kind(rng: random.Random) -> dict[str, object]:
    """Choose what is special about a writer."""
    return rng.choice([{}, {"clock": True}, {"full": True}, {"forks": 2}])


def in_process(seed: int, kills: int) -> Result:
    """Kill applications that deliver themselves: whoever is left takes over."""
    rng = random.Random(seed)  # noqa: S311 -- no secret
    with place(seed, Faults(random_spans(rng, kills * 4.0 + 60, longest=1.0))) as here:
        writers = [here.writer(delivers=True, forks=n % 2, pause=0.01) for n in range(3)]
        while here.kills < kills:
            time.sleep(here.rng.uniform(0.5, 4.0))
            number = here.rng.randrange(len(writers))
            here.kill(writers[number])
            writers[number] = here.writer(delivers=True, pause=0.01)
        here.end()
        return here.result()


def truncation(seed: int, rounds: int) -> Result:
    """Cut off files while nothing can be delivered: what that destroys is counted to the byte."""
    with place(seed) as here:
        shipper = here.shipper()
        destroyed: dict[str, int] = {}
        path = here.directory / "app.log"
        for _ in range(max(1, rounds // 4)):
            with here.logs.faults.during("throttled"):
                writer = here.writer(pause=0)
                while len(stream_files(path)) < 2:  # else all of it may be in the shipper's batch
                    time.sleep(0.05)
                time.sleep(here.rng.uniform(1.0, 2.0))
                while not _LITTLE < _size(path) < _MUCH:  # there is something to destroy
                    time.sleep(0.01)
                here.terminate(writer)
                path.touch()  # it may have been rotated with the writer's last line
                _until_seen(here.directory)
                for text in path.read_text().splitlines():
                    destroyed[text] = len(text.encode()) + 1
                os.truncate(path, 0)
                if here.rng.random() < 0.5:
                    here.kill(shipper)
                    shipper = here.shipper()
                writer = here.writer()
                time.sleep(1.0)
                here.terminate(writer)
            _until_delivered(here.directory)
        time.sleep(4.5)  # a file that is not found three times is given up
        here.end()
        return here.result(destroyed=destroyed)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it is just being rotated
        return 0


def _until_seen(directory: Path) -> None:
    """Wait until the shipper knows, and has saved that it knows, of all that is there."""
    deadline = time.monotonic() + _WAIT_SECONDS
    path = directory / "app.log"
    while time.monotonic() < deadline:
        streams = load_state(directory, "shop").streams
        sizes = {(c.inode, c.size) for s in streams.values() for c in s.cursors}
        if (path.stat().st_ino, path.stat().st_size) in sizes:
            return
        time.sleep(0.1)
    raise RuntimeError("the shipper has not looked at the files")


def _until_delivered(directory: Path) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        (found,) = status(parse(CONTRACT), directory)
        if not found.lines:
            return
        time.sleep(0.2)
    raise RuntimeError("the shipper does not deliver")


def backlog(seed: int, kills: int) -> Result:
    """Work off a day and a half of old lines, compressed, with a kill now and then."""
    with place(seed) as here:
        start = datetime.now(UTC) - timedelta(hours=36)
        step = timedelta(hours=36) / 100_000
        for file in range(20):
            numbers = range(file * 5000, (file + 1) * 5000)
            text = "".join(f"{line(n, at=start + n * step, text='x' * 200)}\n" for n in numbers)
            path = here.directory / f"app.log.{20 - file}.gz"
            path.write_bytes(gzip.compress(text.encode(), 1))
        for _ in range(max(2, kills // 10)):
            shipper = here.shipper()
            time.sleep(here.rng.uniform(1.0, 3.0))
            here.kill(shipper)
        here.end()
        return here.result()._replace(acknowledged=100_000)


SCENARIOS: Mapping[str, Callable[[int, int], Result]] = {
    "storm": storm,
    "in process": in_process,
    "truncation": truncation,
    "backlog": backlog,
}


def main() -> None:
    """Run every scenario, print a table, write the summary; exit code 1 if a guarantee broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: another one")
    parser.add_argument("--kills", type=int, default=200, help="of the storm")
    parser.add_argument("--only", choices=list(SCENARIOS))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)  # noqa: T201 -- to repeat it
    results = {}
    for name, scenario in SCENARIOS.items():
        if options.only in {None, name}:
            kills = options.kills if scenario is storm else max(4, options.kills // 10)
            results[name] = scenario(options.seed, kills)
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    scenarios = {name: result._asdict() for name, result in results.items()}
    summary = {"seed": options.seed, "scenarios": scenarios}
    SUMMARY.write_text(json.dumps(summary, indent=2) + "\n")
    for row in zip(["", *Result._fields], *[[n, *r] for n, r in results.items()], strict=True):
        print("".join(f"{cell:>14}" for cell in row))  # noqa: T201
    sys.exit(not all(result.is_fine for result in results.values()))


if __name__ == "__main__":
    main()
