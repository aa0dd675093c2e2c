"""An application that logs until it is told to stop, and notes every line that it may rely on.

It is a process of ``tests.delivery.chaos``: the real logger, the real files, its own death.
"""

import json
import logging
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

_offset = 0.0
_now, _now_ns = time.time, time.time_ns


def _jumping_clock() -> None:
    """Let the clock jump as if somebody had set it: no test can set the machine's."""
    time.time = lambda: _now() + _offset
    time.time_ns = lambda: _now_ns() + int(_offset * 1e9)


def main() -> None:
    """Log from several processes, as the options on the command line say."""
    options = json.loads(sys.argv[1])
    if options.get("clock"):
        _jumping_clock()
    import intentlog  # noqa: PLC0415 -- the clock is another one by now

    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    intentlog.init_logging(
        options["contract"],
        log_dir=options["directory"],
        console="off",
        enable_cloudwatch=bool(options.get("delivers")),
    )
    name = options["name"]
    for number in range(options.get("forks", 0)):
        if not os.fork():
            name = f"{name}-{number}"
            break
    _write(options, name, stopped)


def _write(options: dict[str, object], name: str, stopped: list[bool]) -> None:
    global _offset  # noqa: PLW0603 -- the clock of the process
    rng = random.Random(f"{options['seed']} {name}")  # noqa: S311 -- no secret
    logger = logging.getLogger("chaos")
    losses = logging.getLogger().handlers[-1].pipeline.losses  # type: ignore[attr-defined]
    acknowledged = Path(str(options["acknowledged"])) / name
    descriptor = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    pause = float(str(options.get("pause", 0.004)))
    number = 0
    while not stopped:
        if options.get("clock") and rng.random() < 0.01:
            _offset = rng.choice([0.0, -90_000.0, -3600.0, 3600.0])
        if options.get("full"):
            _fill_disk(number)
        lost = losses.total
        logger.info("%s %d", name, number, extra={"pad": "x" * rng.randrange(600)})
        if losses.total == lost:
            os.write(descriptor, b"%d\n" % number)
        number += 1
        if rng.random() < 0.1:
            time.sleep(rng.random() * pause * 20)


def _fill_disk(number: int) -> None:
    """Let files grow no further for a while: what a full disk does to a write."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if number % 400 == 200:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    elif number % 400 == 399:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


if __name__ == "__main__":
    main()
