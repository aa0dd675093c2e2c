"""The agent's turns: from a prompt to what is on the canvas."""

import logging
from dataclasses import dataclass

from intentlog import bind_context

from ..tools.toolbox import ToolError, use
from ..workspace.lifecycle import Workspace
from .script import plan

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a turn: how many paths it drew, and what went wrong."""

    turn: int
    paths: int
    error: str | None = None


def take_turn(workspace: Workspace, prompt: str) -> Outcome:
    """Let the agent do what a prompt asks; a tool that fails ends the turn."""
    workspace.turns += 1
    before = len(workspace.canvas.paths)
    error = None
    # Contexts nest: these lines have the turn besides whatever the request has bound.
    with bind_context(turn=workspace.turns):
        calls = plan(prompt)
        logger.info("Turn started", extra={"calls": len(calls)})
        for call in calls:
            try:
                use(call.tool, workspace.canvas, call.arguments)
            except ToolError as failure:
                error = str(failure)
                logger.exception("Turn failed", extra={"tool": call.tool})
                break
        paths = len(workspace.canvas.paths) - before
        if error is None:
            logger.info("Turn finished", extra={"paths": paths})
    return Outcome(turn=workspace.turns, paths=paths, error=error)
