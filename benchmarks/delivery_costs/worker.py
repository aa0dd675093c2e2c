"""One case, in a process of its own: prints its figures as JSON."""

import json
import logging
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Figures = dict[str, float]
MEGABYTE = 1_000_000


def text_of(number: int, at: datetime) -> str:
    """Return a line as a contract's logger writes it; 250 bytes."""
    when = at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return (
        f'{{"timestamp":"{when}","level":"INFO","logger":"shop","message":"{number} User signed '
        f'in","extra":{{"method":"magic_link","path":"/auth/verify","duration_ms":12.7,'
        f'"first_visit":false,"address":"192.0.2.7","session":"{number:032x}"}}}}'
    )


def fill(directory: Path, lines: int) -> None:
    """Write a file of so many lines, of the last hour."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    step = timedelta(hours=1) / lines
    with (directory / "app.log").open("w") as file:
        file.writelines(f"{text_of(n, begin + n * step)}\n" for n in range(lines))


def shipper(directory: Path, lines: int) -> Figures:
    """Deliver a file of lines: rate, processor time, memory beyond that of boto3 itself."""
    fill(directory, lines)
    from intentlog.contract import load
    from intentlog.delivery.cloudwatch import CloudWatch
    from intentlog.delivery.directory import Shipper

    service = CloudWatch()
    service.connect()  # no peer's figure has the making of its client in it
    before = _peak_megabytes()
    shipping = Shipper(load(directory / "shop.toml"), directory, service)
    shipping.begin()
    figures = _timed(lines, lambda: shipping.flush(300))
    shipping.close()
    return figures | {"own_mb": _peak_megabytes() - before, "peak_mb": _peak_megabytes()}


def watchtower(_directory: Path, lines: int) -> Figures:
    """Log the same lines by its handler, as documented, and wait until they are delivered."""
    import boto3
    from watchtower import CloudWatchLogHandler

    handler: Any = CloudWatchLogHandler("bench", boto3_client=boto3.client("logs"))
    logger = logging.getLogger("bench")
    logger.setLevel("INFO")
    logger.propagate = False
    logger.addHandler(handler)
    texts = [text_of(n, datetime.now(UTC)) for n in range(lines)]

    def log() -> None:
        for text in texts:
            logger.info(text)
        handler.flush()

    figures = _timed(lines, log)
    handler.close()
    return figures | {"peak_mb": _peak_megabytes()}


def boto(_directory: Path, lines: int) -> Figures:
    """Put the same lines by ``put_log_events``, 3,500 a call, which is near a megabyte."""
    import boto3

    client = boto3.client("logs")
    client.create_log_group(logGroupName="boto")
    client.create_log_stream(logGroupName="boto", logStreamName="s")
    now = int(time.time() * 1000)
    texts = [text_of(n, datetime.now(UTC)) for n in range(lines)]

    def put() -> None:
        for start in range(0, lines, 3500):
            events = [{"timestamp": now, "message": text} for text in texts[start : start + 3500]]
            client.put_log_events(logGroupName="boto", logStreamName="s", logEvents=events)

    return _timed(lines, put)


def log_call(directory: Path, calls: int) -> Figures:
    """Log 1,000 lines a second, with and without delivery in the process; microseconds a call."""
    import intentlog

    logger = logging.getLogger("shop")
    costs: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(5):
        for delivers, seconds in costs.items():
            intentlog.init_logging(
                directory / "shop.toml",
                log_dir=directory,
                console="off",
                enable_cloudwatch=delivers,
            )
            time.sleep(1.5)  # boto3 is imported
            for number in range(calls // 10):
                begin = time.perf_counter()
                for _ in range(10):
                    logger.info("%d User signed in", number, extra={"method": "magic_link"})
                seconds.append((time.perf_counter() - begin) / 10)
                time.sleep(0.01)
            intentlog.shutdown()
    off, on = (statistics.median(costs[delivers]) * 1e6 for delivers in (False, True))
    return {"off_us": off, "on_us": on, "more": on / off - 1}


def live(directory: Path, seconds: int) -> Figures:
    """Deliver 1,000 lines a second as they are written; the share of a processor that it takes."""
    import threading

    from intentlog.contract import load
    from intentlog.delivery.cloudwatch import CloudWatch
    from intentlog.delivery.directory import Shipper

    service = CloudWatch()
    service.connect()  # it is made once in a process's life
    shipping = Shipper(load(directory / "shop.toml"), directory, service)
    stop = threading.Event()
    path = directory / "app.log"
    child = os.fork()
    if not child:
        with path.open("a") as file:
            end = time.monotonic() + seconds
            number = 0
            while time.monotonic() < end:
                file.writelines(f"{text_of(number + n, datetime.now(UTC))}\n" for n in range(10))
                file.flush()
                number += 10
                time.sleep(0.01)
        os._exit(0)
    threading.Timer(seconds, stop.set).start()
    before, begin = time.process_time(), time.monotonic()
    shipping.run(stop)
    share = (time.process_time() - before) / (time.monotonic() - begin)
    os.waitpid(child, 0)
    shipping.flush(10)
    shipping.close()
    lines = path.read_bytes().count(b"\n")
    return {"cpu_share": share, "lines_per_second": lines / seconds}


def _timed(lines: int, do: Callable[[], object]) -> Figures:
    begin, processor = time.perf_counter(), time.process_time()
    do()
    seconds = time.perf_counter() - begin
    return {
        "events_per_second": lines / seconds,
        "cpu_us": (time.process_time() - processor) / lines * 1e6,
    }


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


CASES: Mapping[str, Callable[[Path, int], Figures]] = {
    "shipper": shipper,
    "watchtower": watchtower,
    "boto3": boto,
    "log call": log_call,
    "live": live,
}


def main() -> None:
    """Run the case that the command line names."""
    case, directory, count = sys.argv[1:]
    print(json.dumps(CASES[case](Path(directory), int(count))))


if __name__ == "__main__":
    main()
