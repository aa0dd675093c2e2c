"""What nobody logs: warnings and exceptions that nobody caught become lines, too."""

import sys
import threading
import warnings
from contextlib import suppress
from types import TracebackType
from typing import Final, TextIO

from .bound import get_logger
from .pipeline import OWN_LOGGER

WARNINGS_LOGGER: Final = "py.warnings"  # as the standard library's

_LEAVES: Final = (KeyboardInterrupt, SystemExit, GeneratorExit)


class Capture:
    """Puts itself before the interpreter's hooks, which do their work as before afterwards.

    asyncio needs no hook: its loops log what no task caught by the logger ``asyncio``.
    """

    def __init__(self) -> None:
        """Take the hooks' places."""
        self._show = warnings.showwarning
        self._main = sys.excepthook
        self._thread = threading.excepthook
        self._unraisable = sys.unraisablehook
        warnings.showwarning = self._on_warning
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable

    def release(self) -> None:
        """Leave the hooks as they were; one that somebody else has replaced is theirs."""
        if warnings.showwarning == self._on_warning:
            warnings.showwarning = self._show
        if sys.excepthook == self._on_exception:
            sys.excepthook = self._main
        if threading.excepthook == self._on_thread_exception:
            threading.excepthook = self._thread
        if sys.unraisablehook == self._on_unraisable:
            sys.unraisablehook = self._unraisable

    def _on_warning(  # noqa: PLR0913, PLR0917 -- as `warnings` calls it
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if file is not None:
            self._show(message, category, filename, lineno, file, line)
            return
        with suppress(Exception):
            get_logger(WARNINGS_LOGGER).warning(
                str(message), category=category.__qualname__, file=filename, line=lineno
            )

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        _tell(error, thread=threading.current_thread().name)
        self._main(kind, error, traceback)

    def _on_thread_exception(self, args: threading.ExceptHookArgs, /) -> None:
        _tell(args.exc_value, thread=args.thread.name if args.thread else None)
        self._thread(args)

    def _on_unraisable(self, unraisable: "sys.UnraisableHookArgs", /) -> None:
        _tell(unraisable.exc_value, object=unraisable.object, hint=unraisable.err_msg)
        self._unraisable(unraisable)


def _tell(error: BaseException | None, **data: object) -> None:
    if error is None or isinstance(error, _LEAVES):
        return
    with suppress(Exception):  # the interpreter may be ending
        told = {key: value for key, value in data.items() if value is not None}
        get_logger(OWN_LOGGER).critical("uncaught_exception", exc_info=error, **told)
