"""What a process takes, as a whole: wall time, processor time, peak memory."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeAlias

from .answerers import OURS, SELECTS, duckdb, engine

Measured: TypeAlias = dict[str, dict[str, float]]


class Taken(NamedTuple):
    """What one process took."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def taken(command: list[str], expected: dict[str, int] | None = None) -> Taken:
    """Run a command and return what it took, its own children included.

    Raises:
        RuntimeError: It failed, or its answer has not the expected categories and counts.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment())
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        answer = output.read().decode()
    words = set(re.findall(r"\w+", answer))
    wanted = {*(expected or {}), *map(str, (expected or {}).values())}
    if process.returncode or not wanted <= words:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {answer[-500:]}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def medians(
    commands: dict[str, list[str]], rounds: int, expected: dict[str, int] | None = None
) -> Measured:
    """Run all commands in turn, several times; return each one's medians.

    Each round goes the other way round: who follows what takes much memory or time pays for it.
    What takes more than five times as long as ours is run once only.
    """
    taking: dict[str, list[Taken]] = {name: [] for name in commands}
    for number in range(rounds + 1):  # the first one warms up
        for name in list(commands)[:: -1 if number % 2 else 1]:
            slow = number > 1 and taking[name][0].seconds > 5 * taking[OURS][0].seconds
            if not slow:
                run = taken(commands[name], expected)
                taking[name] += [run] if number else []
    return {
        name: {
            "seconds": round(median(run.seconds for run in runs), 3),
            "cpu_seconds": round(median(run.cpu_seconds for run in runs), 3),
            "megabytes": round(max(run.megabytes for run in runs)),
            "runs": len(runs),
        }
        for name, runs in taking.items()
    }


def alone(file: Path, rounds: int) -> Measured:
    """Measure what answers take within their processes."""
    commands = {OURS: engine(file)} | {
        name: duckdb(*select, alone=True)(file) for name, select in SELECTS.items()
    }
    taking: dict[str, list[list[float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            taking[name].append([float(word) for word in done.stdout.split()[-2:]])
    return {
        name: {
            "seconds": round(median(wall for wall, _ in runs), 3),
            "cpu_seconds": round(median(cpu for _, cpu in runs), 3),
        }
        for name, runs in taking.items()
    }


def milliseconds(work: Callable[[], object], times: int) -> float:
    """Return the median of what something takes in this process."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return round(median(found), 2)


def _environment() -> dict[str, str]:
    """Return the variables for a process, which may keep bytecode as an installed command does."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {"LC_ALL": "C", "NO_COLOR": "1"}
