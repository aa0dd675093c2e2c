"""What both middlewares do: know a request by an id and a trace, and log one line of it."""

import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from . import events
from .bound import get_logger
from .context import bind_context
from .trace import active_trace_id, from_header, from_traceparent

REQUEST_ID_HEADER: Final = "x-request-id"

_CATEGORY: Final = "http"
_HARMLESS_ID: Final = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)
_SERVER_ERROR: Final = 500


class Request:
    """A request, from its first byte to the line that says how it ended."""

    def __init__(
        self, logger: str | None, method: str, header: Callable[[str], str | None]
    ) -> None:
        """Take the logger's name, the method, and what reads a header by its lower-case name."""
        self._logger = logger or _http_logger()
        self._method = method
        self._header = header
        self._began = time.perf_counter()
        given = header(REQUEST_ID_HEADER) or ""
        self.id = given if _HARMLESS_ID.fullmatch(given) else os.urandom(16).hex()
        self.status: int | None = None

    def context(self) -> dict[str, object]:
        """Return what every line of the request has."""
        known: dict[str, object] = {"request_id": self.id}
        if active_trace_id() is None:  # else, every line finds the active one
            trace = from_traceparent(self._header("traceparent") or "") or from_header(
                self._header("x-amzn-trace-id") or ""
            )
            if trace:
                known["trace_id"] = trace
        return known

    def end(self, route: str, error: BaseException | None) -> None:
        """Log how it ended, once everything was sent or an exception left the application."""
        failed = isinstance(error, Exception) or (self.status or 0) >= _SERVER_ERROR
        data: dict[str, object] = {
            "method": self._method,
            "route": route,
            "status": self.status,
            "duration_ms": round((time.perf_counter() - self._began) * 1000, 3),
        }
        if error is not None and not failed:  # cancelled: the client went away
            data["interrupted"] = type(error).__name__
        get_logger(self._logger).log(
            "ERROR" if failed else "INFO",
            "%s %s",
            self._method,
            route,
            exc_info=error if failed else None,
            **data,
        )


def bind_user(
    user: Callable[[Mapping[str, object]], object] | None, of: Mapping[str, object]
) -> None:
    """Bind the user, if the application's function knows who it is by now; it may fail."""
    if user is not None:
        with suppress(Exception):
            found = user(of)
            if found is not None:
                bind_context(user_id=found)


def route_of(
    route: Callable[[Mapping[str, object]], str | None] | None, of: Mapping[str, object], path: str
) -> str:
    """Return the route by the application's function, or else the path; the function may fail."""
    if route is not None:
        with suppress(Exception):
            return route(of) or path
    return path


def _http_logger() -> str:
    """Return the first logger of the contract's category ``http``, so that lines are of it."""
    contract = events.in_force()
    category = contract.categories.get(_CATEGORY) if contract else None
    return category.loggers[0] if category and category.loggers else _CATEGORY
