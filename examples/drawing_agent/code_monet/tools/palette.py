"""The palette: the colours that the agent may draw in."""

from types import MappingProxyType

from ..drawing.canvas import Canvas
from .errors import ToolError

_COLOURS = MappingProxyType(
    {"cobalt": "#0047ab", "ochre": "#cc7722", "vermilion": "#e34234", "violet": "#7f00ff"}
)


def choose_colour(canvas: Canvas, *, colour: str) -> None:
    """Draw in a colour from here on.

    Raises:
        ToolError: The palette does not have it.
    """
    try:
        canvas.colour = _COLOURS[colour]
    except KeyError as error:
        have = ", ".join(_COLOURS)
        raise ToolError(f"no {colour!r} on the palette; there are: {have}") from error
