"""Four processes that write to one file: no line may be torn, lost or there twice.

``python -m benchmarks.logger_costs.processes NUMBER LINES FOLDER`` is one of the four.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from . import ours

_PROCESSES: Final = 4
_MODULE: Final = "benchmarks.logger_costs.processes"


class _Data(msgspec.Struct):
    process: int
    line: int


class _Line(msgspec.Struct):
    extra: _Data


def measure(lines: int, directory: Path) -> dict[str, float]:
    """Have each process write so many lines; count what became of them.

    Args:
        lines: Lines a process.
        directory: Where the file is made, and removed afterwards.
    """
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        began = time.perf_counter()
        commands = [
            [sys.executable, "-m", _MODULE, str(number), str(lines), folder]
            for number in range(_PROCESSES)
        ]
        running = [subprocess.Popen(command) for command in commands]
        failed = sum(process.wait() != 0 for process in running)
        seconds = time.perf_counter() - began
        if failed:
            raise SystemExit(f"{failed} of {_PROCESSES} processes failed")
        counts = count(Path(folder) / "app.log", lines)
    return {**counts, "written": _PROCESSES * lines, "seconds": round(seconds, 2)}


def count(file: Path, lines: int) -> dict[str, int]:
    """Return how many lines are torn, lost or there again.

    Args:
        file: What the processes wrote; each line has its process and its number.
        lines: Lines a process.
    """
    decode = msgspec.json.Decoder(_Line).decode
    seen = [bytearray(lines) for _ in range(_PROCESSES)]
    torn = twice = 0
    with file.open("rb") as content:
        for line in content:
            try:
                data = decode(line).extra
                twice += seen[data.process][data.line]
                seen[data.process][data.line] = 1
            except (IndexError, msgspec.MsgspecError):
                torn += 1
    lost = sum(numbers.count(0) for numbers in seen)
    return {"torn": torn, "lost": lost, "twice": twice}


def _write(number: int, lines: int, folder: Path) -> None:
    logger = ours.door(folder / "app.log")
    for line in range(lines):
        logger.info("User signed in", process=number, line=line, path=f"/auth/verify/{line}")


if __name__ == "__main__":
    _write(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
