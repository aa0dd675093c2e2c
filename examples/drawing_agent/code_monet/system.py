"""From start-up to shutdown: what lives as long as the application does."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from starlette.applications import Starlette

from .auth.magic_links import MagicLinks
from .auth.sessions import Sessions
from .config import load_settings
from .workspace.lifecycle import Workspaces

logger = logging.getLogger(__name__)


class State(TypedDict):
    """What every request finds in ``request.state``."""

    magic_links: MagicLinks
    sessions: Sessions
    workspaces: Workspaces


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[State]:
    """Hold the application's state, and say when it begins and ends."""
    started = time.monotonic()
    settings = load_settings()
    workspaces = Workspaces(canvas_size=settings.canvas_size)
    logger.info("Started")
    yield {
        "magic_links": MagicLinks(settings.invited, valid_seconds=settings.link_seconds),
        "sessions": Sessions(),
        "workspaces": workspaces,
    }
    workspaces.close_all()
    logger.info("Stopped", extra={"uptime_seconds": round(time.monotonic() - started, 3)})
