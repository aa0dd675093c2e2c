"""Binds what is known of a request, so that every line logged while it is served carries it."""

import re
import uuid

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from intentlog import bind_context

_ROOT = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)")


class BindContext:
    """Binds user, trace and request; a WebSocket connection is one long request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request with its context bound."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        incoming = HTTPConnection(scope)
        user_id = incoming.user.identity if incoming.user.is_authenticated else None
        trace_id = trace_id_of(incoming.headers.get("X-Amzn-Trace-Id", ""))
        # `user_id` and `trace_id` are fields of the contract's record, `request_id` is not: it
        # comes out in `extra`.
        with bind_context(user_id=user_id, trace_id=trace_id, request_id=uuid.uuid4().hex[:12]):
            await self._app(scope, receive, send)


def trace_id_of(header: str) -> str | None:
    """Return the trace of an ``X-Amzn-Trace-Id``, which every load balancer of AWS adds.

    Of ``Root=1-67891233-abcdef012345678912345678;Sampled=1`` that is the value of ``Root``.
    """
    root = _ROOT.search(header)
    return root[1] if root else None
