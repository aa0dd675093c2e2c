"""Figures as a picture: panels of bars, as SVG."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final, NamedTuple

WIDTH: Final = 960
MARGIN: Final = 32
_ROW: Final = 26
_BAR: Final = 16
GAP: Final = 44
TOP: Final = 110
_STYLE: Final = """\
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #334155 }
.title { font-size: 20px; font-weight: 600; fill: #0f172a }
.panel { font-size: 14px; font-weight: 600; fill: #0f172a }
.note { font-size: 12px; fill: #64748b }
.label { text-anchor: end }
.ours { fill: #0d9488 }
.peer { fill: #cbd5e1 }
.floor { fill: #64748b }
.strong { font-weight: 600; fill: #0f766e }
.line { stroke: #64748b; stroke-dasharray: 3 3 }"""


class Bar(NamedTuple):
    """A bar.

    Attributes:
        label: What stands before it.
        value: How long it is, in the panel's unit.
        text: What stands after it.
        kind: ``ours``, ``peer`` or ``floor``.
    """

    label: str
    value: float
    text: str
    kind: str


class Panel(NamedTuple):
    """Bars with one scale.

    Attributes:
        title: What they show.
        bars: The bars.
        left: Where it begins, in pixels.
        width: How wide it is, labels and texts included.
        labels: How wide the labels are.
        texts: How wide the texts are.
    """

    title: str
    bars: list[Bar]
    left: int
    width: int
    labels: int
    texts: int

    @property
    def height(self) -> int:
        """Return how high it is."""
        return 22 + _ROW * len(self.bars)


def picture(title: str, subtitle: str, height: float, drawn: Iterable[str]) -> str:
    """Return an SVG of what was `drawn`, below its title."""
    content = (
        f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#ffffff"/>',
        _text(MARGIN, 44, title, "title"),
        _text(MARGIN, 68, subtitle, "note"),
        *drawn,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">\n<style>\n{_STYLE}\n</style>\n'
        + "\n".join(content)
        + "\n</svg>\n"
    )


def drawn(panel: Panel, top: int) -> Iterator[str]:
    """Yield the elements of a panel, which begins so many pixels below the top."""
    begin = panel.left + panel.labels + 10
    scale = (panel.width - panel.labels - panel.texts - 18) / max(bar.value for bar in panel.bars)
    yield _text(panel.left, top, panel.title, "panel")
    for place, bar in enumerate(panel.bars):
        y = top + 16 + place * _ROW
        middle = y + _BAR - 4
        width = max(bar.value * scale, 1)
        strong = " strong" if bar.kind == "ours" else ""
        yield _text(begin - 10, middle, bar.label, f"label{strong}")
        yield (
            f'<rect class="{bar.kind}" x="{begin}" y="{y}" width="{width:.1f}" '
            f'height="{_BAR}" rx="2"/>'
        )
        yield _text(begin + width + 8, middle, bar.text, strong.strip() or "note")


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(text)}</text>'
