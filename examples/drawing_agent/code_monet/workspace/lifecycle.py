"""Opening workspaces, and closing them."""

import logging
from dataclasses import dataclass

from ..drawing.canvas import Canvas

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Workspace:
    """A canvas with a name, and how often the agent had its turn on it."""

    name: str
    canvas: Canvas
    turns: int = 0


class Workspaces:
    """The workspaces that are open; each stays open until the application stops."""

    def __init__(self, *, canvas_size: tuple[int, int]) -> None:
        self._canvas_size = canvas_size
        self._open: dict[str, Workspace] = {}

    def enter(self, name: str) -> Workspace:
        """Return a workspace, opened if it was not."""
        workspace = self._open.get(name)
        if workspace is None:
            workspace = self._open[name] = Workspace(name, Canvas(*self._canvas_size))
            logger.info("Workspace opened", extra={"workspace": name})
        return workspace

    def close_all(self) -> None:
        """Close every workspace."""
        for workspace in self._open.values():
            logger.info(
                "Workspace closed",
                extra={
                    "workspace": workspace.name,
                    "paths": len(workspace.canvas.paths),
                    "turns": workspace.turns,
                },
            )
        self._open.clear()
