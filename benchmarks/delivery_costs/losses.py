"""What others lose under the same faults: lines that were logged and have not arrived."""

import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sandbox.strict_logs import StrictLogs

ROOT = Path(__file__).parents[2]
WAYS = ("intentlog", "watchtower")
ROTATORS = ("intentlog", "concurrent-log-handler", "logging")


def outage(way: str, directory: Path, *, seconds: float, down: float) -> dict[str, int]:
    """Log 500 lines a second while nobody listens for a time in the midst; count what is lost."""
    with StrictLogs() as logs:
        process = _start("outage", way, directory, str(seconds), environment=logs.environment())
        time.sleep(seconds / 5)
        with logs.faults.during("refused"):
            time.sleep(down)
        return _counted(process, logs)


def forks(way: str, directory: Path, lines: int) -> dict[str, int]:
    """Log from four workers that were forked after logging was set up; count what is lost."""
    with StrictLogs() as logs:
        process = _start("forks", way, directory, str(lines), environment=logs.environment())
        return _counted(process, logs)


def rotation(way: str, directory: Path, lines: int) -> dict[str, float]:
    """Log from four processes to one file that rotates each megabyte; count what is lost."""
    begin = time.monotonic()
    writers = [_start("rotation", way, directory, f"{n}", str(lines)) for n in range(4)]
    for writer in writers:
        writer.communicate()
    found = {
        text.partition(" ")[0] + text.partition(" ")[2][:9]
        for file in directory.glob("app.log*")
        for text in file.read_text(errors="replace").splitlines()
        if len(text) == 220  # noqa: PLR2004 -- a whole line
    }
    seconds = time.monotonic() - begin
    return {"lines": 4 * lines, "lost": 4 * lines - len(found), "seconds": seconds}


def _counted(process: "subprocess.Popen[str]", logs: StrictLogs) -> dict[str, int]:
    logged = int(process.communicate()[0].split()[-1])
    texts = [event.message for event in logs.taken]
    arrived = Counter(
        text[text.index("line-") :].split('"')[0] for text in texts if "line-" in text
    )
    return {
        "lines": logged,
        "lost": logged - len(arrived),
        "repeated": sum(1 for count in arrived.values() if count > 1),
    }


def _start(
    case: str, *arguments: str | Path, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.delivery_costs.losses", case, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _logger(way: str, directory: Path) -> tuple[logging.Logger, Callable[[], None]]:
    """Set logging up as each documents it; return the logger, and what ends it."""
    logger = logging.getLogger("shop")
    logger.setLevel("INFO")
    if way == "intentlog":
        import intentlog

        intentlog.init_logging(
            directory / "shop.toml", log_dir=directory, console="off", enable_cloudwatch=True
        )
        return logger, intentlog.shutdown
    from watchtower import CloudWatchLogHandler

    handler = CloudWatchLogHandler("bench", send_interval=1)
    logger.addHandler(handler)
    return logger, handler.close


def _outage(way: str, directory: Path, seconds: float) -> None:
    logger, close = _logger(way, directory)
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        for _ in range(5):
            logger.info("line-%d", number)
            number += 1
        time.sleep(0.01)
    close()
    print(number)


def _forks(way: str, directory: Path, lines: int) -> None:
    logger, close = _logger(way, directory)
    logger.info("line-master")
    time.sleep(2)
    children = []
    for worker in range(4):
        child = os.fork()
        if not child:
            for number in range(lines):
                logger.info("line-%d-%d", worker, number)
            close()
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    close()
    print(4 * lines + 1)


def _rotation(way: str, directory: Path, name: str, lines: int) -> None:
    path = directory / "app.log"
    write = _writer(way, path)
    for number in range(lines):
        write(f"{name} {number:08d} ".ljust(220, "x"))


def _writer(way: str, path: Path) -> Callable[[str], object]:
    if way == "intentlog":
        from intentlog.contract import Rotation
        from intentlog.delivery.files import FileSink
        from intentlog.delivery.rotation import Rotator

        rotation = Rotation(by="process", max_megabytes=1, keep=1000, compress=False)
        sink = FileSink(path, rotator=Rotator(path, rotation))
        return lambda text: sink.write({}, f"{text}\n".encode())
    handler_of: Callable[..., logging.Handler] = RotatingFileHandler
    if way != "logging":
        from concurrent_log_handler import ConcurrentRotatingFileHandler

        handler_of = ConcurrentRotatingFileHandler
    logger = logging.getLogger("rotation")
    logger.setLevel("INFO")
    logger.addHandler(handler_of(str(path), maxBytes=1_000_000, backupCount=1000))
    return logger.info


def main() -> None:
    """Be the process that logs."""
    case, way, directory, *rest = sys.argv[1:]
    if case == "outage":
        _outage(way, Path(directory), float(rest[0]))
    elif case == "forks":
        _forks(way, Path(directory), int(rest[0]))
    else:
        _rotation(way, Path(directory), rest[0], int(rest[1]))


if __name__ == "__main__":
    main()
