"""The results as a picture: bars, as SVG."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final, NamedTuple

from .cases import FLOOR, GROUPS, INTENTLOG
from .results import Results

_WIDTH: Final = 960
_MARGIN: Final = 32
_ROW: Final = 26
_BAR: Final = 16
_GAP: Final = 44
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


def svg(results: Results) -> str:
    """Return the picture."""
    half = (_WIDTH - 2 * _MARGIN - 40) // 2
    whole = _WIDTH - 2 * _MARGIN
    events = Panel("One event", _events(results), _MARGIN, whole, 240, 124)
    exceptions = Panel(
        "One exception, eleven frames deep", _exceptions(results), _MARGIN, half, 220, 60
    )
    threads = Panel(
        "Four threads, lines a second: more is better",
        _threads(results),
        _MARGIN + half + 40,
        half,
        160,
        70,
    )
    top = 110
    below = top + events.height + _GAP
    height = below + max(exceptions.height, threads.height) + _MARGIN
    content = (
        f'<rect width="{_WIDTH}" height="{height}" rx="12" fill="#ffffff"/>',
        _text(_MARGIN, 44, "What a log call costs", "title"),
        _text(_MARGIN, 68, _subtitle(results), "note"),
        *_drawn(events, top),
        *_drawn(exceptions, below),
        *_drawn(threads, below),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="What a log call costs">\n<style>\n{_STYLE}\n</style>\n'
        + "\n".join(content)
        + "\n</svg>\n"
    )


def _subtitle(results: Results) -> str:
    return (
        "Context, four data fields, in the file when the call returns; intentlog redacts, too. "
        f"Median of {results.rounds}; Python {results.machine['python']}, "
        f"{results.machine['processors']} processors."
    )


def _events(results: Results) -> list[Bar]:
    def text(name: str) -> str:
        return f"{results.median('event', name) / 1000:.1f} µs · {results.floors(name):.1f} F"

    values = {n: results.median("event", n) / 1000 for n in results.measured["event"]}
    return [_bar("event", n, values[n], text(n)) for n in sorted(values, key=values.__getitem__)]


def _exceptions(results: Results) -> list[Bar]:
    names = [name for name in results.measured["exception"] if name != "raised_only"]
    values = {name: results.median("exception", name) / 1000 for name in names}
    ordered = sorted(names, key=values.__getitem__)
    return [_bar("exception", name, values[name], f"{values[name]:.0f} µs") for name in ordered]


def _threads(results: Results) -> list[Bar]:
    names = [name for name in results.measured["threads"] if name != FLOOR]
    values = {name: results.median("threads", name, "lines_per_second") for name in names}
    return [_bar("threads", name, values[name], f"{values[name]:,.0f}") for name in names]


def _bar(group: str, name: str, value: float, text: str) -> Bar:
    case = GROUPS[group].cases[name]
    kind = "floor" if name == FLOOR else "ours" if name.startswith(INTENTLOG) else "peer"
    return Bar(case.title, value, text, kind)


def _drawn(panel: Panel, top: int) -> Iterator[str]:
    begin = panel.left + panel.labels + 10
    scale = (panel.width - panel.labels - panel.texts - 18) / _longest(panel.bars)
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


def _longest(bars: Iterable[Bar]) -> float:
    return max(bar.value for bar in bars)


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(text)}</text>'
