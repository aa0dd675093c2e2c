"""``timed``: how long a step took and how it ended, on one line."""

import functools
import inspect
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from intentlog.contract import Level

from .events import log_at

P = ParamSpec("P")
R = TypeVar("R")

_TOLD = "_intentlog_told"


class timed:  # noqa: N801 -- used like a function
    """Log one line when a block or a function ends: ``duration_ms``, ``outcome``, own data.

    ``with timed("quote", venue="north"):`` times a block, an instance for each;
    ``@timed("quote")`` times every call of a function, ``async`` or not.

    The outcome is ``ok``, ``failed`` (an exception left it) or ``interrupted`` (a cancelled task,
    an exit). Exceptions go on as they came. The innermost step that one leaves logs it, with its
    stack trace; those around it say that they failed, at their usual level: one failure is one
    error.
    """

    def __init__(
        self,
        step: str,
        /,
        *,
        logger: str | None = None,
        level: Level = "INFO",
        failure_level: Level = "ERROR",
        **data: object,
    ) -> None:
        """Say what is timed.

        Args:
            step: The line's message.
            logger: The logger's name. Default: the module that says ``timed``.
            level: The level of the line.
            failure_level: Its level when it carries an exception.
            data: What else is on the line.
        """
        module = sys._getframe(1).f_globals.get("__name__", "root")  # noqa: SLF001 -- as `logging` does
        self._step = step
        self._logger = logger or str(module)
        self._level: Level = level
        self._failure_level: Level = failure_level
        self._data = data
        self._begun: list[float] = []

    def __enter__(self) -> Self:
        self._begun.append(time.perf_counter())
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        duration = time.perf_counter() - self._begun.pop()
        told: dict[str, object] = {"duration_ms": round(duration * 1000, 3)}
        level = self._level
        if error is None:
            told["outcome"] = "ok"
        else:
            told |= {"outcome": _outcome(error), "error": type(error).__name__}
            if isinstance(error, Exception) and not _was_told(error):
                level = self._failure_level
                told["exc_info"] = error
        log_at(self._logger, level, self._step, {**self._data, **told})

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return a function that is timed.

        Raises:
            TypeError: It is a generator function, whose call only makes the generator.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            name = getattr(function, "__qualname__", "it")
            raise TypeError(f"timed: {name} is a generator function; time a block within it")
        if inspect.iscoroutinefunction(function):
            return cast("Callable[P, R]", self._timed_coroutine(function))

        @functools.wraps(function)
        def timed_function(*args: P.args, **keywords: P.kwargs) -> R:
            with self._anew():
                return function(*args, **keywords)

        return timed_function

    def add(self, **data: object) -> None:
        """Add what is known only within the block."""
        self._data |= data

    def _timed_coroutine(self, function: Callable[P, Any]) -> Callable[P, Any]:
        @functools.wraps(function)
        async def timed_function(*args: P.args, **keywords: P.kwargs) -> Any:
            with self._anew():
                return await function(*args, **keywords)

        return timed_function

    def _anew(self) -> "timed":
        """Return another one like it: calls may overlap."""
        return timed(
            self._step,
            logger=self._logger,
            level=self._level,
            failure_level=self._failure_level,
            **self._data,
        )


def _outcome(error: BaseException) -> str:
    return "failed" if isinstance(error, Exception) else "interrupted"


def _was_told(error: Exception) -> bool:
    """Tell whether an exception is on a line already, and remember that it is from here on."""
    with suppress(Exception):  # an exception may refuse attributes
        if getattr(error, _TOLD, False) is True:
            return True
        setattr(error, _TOLD, True)
    return False
