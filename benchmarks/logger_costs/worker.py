"""Measures one case in this process: ``python -m benchmarks.logger_costs.worker GROUP CASE ...``.

What it prints is one line of JSON.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from statistics import median
from typing import Final

from .cases import GROUPS, Mode
from .event import Log, missing

_BATCH_NS: Final = 300_000
"""What a batch of calls is to take: less than what the system lets a process run at once."""
_BURST: Final = 1000
_THREADS: Final = 4

Figures = dict[str, float]


def each(log: Log, seconds: float, _file: Path) -> Figures:
    """Return nanoseconds a call: of the median batch, the quickest one, and of the whole run.

    A batch is short, so that few of them are those in which another process had the processor.
    ``cpu_ns`` is the time of the processor, of the whole run.
    """
    size = _batch_size(log)
    batches: list[float] = []
    began, began_cpu = time.perf_counter_ns(), time.thread_time_ns()
    end = began + int(seconds * 1e9)
    now = began
    while now < end:
        before = now
        for _ in range(size):
            log()
        now = time.perf_counter_ns()
        batches.append((now - before) / size)
    cpu = time.thread_time_ns() - began_cpu
    calls = size * len(batches)
    return {
        "ns": median(batches),
        "best_ns": min(batches),
        "mean_ns": (now - began) / calls,
        "cpu_ns": cpu / calls,
    }


def percentiles(log: Log, seconds: float, _file: Path) -> Figures:
    """Return what calls take that are timed one by one: of the clock, and of the processor."""
    taken = _one_by_one(log, seconds, time.perf_counter_ns)
    used = _one_by_one(log, seconds, time.thread_time_ns)
    at = {"p50_ns": 0.5, "p99_ns": 0.99, "p999_ns": 0.999}
    return {
        **{name: taken[int(len(taken) * share)] for name, share in at.items()},
        "p999_cpu_ns": used[int(len(used) * at["p999_ns"])],
    }


def threads(log: Log, seconds: float, _file: Path) -> Figures:
    """Return lines a second of four threads together."""
    counts: list[int] = []
    over = threading.Event()

    def run() -> None:
        count = 0
        while not over.is_set():
            log()
            count += 1
        counts.append(count)

    # Each in a copy of the context, as a server runs its handlers.
    running = [threading.Thread(target=copy_context().run, args=(run,)) for _ in range(_THREADS)]
    began = time.perf_counter()
    for thread in running:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in running:
        thread.join()
    return {"lines_per_second": sum(counts) / (time.perf_counter() - began)}


def bursts(log: Log, seconds: float, file: Path) -> Figures:
    """Return nanoseconds a call in bursts that the queue has room for, each awaited on disk."""
    end = time.perf_counter() + seconds
    lines = file.read_bytes().count(b"\n")
    length = file.stat().st_size // lines  # the lines differ in nothing that changes their length
    taken: list[float] = []
    while time.perf_counter() < end:
        began = time.perf_counter_ns()
        for _ in range(_BURST):
            log()
        taken.append((time.perf_counter_ns() - began) / _BURST)
        lines += _BURST
        _await_size(file, lines * length)
    return {"ns": median(taken), "best_ns": min(taken)}


MODES: Final[dict[Mode, Callable[[Log, float, Path], Figures]]] = {
    "each": each,
    "percentiles": percentiles,
    "threads": threads,
    "bursts": bursts,
}


def main() -> None:
    """Set the case up in a directory that is removed afterwards; print its figures."""
    group_name, case_name, seconds, directory = sys.argv[1:]
    group = GROUPS[group_name]
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        file = Path(folder) / "app.log"
        log = group.cases[case_name].set_up(file)
        each(log, float(seconds) / 4, file)  # what is made once, is made
        if group.mode == "bursts":
            _await_stillness(file)
        if group_name == "event":
            _check(file)
        figures = MODES[group.mode](log, float(seconds), file)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


def _batch_size(log: Log) -> int:
    """Return how many calls a batch has: the most of a few tries, which others disturb least."""
    return max(_calls(log) for _ in range(5))


def _calls(log: Log) -> int:
    end = time.perf_counter_ns() + _BATCH_NS
    calls = 0
    while not calls or time.perf_counter_ns() < end:
        log()
        calls += 1
    return calls


def _one_by_one(log: Log, seconds: float, clock: Callable[[], int]) -> list[int]:
    taken: list[int] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        before = clock()
        log()
        taken.append(clock() - before)
    return sorted(taken)


def _check(file: Path) -> None:
    line = file.read_text().partition("\n")[0]
    if lacks := missing(line):
        raise SystemExit(f"its lines lack {', '.join(lacks)}: {line}")


def _await_size(file: Path, size: int) -> None:
    while _size(file) < size:
        time.sleep(0.001)


def _await_stillness(file: Path) -> None:
    size = 0
    while not size or size != _size(file):
        size = _size(file)
        time.sleep(0.1)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0  # a thread makes it, where one writes


if __name__ == "__main__":
    main()
