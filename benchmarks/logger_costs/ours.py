"""The floor, and intentlog: its three doors, and what makes it slower."""

import logging
import os
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .event import CONTEXT, LOGGER, TRACE_ID, USER_ID, Log, below_the_level, by_extra, by_keywords

if TYPE_CHECKING:
    from intentlog.logger import BoundLogger

CONTRACT = Path(__file__).parents[2] / "contracts" / "drawing-agent.toml"


def floor(file: Path) -> Log:
    """Encode a finished record and write it: what no logger can do without."""
    import orjson

    descriptor = os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
    dumps, write, newline = orjson.dumps, os.write, orjson.OPT_APPEND_NEWLINE

    def log() -> None:
        record = {
            "timestamp": "2026-11-22T10:30:45.123Z",
            "level": "INFO",
            "category": "auth",
            "logger": LOGGER,
            "message": "User signed in",
            "user_id": USER_ID,
            "trace_id": TRACE_ID,
            "extra": {
                "method": "magic_link",
                "path": "/auth/verify",
                "duration_ms": 12.7,
                "first_visit": False,
            },
        }
        write(descriptor, dumps(record, option=newline))

    return log


def door(file: Path, **settings: Any) -> "BoundLogger":
    """Set intentlog up for a file named ``app.log``, in the context of a request."""
    from intentlog import bind_context, get_logger, init_logging

    init_logging(CONTRACT, log_dir=file.parent, console="off", **settings)
    bind_context(**CONTEXT)
    return get_logger(LOGGER)


def get_logger(file: Path) -> Log:
    """Log by ``intentlog.get_logger``."""
    return by_keywords(door(file))


def stdlib(file: Path) -> Log:
    """Log by ``logging``, as every library does."""
    door(file)
    return by_extra(logging.getLogger(LOGGER))


def structlog(file: Path) -> Log:
    """Log by structlog, configured with ``structlog_config()``."""
    import structlog as library

    from intentlog import structlog_config

    door(file)
    library.configure(**structlog_config())
    return by_keywords(library.get_logger(LOGGER))


def new_texts(file: Path) -> Log:
    """Log texts that were never there before: none of them is known to be harmless."""
    logger = door(file)
    numbers = count(10_000_000)

    def log() -> None:
        number = next(numbers)
        logger.info(
            "User signed in",
            method=f"magic_link {number}",
            path=f"/auth/verify/{number}",
            duration_ms=12.7,
            first_visit=False,
        )

    return log


def new_requests(file: Path) -> Log:
    """Log each event in a context of its own, of a new user and a new trace."""
    from intentlog import bind_context

    log_event = by_keywords(door(file))
    numbers = count(10_000_000)

    def log() -> None:
        number = next(numbers)
        with bind_context(user_id=number, trace_id=f"1-67431b2a-a006233531f9{number:012x}"):
            log_event()

    return log


def beside_others(file: Path) -> Log:
    """Log by ``logging`` where another handler wants the record, too."""
    door(file)
    logging.getLogger().addHandler(logging.NullHandler())
    return by_extra(logging.getLogger(LOGGER))


def queued(file: Path) -> Log:
    """Log with ``async_writes``: the call only queues its line."""
    return by_keywords(door(file, async_writes=True))


def disabled(file: Path) -> Log:
    """Call ``debug`` with the event's data."""
    return below_the_level(door(file))


def disabled_bare(file: Path) -> Log:
    """Call ``debug`` with a message alone."""
    logger = door(file)

    def log() -> None:
        logger.debug("User signed in")

    return log


def nothing(_file: Path) -> Log:
    """Do nothing: what the benchmark's own call costs."""

    def log() -> None:
        pass

    return log


def nothing_with_keywords(_file: Path) -> Log:
    """Call a method that does nothing, with the event's data."""

    class Nothing:
        def debug(self, event: str, /, *args: object, **data: object) -> None:
            pass

    return below_the_level(Nothing())


def redaction(_file: Path) -> Log:
    """Look for secrets in the event, without writing it."""
    from intentlog.contract import load
    from intentlog.logger.redaction import Redactor

    redactor = Redactor(load(CONTRACT).redaction.keys)
    data: dict[str, object] = {
        "method": "magic_link",
        "path": "/auth/verify",
        "duration_ms": 12.7,
        "first_visit": False,
        **CONTEXT,
    }

    def redact() -> None:
        redactor.text("User signed in")
        redactor.mapping(data)

    return redact
