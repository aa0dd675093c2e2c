"""The application: its routes, and what every request passes on its way to them."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from .auth.routes import routes as auth_routes
from .auth.sessions import SessionBackend
from .http.context import BindContext
from .http.requests import LogRequests
from .system import lifespan
from .websocket.connection import connection
from .workspace.routes import routes as workspace_routes


async def health(_request: Request) -> PlainTextResponse:
    """Answer whoever wants to know whether the application lives."""
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/health", health),
        Mount("/auth", routes=auth_routes),
        WebSocketRoute("/workspaces/{workspace}/agent", connection),
        Mount("/workspaces/{workspace}", routes=workspace_routes),
    ],
    # From the outside in: the line about a request is written where its user and trace are bound.
    middleware=[
        Middleware(AuthenticationMiddleware, backend=SessionBackend()),
        Middleware(BindContext),
        Middleware(LogRequests),
    ],
    lifespan=lifespan,
)
