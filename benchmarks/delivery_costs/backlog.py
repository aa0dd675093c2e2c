"""A backlog, worked off by the command: its rate, and its peak of memory by the kernel's count."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from .worker import Figures, fill

_SHIP = (sys.executable, "-c", "from intentlog.cli.intentlog import main; main()", "ship")


def backlog(directory: Path, lines: int, environment: Mapping[str, str]) -> Figures:
    """Deliver so many lines by ``intentlog ship --once``.

    Args:
        directory: Has the contract, ``shop.toml``; gets the lines.
        lines: How many; 267 bytes each.
        environment: Where CloudWatch Logs is.

    Raises:
        RuntimeError: Not all were delivered.
    """
    fill(directory, lines)
    begin = time.perf_counter()
    where = ("--contract", str(directory / "shop.toml"), "--log-dir", str(directory))
    process = subprocess.Popen(
        [*_SHIP, *where, "--once", "--seconds", "3600"], env=os.environ | environment
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise RuntimeError("not all lines were delivered")
    return {
        "megabytes": (directory / "app.log").stat().st_size / 1e6,
        "events_per_second": lines / seconds,
        "peak_mb": used.ru_maxrss / 1024,
    }
