"""An exception, raised eleven frames deep and logged where it is caught."""

import logging
from pathlib import Path
from typing import Any, Final

from . import ours, peers
from .event import LOGGER, Log

_FRAMES: Final = 11


def raised_only(_file: Path) -> Log:
    """Raise and catch, without logging: part of every other figure here."""
    return _logging(lambda: None)


def get_logger(file: Path) -> Log:
    """Log by ``intentlog.get_logger``."""
    return _by_exception(ours.door(file))


def structlog_dict(file: Path) -> Log:
    """Log by structlog with tracebacks as data, without local variables."""
    from structlog.processors import ExceptionRenderer
    from structlog.tracebacks import ExceptionDictTransformer

    return _by_structlog(file, ExceptionRenderer(ExceptionDictTransformer(show_locals=False)))


def structlog_text(file: Path) -> Log:
    """Log by structlog with tracebacks as text, as its page "Performance" has it."""
    from structlog.processors import format_exc_info

    return _by_structlog(file, format_exc_info)


def stdlib_json(file: Path) -> Log:
    """Log by ``logging`` with a formatter of ``json``."""
    peers.stdlib_json(file)
    return _by_exception(logging.getLogger(LOGGER))


def powertools(file: Path) -> Log:
    """Log by the Logger of Powertools for AWS Lambda."""
    return _by_exception(peers.powertools_logger(file))


def _by_structlog(file: Path, renderer: Any) -> Log:
    import structlog

    peers.structlog_leanest(file)
    *processors, json_renderer = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors, renderer, json_renderer])
    return _by_exception(structlog.get_logger().bind(logger=LOGGER))


def _by_exception(logger: Any) -> Log:
    return _logging(lambda: logger.exception("Sign-in failed"))  # noqa: LOG004 -- called in one


def _logging(log: Log) -> Log:
    def fail_and_log() -> None:
        try:
            _fail(_FRAMES - 2)
        except ValueError:
            log()

    return fail_and_log


def _fail(deeper: int) -> None:
    if deeper:
        _fail(deeper - 1)
    else:
        raise ValueError("the link has expired")
