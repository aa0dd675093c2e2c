"""The brush."""

import logging

from ..drawing.canvas import Canvas, Point

logger = logging.getLogger(__name__)


def draw_path(canvas: Canvas, *, points: list[Point]) -> None:
    """Draw a path; what would leave the canvas follows its edge."""
    inside = [canvas.nearest(point) for point in points]
    moved = sum(before != after for before, after in zip(points, inside, strict=True))
    if moved:
        logger.warning("Path kept inside the canvas", extra={"points_moved": moved})
    canvas.add(inside)
