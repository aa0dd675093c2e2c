"""What the agent decides to do: a script in the place of a model, so that it always does the same.

A prompt names a subject and, after the last " in ", a colour: "water lilies in violet".
"""

import math
from dataclasses import dataclass, field
from typing import Any

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the agent wants to use, and how."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


def plan(prompt: str) -> list[ToolCall]:
    """Return what to do about a prompt."""
    subject, _, colour = prompt.rpartition(" in ")
    return [
        ToolCall("choose_colour", {"colour": colour}),
        *(ToolCall("draw_path", {"points": path}) for path in _paths(subject)),
    ]


def _paths(subject: str) -> list[Points]:
    if "lilies" in subject:
        return [_oval(x, 400, 60) for x in (160, 400, 640)]
    if "haystack" in subject:
        return [[(200, 500), (400, 200), (600, 500)], [(200, 500), (600, 500)]]
    if "sunrise" in subject:
        return [_oval(400, 560, 120)]  # half of it is below the canvas
    return [[(100, 300), (700, 300)]]


def _oval(x: float, y: float, radius: float) -> Points:
    steps = [math.tau * step / 12 for step in range(13)]
    return [
        (round(x + radius * math.cos(angle), 1), round(y + radius / 2 * math.sin(angle), 1))
        for angle in steps
    ]
