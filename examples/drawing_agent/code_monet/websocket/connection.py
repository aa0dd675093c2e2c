"""One person's connection to a workspace: prompts come in, the agent's turns go out."""

import logging
from dataclasses import asdict

from starlette.authentication import requires
from starlette.websockets import WebSocket

from intentlog import bind_context

from ..agent.turns import take_turn
from ..auth.sessions import SIGNED_IN
from ..system import State

logger = logging.getLogger(__name__)


@requires(SIGNED_IN)
async def connection(websocket: WebSocket[State]) -> None:
    """Serve a connection until the person leaves."""
    workspace = websocket.state["workspaces"].enter(websocket.path_params["workspace"])
    # From here on also the lines of the agent, its tools and the canvas name the workspace.
    with bind_context(workspace=workspace.name):
        await websocket.accept()
        logger.info("Connection opened")
        prompts = 0
        async for prompt in websocket.iter_text():
            prompts += 1
            logger.info("Prompt received", extra={"length": len(prompt)})
            await websocket.send_json(asdict(take_turn(workspace, prompt)))
        logger.info("Connection closed", extra={"prompts": prompts})
