"""The tools by name, and using them."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..drawing.canvas import Canvas
from .brush import draw_path
from .errors import ToolError
from .palette import choose_colour

__all__ = ["ToolError", "use"]

logger = logging.getLogger(__name__)

_TOOLS: Final[Mapping[str, Callable[..., None]]] = {
    "choose_colour": choose_colour,
    "draw_path": draw_path,
}


def use(tool: str, canvas: Canvas, arguments: Mapping[str, Any]) -> None:
    """Use a tool on a canvas.

    Raises:
        ToolError: There is no such tool, or it could not do what was asked.
    """
    # The contract's query "agent-tool-usage" takes the name from this message.
    logger.info("Tool use: %s", tool)
    if tool not in _TOOLS:
        raise ToolError(f"no tool {tool!r}")
    _TOOLS[tool](canvas, **arguments)
