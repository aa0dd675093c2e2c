"""``get_logger``: events by name or message, their data as keywords."""

import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from time import time
from typing import Self

from .direct import error_given, filling, is_direct, is_true
from .handler import DATA_ATTRIBUTE, StreamsHandler, interpolated
from .texts import as_text

_DEBUG, _INFO, _WARNING, _ERROR, _CRITICAL = 10, 20, 30, 40, 50


class InForce:
    """What this process logs by.

    Attributes:
        handler: The root logger's handler; None before ``init_logging`` and after ``shutdown``.
    """

    handler: StreamsHandler | None = None


in_force = InForce()


class BoundLogger:
    """A logger whose calls take the event's data as keywords, or as ``context={...}``.

    The methods are structlog's. Arguments after the event fill the ``%s`` in it. ``exc_info=``
    takes an exception, or True for the one that is being handled; ``stack_info=True`` adds the
    stack. A call never raises.
    """

    __slots__ = ("_bound", "_enabled", "_stdlib", "name")

    def __init__(self, name: str, bound: Mapping[str, object] | None = None) -> None:
        """Take the logger's name, and data for each of its lines."""
        self._stdlib = logging.getLogger(name if isinstance(name, str) else as_text(name))
        self.name = self._stdlib.name
        self._bound = dict(bound or {})
        # What `logging` remembers of isEnabledFor; it is emptied whenever a level changes.
        self._enabled: dict[int, bool] = getattr(self._stdlib, "_cache", {})

    def debug(self, event: str, /, *args: object, **data: object) -> None:
        """Log what only somebody who looks for a fault wants to see."""
        try:
            if not self._enabled[_DEBUG]:
                return
        except KeyError:  # not asked since a level has changed
            if not self._stdlib.isEnabledFor(_DEBUG):
                return
        self._log(_DEBUG, event, args, data)

    def info(self, event: str, /, *args: object, **data: object) -> None:
        """Log what happened as it should."""
        try:
            if not self._enabled[_INFO]:
                return
        except KeyError:
            if not self._stdlib.isEnabledFor(_INFO):
                return
        self._log(_INFO, event, args, data)

    def warning(self, event: str, /, *args: object, **data: object) -> None:
        """Log what should not have happened, but did no harm."""
        if self._stdlib.isEnabledFor(_WARNING):
            self._log(_WARNING, event, args, data)

    def error(self, event: str, /, *args: object, **data: object) -> None:
        """Log what failed."""
        if self._stdlib.isEnabledFor(_ERROR):
            self._log(_ERROR, event, args, data)

    def critical(self, event: str, /, *args: object, **data: object) -> None:
        """Log what keeps the application from its work."""
        if self._stdlib.isEnabledFor(_CRITICAL):
            self._log(_CRITICAL, event, args, data)

    def exception(self, event: str, /, *args: object, **data: object) -> None:
        """Log what failed, with the exception that is being handled."""
        if self._stdlib.isEnabledFor(_ERROR):
            data.setdefault("exc_info", True)
            self._log(_ERROR, event, args, data)

    def log(self, level: int | str, event: str, /, *args: object, **data: object) -> None:
        """Log at a level that is known only now: its name, or ``logging``'s number."""
        number = _number_of(level)
        if self._stdlib.isEnabledFor(number):
            self._log(number, event, args, data)

    warn = warning
    fatal = critical
    msg = info

    def bind(self, **data: object) -> Self:
        """Return a logger that has these data on each of its lines, too."""
        return self._with({**self._bound, **data})

    def unbind(self, *names: str) -> Self:
        """Return a logger without the data of these names.

        Raises:
            KeyError: One of them is not bound.
        """
        missing = [name for name in names if name not in self._bound]
        if missing:
            raise KeyError(missing[0])
        return self.try_unbind(*names)

    def try_unbind(self, *names: str) -> Self:
        """Return a logger without the data of these names; those that are not bound are nothing."""
        return self._with({key: value for key, value in self._bound.items() if key not in names})

    def new(self, **data: object) -> Self:
        """Return a logger that has these data, and none of what was bound before."""
        return self._with(data)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 -- the stdlib's name
        """Say whether lines of this level are written, by one of ``logging``'s numbers."""
        return self._stdlib.isEnabledFor(level)

    def _with(self, bound: Mapping[str, object]) -> Self:
        return type(self)(self.name, bound)

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[str, dict[str, object]]]:
        """Be copied and pickled by name."""
        return type(self), (self.name, self._bound)

    def _log(
        self, level: int, event: str, args: tuple[object, ...], data: dict[str, object]
    ) -> None:
        handler = in_force.handler
        try:
            if self._bound:
                data = {**self._bound, **data}
            if handler is None or not is_direct(self._stdlib, handler):
                self._log_by_stdlib(level, event, args, data)
                return
            log = handler.log
            plain = not args and type(event) is str
            message = event if plain else interpolated(event, filling(args))
            if "exc_info" in data or "stack_info" in data:
                error, stack = _options(data)
                log(self.name, level, time(), message, data, error, stack)
            else:
                log(self.name, level, time(), message, data)
        except Exception as failure:  # noqa: BLE001 -- another's handler or filter may raise
            if handler is not None:
                handler.pipeline.losses.add(failure)

    def _log_by_stdlib(
        self, level: int, event: str, args: tuple[object, ...], data: dict[str, object]
    ) -> None:
        error, stack = _options(data)
        self._stdlib.log(
            level,
            event,
            *args,
            exc_info=error,
            stack_info=stack is not None,
            stacklevel=4,  # the caller of info(), as others' handlers show it
            extra={DATA_ATTRIBUTE: data},
        )


def get_logger(name: str | None = None, /, **bound: object) -> BoundLogger:
    """Return a logger of the given name, such as ``code_monet.auth.routes``.

    Args:
        name: The logger's name. Default: that of the module that asks.
        bound: Data for each of its lines.
    """
    if name is None:
        name = str(sys._getframe(1).f_globals.get("__name__", "root"))  # noqa: SLF001 -- as `logging` does
    return BoundLogger(name, bound)


def _number_of(level: object) -> int:
    if isinstance(level, int):
        return level
    return logging.getLevelNamesMapping().get(str(level).upper(), _INFO)


def _options(data: dict[str, object]) -> tuple[BaseException | None, str | None]:
    """Take out of the data what ``logging`` takes beside it."""
    error = error_given(data.pop("exc_info", None))
    return error, _stack() if is_true(data.pop("stack_info", None)) else None


def _stack() -> str:
    frame = sys._getframe(4)  # noqa: SLF001 -- as `logging` does: the caller of info()
    return "Stack (most recent call last):\n" + "".join(traceback.format_stack(frame)).rstrip()
