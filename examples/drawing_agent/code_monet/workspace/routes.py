"""A workspace over HTTP: the drawing, its thumbnail, one turn of the agent."""

from dataclasses import asdict

from starlette.authentication import requires
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..agent.turns import take_turn
from ..auth.sessions import SIGNED_IN
from ..system import State
from .lifecycle import Workspace


@requires(SIGNED_IN)
async def drawing(request: Request[State]) -> Response:
    """Answer with the drawing as SVG."""
    return Response(_entered(request).canvas.svg(), media_type="image/svg+xml")


@requires(SIGNED_IN)
async def thumbnail(request: Request[State]) -> Response:
    """Answer with the drawing, at most 64 units wide; fails on an empty canvas, as bugs do."""
    canvas = _entered(request).canvas
    return Response(canvas.svg(scale=64 / canvas.drawn_width()), media_type="image/svg+xml")


@requires(SIGNED_IN)
async def turn(request: Request[State]) -> Response:
    """Let the agent take one turn."""
    prompt: str = (await request.json())["prompt"]
    outcome = take_turn(_entered(request), prompt)
    return JSONResponse(asdict(outcome), status_code=500 if outcome.error else 200)


def _entered(request: Request[State]) -> Workspace:
    return request.state["workspaces"].enter(request.path_params["workspace"])


routes = [
    Route("/drawing.svg", drawing),
    Route("/thumbnail.svg", thumbnail),
    Route("/turns", turn, methods=["POST"]),
]
