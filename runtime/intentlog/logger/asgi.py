"""Middleware for ASGI applications: Starlette, FastAPI, Django, Quart, ..."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from .context import bind_context
from .request import REQUEST_ID_HEADER, Request, bind_user, route_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Ask = Callable[[Mapping[str, Any]], Any]


class ASGIMiddleware:
    """Binds request id, user and trace to every line of a request, and logs one line of it.

    The line is at INFO, or at ERROR where the status is 5xx or an exception leaves the
    application; it comes when the response has been sent to its end. The request id is that of
    the header ``x-request-id``, else a new one, and is sent back. A WebSocket's lines have its
    context, too; it has no line of its own.
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
            user: Returns the user of a scope, or None; asked before and after the application.
                Default: whatever the application binds as ``user_id``.
            route: Returns the route of a scope. Default: the path's template, where Starlette or
                FastAPI have left one in the scope, or else the path.
        """
        self._app = app
        self._logger = logger
        self._user = user
        self._route = route or _template

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = Request(self._logger, str(scope.get("method", "")), _header_of(scope))

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message.get("status")
                _add_id(message, request.id)
            await send(message)

        error: BaseException | None = None
        with bind_context(**request.context()):
            bind_user(self._user, scope)
            try:
                await self._app(scope, receive, send_on)
            except BaseException as raised:
                error = raised
                raise
            finally:
                if scope["type"] == "http":
                    bind_user(self._user, scope)
                    request.end(route_of(self._route, scope, str(scope.get("path", ""))), error)


def _header_of(scope: Scope) -> Callable[[str], str | None]:
    def header(name: str) -> str | None:
        with suppress(Exception):  # a server's headers may be anything
            for key, value in scope.get("headers", ()):
                if key.lower() == name.encode():
                    return str(value.decode("latin-1"))
        return None

    return header


def _add_id(message: Message, request_id: str) -> None:
    name = REQUEST_ID_HEADER.encode()
    headers = [*message.get("headers", ())]
    if all(key.lower() != name for key, _ in headers):
        message["headers"] = [*headers, (name, request_id.encode())]


def _template(scope: Mapping[str, Any]) -> str | None:
    template = getattr(scope.get("route"), "path", None)
    if template is not None:
        return f"{scope.get('root_path', '')}{template}"
    path = str(scope.get("path", ""))
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    parts = (f"{{{names[part]}}}" if part in names else part for part in path.split("/"))
    return "/".join(parts)
