"""Calls whose ``LogRecord`` nobody but us would see: none is made, which is half of their cost."""

import logging
import sys
from collections.abc import Mapping
from time import time
from typing import Any, Final

from .handler import DATA_ATTRIBUTE, NOT_DATA, REFUSED, StreamsHandler, interpolated

_ROOT: Final = logging.getLogger()
_MAKE_RECORD: Final = logging.Logger.makeRecord
_HANDLE: Final = logging.Logger.handle
_CALL_HANDLERS: Final = logging.Logger.callHandlers
_RECORD: Final = logging.LogRecord
_record_factory: Final = logging.getLogRecordFactory


def is_direct(logger: logging.Logger, handler: StreamsHandler) -> bool:
    """Say whether nobody but our handler would see the record that ``logging`` makes.

    Others may: handlers and filters of their own, subclasses of ``Logger``, record factories,
    and those who put themselves in the place of ``Logger``'s methods, as Sentry and New Relic do.
    """
    kind = type(logger)
    if (
        kind.callHandlers is not _CALL_HANDLERS
        or kind.handle is not _HANDLE
        or kind.makeRecord is not _MAKE_RECORD
        or logger.disabled
        or logger.filters
        or handler.filters
        or handler.level
        or _record_factory() is not _RECORD
    ):
        return False
    while logger is not _ROOT:
        if logger.handlers or not logger.propagate or logger.parent is None:
            return False
        logger = logger.parent
    handlers = _ROOT.handlers
    return len(handlers) == 1 and handlers[0] is handler


class DirectCalls:
    """Takes the place of ``Logger._log``, which every method of the standard library calls.

    A call that ``is_direct`` goes to the pipeline; any other goes on as it would have.
    """

    def __init__(self, handler: StreamsHandler) -> None:
        """Take the place."""
        self._original = original = logging.Logger._log  # noqa: SLF001 -- the place to take

        def log(  # noqa: PLR0913, PLR0917 -- as `logging` has it
            logger: logging.Logger,
            level: int,
            msg: object,
            args: Any,
            exc_info: Any = None,
            extra: Mapping[str, object] | None = None,
            stack_info: bool = False,
            stacklevel: int = 1,
        ) -> None:
            if (
                stack_info
                or (extra and (type(extra) is not dict or not NOT_DATA.isdisjoint(extra)))
                or not is_direct(logger, handler)
            ):
                # This frame is between the caller and who looks for it.
                stacklevel += 1
                extra = _bearable(extra)
                original(logger, level, msg, args, exc_info, extra, stack_info, stacklevel)
                return
            try:
                if args or type(msg) is not str:
                    msg = interpolated(msg, filling(args))
                data = dict(extra) if extra else {}
                error = error_given(exc_info) if exc_info else None
                handler.log(logger.name, level, time(), msg, data, error)
            except Exception as failure:  # noqa: BLE001 -- a log call never raises
                handler.pipeline.losses.add(failure)

        self._ours = log
        setattr(logging.Logger, "_log", log)  # noqa: B010 -- mypy and ruff disagree

    def release(self) -> None:
        """Leave the place as it was; if somebody else has taken it since, it is theirs."""
        if logging.Logger._log is self._ours:  # noqa: SLF001
            setattr(logging.Logger, "_log", self._original)  # noqa: B010


def _bearable(extra: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Return data that no record refuses: it has attributes of its own, such as ``name``.

    ``logging`` raises a ``KeyError`` then, into the application.
    """
    if type(extra) is dict and not REFUSED.isdisjoint(extra):
        return {DATA_ATTRIBUTE: extra}
    return extra


def filling(args: tuple[object, ...]) -> object:
    """Return what fills an event, as ``logging`` has it: a mapping alone goes by its names."""
    if len(args) == 1 and isinstance(args[0], Mapping) and args[0]:
        return args[0]
    return args


def error_given(exc_info: object) -> BaseException | None:
    """Return the exception of ``exc_info``: itself, that of a tuple, or the one being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        error = exc_info[1] if len(exc_info) > 1 else None
    else:
        error = sys.exc_info()[1] if is_true(exc_info) else None
    return error if isinstance(error, BaseException) else None


def is_true(value: object) -> bool:
    """Say whether an option is switched on; an object that cannot tell has not been meant so."""
    try:
        return bool(value)
    except Exception:  # noqa: BLE001 -- an array has no truth, and an object may do anything
        return False
