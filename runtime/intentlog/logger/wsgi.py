"""Middleware for WSGI applications: Flask, Django, Bottle, ..."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import Context, copy_context
from typing import Any

from .context import bind_context
from .request import REQUEST_ID_HEADER, Request, bind_user, route_of

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
Ask = Callable[[Mapping[str, Any]], Any]


class WSGIMiddleware:
    """Binds request id, user and trace to every line of a request, and logs one line of it.

    The line is at INFO, or at ERROR where the status is 5xx or an exception leaves the
    application; it comes when the server closes the response. The request id is that of the
    header ``X-Request-Id``, else a new one, and is sent back.
    """

    def __init__(
        self,
        app: App,
        *,
        logger: str | None = None,
        user: Ask | None = None,
        route: Ask | None = None,
    ) -> None:
        """Wrap an application.

        Args:
            app: The application.
            logger: The name of the logger of the line. Default: the first one of the contract's
                category ``http``, or else ``http``.
            user: Returns the user of an environ, or None; asked before and after the
                application. Default: whatever the application binds as ``user_id``.
            route: Returns the route of an environ. Default: the path.
        """
        self._app = app
        self._logger = logger
        self._user = user
        self._route = route

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        # The server takes the response apart after this has returned: in a context of its own,
        # so that what is bound neither ends too early nor stays.
        context = copy_context()
        return context.run(self._begin, context, environ, start_response)

    def _begin(
        self, context: Context, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(self._logger, str(environ.get("REQUEST_METHOD", "")), _header_of(environ))
        bind_context(**request.context()).__enter__()  # for as long as the context is used
        bind_user(self._user, environ)

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            request.status = _number(status)
            if all(name.lower() != REQUEST_ID_HEADER for name, _ in headers):
                headers = [*headers, ("X-Request-Id", request.id)]
            return start_response(status, headers, *exc_info)

        def end(error: BaseException | None) -> None:
            bind_user(self._user, environ)
            path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
            request.end(route_of(self._route, environ, path), error)

        try:
            return _Response(self._app(environ, start), context, end)
        except BaseException as error:
            end(error)
            raise


class _Response:
    """An application's response, each part of it made in the request's context."""

    def __init__(
        self, parts: Iterable[bytes], context: Context, end: Callable[[BaseException | None], None]
    ) -> None:
        self._parts = parts
        self._iterator = iter(parts)
        self._context = context
        self._end = end
        self._error: BaseException | None = None
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return self._context.run(next, self._iterator)
        except StopIteration:
            raise
        except BaseException as error:
            self._error = error
            raise

    def close(self) -> None:
        """Close the application's response, and log the request's line."""
        if not self._closed:
            self._closed = True
            self._context.run(self._close)

    def _close(self) -> None:
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._end(self._error)


def _header_of(environ: Environ) -> Callable[[str], str | None]:
    def header(name: str) -> str | None:
        value = environ.get(f"HTTP_{name.upper().replace('-', '_')}")
        return None if value is None else str(value)

    return header


def _number(status: str) -> int | None:
    number = str(status)[:3]
    return int(number) if number.isdigit() else None
