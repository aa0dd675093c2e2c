"""One line a request: what was asked, what was answered, how long it took."""

import logging
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)


class LogRequests:
    """Logs each HTTP request once it is answered; one that nobody could answer, as an error."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, then log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        failure: Exception | None = None
        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 -- nothing above it would know the request
            failure = error
            if not status:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, watch)
        logger.log(
            logging.ERROR if failure else logging.INFO,
            "%s %s",
            scope["method"],
            scope["path"],
            exc_info=failure,
            # Never the query string: that of a magic link is a key to the house.
            extra={
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "duration_ms": round((time.perf_counter() - started) * 1000, 2),
            },
        )
