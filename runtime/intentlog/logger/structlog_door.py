"""structlog's door: its loggers log by the contract."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from .bound import BoundLogger

_LEVELS: Final = {
    name.lower(): number for name, number in logging.getLevelNamesMapping().items()
} | {"exception": logging.ERROR}

EventDict = MutableMapping[str, Any]


def structlog_config() -> dict[str, Any]:
    """Return what ``structlog.configure(**...)`` needs for loggers that log by the contract.

    What ``structlog.contextvars`` binds is on the lines, too. Put processors of one's own before
    the last one of ``processors``.

    Raises:
        ImportError: structlog is not installed.
    """
    import structlog  # noqa: PLC0415 -- only those who use it have it

    return {
        "processors": [
            drop_disabled,
            structlog.contextvars.merge_contextvars,
            as_call,
        ],
        "wrapper_class": structlog.stdlib.BoundLogger,
        "context_class": dict,
        "logger_factory": logger_for,
        "cache_logger_on_first_use": True,
    }


def logger_for(*names: object) -> BoundLogger:
    """Return the logger of the name that structlog was given; else of the module that asked."""
    return BoundLogger(str(names[0]) if names else _calling_module())


def drop_disabled(logger: BoundLogger, method: str, event_dict: EventDict) -> EventDict:
    """Drop what the logger's level leaves out: structlog's first processor."""
    if logger.isEnabledFor(_LEVELS.get(method, logging.INFO)):
        return event_dict
    raise sys.modules["structlog"].DropEvent


def as_call(
    _logger: object, _method: str, event_dict: EventDict
) -> tuple[tuple[object, ...], Mapping[str, object]]:
    """Return an event as the arguments of a call: structlog's last processor."""
    event = event_dict.pop("event", "")
    return (event, *event_dict.pop("positional_args", ())), event_dict


def _calling_module() -> str:
    frame = sys._getframe(1)  # noqa: SLF001 -- as structlog itself does
    while frame.f_back is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] not in {"structlog", "intentlog"}:
            return name
        frame = frame.f_back
    return "root"
