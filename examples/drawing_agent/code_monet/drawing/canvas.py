"""The canvas: paths, and what can be said of them."""

import logging
import math
from dataclasses import dataclass
from itertools import pairwise

logger = logging.getLogger(__name__)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, in a colour."""

    colour: str
    points: list[Point]


class Canvas:
    """What is drawn on so many by so many units."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.colour = "#000000"
        self.paths: list[Path] = []

    def nearest(self, point: Point) -> Point:
        """Return the point of the canvas that is nearest."""
        x, y = point
        return min(max(x, 0), self.width), min(max(y, 0), self.height)

    def add(self, points: list[Point]) -> None:
        """Add a path in the present colour."""
        self.paths.append(Path(self.colour, points))
        # One path is of no interest to most: the contract writes DEBUG for this category alone.
        logger.debug(
            "Path added",
            extra={
                "colour": self.colour,
                "points": len(points),
                "path_length": round(sum(math.dist(*pair) for pair in pairwise(points)), 1),
            },
        )

    def drawn_width(self) -> float:
        """Return how wide the drawing is, from its leftmost point to its rightmost."""
        across = [x for path in self.paths for x, _ in path.points]
        return max(across, default=0) - min(across, default=0)

    def svg(self, scale: float = 1) -> str:
        """Return the drawing."""
        logger.debug("Drawing rendered", extra={"paths": len(self.paths), "scale": round(scale, 3)})
        lines = "".join(
            f'<polyline fill="none" stroke="{path.colour}" points="'
            f'{" ".join(f"{x},{y}" for x, y in path.points)}"/>'
            for path in self.paths
        )
        size = f'width="{self.width * scale:g}" height="{self.height * scale:g}"'
        view = f'viewBox="0 0 {self.width} {self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>{lines}</svg>'
