"""The event that every logger of the benchmark writes, and the ways of passing its data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

LOGGER: Final = "code_monet.auth.routes"
USER_ID: Final = 42
TRACE_ID: Final = "1-67431b2a-a006233531f99c4b57a7ab3c"
CONTEXT: Final[dict[str, Any]] = {"user_id": USER_ID, "trace_id": TRACE_ID}

Log = Callable[[], object]
"""Logs the event once."""

SetUp = Callable[[Path], Log]
"""Sets a logger up in this process, to write to a file, and returns what logs by it."""


def by_keywords(logger: Any) -> Log:
    """Return what logs the event with its data as keywords."""

    def log() -> None:
        logger.info(
            "User signed in",
            method="magic_link",
            path="/auth/verify",
            duration_ms=12.7,
            first_visit=False,
        )

    return log


def by_extra(logger: Any, **context: object) -> Log:
    """Return what logs the event with its data as ``extra=``.

    Args:
        logger: What logs.
        context: What is known of the request, for loggers that have no other place for it.
    """

    def log() -> None:
        logger.info(
            "User signed in",
            extra={
                "method": "magic_link",
                "path": "/auth/verify",
                "duration_ms": 12.7,
                "first_visit": False,
                **context,
            },
        )

    return log


def below_the_level(logger: Any) -> Log:
    """Return what calls a logger with the event at DEBUG, where INFO is the mildest level."""

    def log() -> None:
        logger.debug(
            "User signed in",
            method="magic_link",
            path="/auth/verify",
            duration_ms=12.7,
            first_visit=False,
        )

    return log


def missing(line: str) -> list[str]:
    """Return what a line lacks of the event: a logger that leaves data out is no peer."""
    keys = ("method", "path", "duration_ms", "first_visit", *CONTEXT)
    values = ("INFO", "User signed in", "magic_link", "/auth/verify", 12.7, False)
    wanted = (*map(str, (*keys, *values, LOGGER, USER_ID, TRACE_ID)),)
    return [text for text in wanted if text.lower() not in line.lower()]
