"""Plots as SVG for a page: columns over time, bars, a pie. No script, no library."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

from .columns import cells_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    _Scale: TypeAlias = Callable[[float], float]

# Okabe and Ito's colours, which people who do not see all colours can tell apart.
COLORS: Final = (
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#808080",
)  # fmt: skip
_LEFT: Final = 46
_TOP: Final = 10
_BOTTOM: Final = 22
_LETTER: Final = 6.8
_LABEL_EVERY: Final = 90
_WIDEST: Final = 48


@dataclass(frozen=True, slots=True)
class Series:
    """Values over time.

    Attributes:
        times: The beginning of each part of the time, as texts that sort.
        values: For each name, the value at some of these times.
        lines: Values that are marked across all of it, with their names.
        stacked: Whether values of one time add up; else they are drawn as lines.
    """

    times: Sequence[str]
    values: Mapping[str, Mapping[str, float]]
    lines: Mapping[str, float] = field(default_factory=dict)
    stacked: bool = True


def over_time(series: Series, *, width: int, height: int) -> str:
    """Draw values over time: lines, or stacked columns, of which many small ones become one."""
    if series.stacked:
        series = replace(series, values=_folded(series.values))
    times, inner = list(series.times), height - _TOP - _BOTTOM
    if series.stacked:
        tops = [sum(of.get(time, 0) for of in series.values.values()) for time in times]
    else:
        tops = [value for of in series.values.values() for value in of.values()]
    most = _ceiling(max([*tops, *series.lines.values()], default=0))
    step = (width - _LEFT - 8) / max(len(times), 1)

    def y(value: float) -> float:
        return _TOP + inner * (1 - value / most)

    parts = list(_axes(most, y, width))
    every = max(1, math.ceil(_LABEL_EVERY / step))
    for place in range(0, len(times), every):
        if (x := _LEFT + step * (place + 0.5)) > width - _LABEL_EVERY / 2 and place:
            break
        label = escape(_short(times, place))
        parts.append(f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{label}</text>')
    draw = _columns if series.stacked else _lines
    parts += draw(series, step, y)
    for name, value in series.lines.items():
        parts.append(
            f'<line class="limit" x1="{_LEFT}" x2="{width}" '
            f'y1="{y(value):.1f}" y2="{y(value):.1f}">'
            f"<title>{escape(name)}: {_number(value)}</title></line>"
        )
    return _svg(parts, width, height) + _legend(list(series.values))


def bars(values: Sequence[tuple[str, float]], *, width: int) -> str:
    """Draw values as bars, one below the other, each with its name and number."""
    most = max((value for _, value in values), default=0) or 1
    longest = max((cells_of(name) for name, _ in values), default=0)
    name_width = min(longest * _LETTER + 8, width * 0.5)
    room = width - name_width - 70
    parts: list[str] = []
    for place, (name, value) in enumerate(values):
        y = place * 24
        letters = int(name_width / _LETTER) * len(name) // max(cells_of(name), 1)
        shown = name if len(name) <= letters else f"{name[: letters - 2]}…"
        parts.append(
            f'<text x="0" y="{y + 16}">{escape(shown)}<title>{escape(name)}</title></text>'
            f'<rect x="{name_width:.1f}" y="{y + 4}" width="{max(room * value / most, 1):.1f}" '
            f'height="16" rx="2" fill="{COLORS[0]}"/>'
            f'<text x="{name_width + room * value / most + 6:.1f}" y="{y + 16}">'
            f"{_number(value)}</text>"
        )
    return _svg(parts, width, max(len(values) * 24, 24))


def pie(values: Sequence[tuple[str, float]], *, height: int) -> str:
    """Draw shares of a whole."""
    total = sum(value for _, value in values) or 1
    radius, at, parts = height / 2 - 4, 0.0, []
    for place, (name, value) in enumerate(values):
        begin, at = at, at + value / total * 2 * math.pi
        end = min(at, begin + 2 * math.pi - 1e-4)
        (x1, y1), (x2, y2) = (
            (height / 2 + radius * math.sin(turn), height / 2 - radius * math.cos(turn))
            for turn in (begin, end)
        )
        large = int(end - begin > math.pi)
        parts.append(
            f'<path fill="{COLORS[place % len(COLORS)]}" d="M{height / 2} {height / 2} L{x1:.1f} '
            f'{y1:.1f} A{radius} {radius} 0 {large} 1 {x2:.1f} {y2:.1f} Z">'
            f"<title>{escape(name)}: {_number(value)}</title></path>"
        )
    return _svg(parts, height, height) + _legend([f"{name} {_number(v)}" for name, v in values])


def _folded(values: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    """Return the greatest values under their names, and the sums of the others as one more."""
    if len(values) <= len(COLORS):
        return values
    ranked = sorted(values.items(), key=lambda item: -sum(item[1].values()))
    shown, others = ranked[: len(COLORS) - 1], ranked[len(COLORS) - 1 :]
    sums: Counter[str] = Counter()
    for _, of in others:
        sums.update(of)
    return {**dict(shown), f"{len(others)} others": sums}


def _columns(series: Series, step: float, y: _Scale) -> Iterator[str]:
    wide = min(step * 0.8, _WIDEST)
    for place, time in enumerate(series.times):
        x, below = _LEFT + step * place + (step - wide) / 2, 0.0
        for color, (name, of) in enumerate(series.values.items()):
            if not (value := of.get(time, 0)):
                continue
            top, bottom = y(below + value), y(below)
            below += value
            yield (
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{bottom - top:.1f}" '
                f'fill="{COLORS[color % len(COLORS)]}">'
                f"<title>{escape(f'{time[:16]} {name}: {_number(value)}')}</title></rect>"
            )


def _lines(series: Series, step: float, y: _Scale) -> Iterator[str]:
    places = {time: _LEFT + step * (place + 0.5) for place, time in enumerate(series.times)}
    for color, (name, of) in enumerate(series.values.items()):
        points = [(places[time], y(of[time]), time) for time in series.times if time in of]
        stroke = COLORS[color % len(COLORS)]
        path = " ".join(f"{x:.1f},{high:.1f}" for x, high, _ in points)
        yield f'<polyline fill="none" stroke="{stroke}" stroke-width="1.5" points="{path}"/>'
        for x, high, time in points:
            yield (
                f'<circle cx="{x:.1f}" cy="{high:.1f}" r="2.5" fill="{stroke}">'
                f"<title>{escape(f'{time[:16]} {name}: {_number(of[time])}')}</title></circle>"
            )


def _axes(most: float, y: _Scale, width: int) -> Iterator[str]:
    for part in (0.0, 0.5, 1.0):
        high = y(most * part)
        yield (
            f'<line class="grid" x1="{_LEFT}" x2="{width}" y1="{high:.1f}" y2="{high:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{high + 4:.1f}" text-anchor="end">'
            f"{_number(most * part)}</text>"
        )


def _svg(parts: Sequence[str], width: float, height: float) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"{''.join(parts)}</svg>"
    )


def _legend(names: Sequence[str]) -> str:
    entries = "".join(
        f'<span><i style="background:{COLORS[place % len(COLORS)]}"></i>{escape(name)}</span>'
        for place, name in enumerate(names)
        if name
    )
    return f'<p class="legend">{entries}</p>' if entries else ""


def _ceiling(value: float) -> float:
    """Return the next number above a value that reads well: 1, 2, 4, 5, 10 and their like."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(each * unit for each in (1, 2, 4, 5, 10) if each * unit >= value)


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR2004


def _short(times: Sequence[str], place: int) -> str:
    """Return a time without what all of them share, or what stands before it already."""
    if times[0][:10] == times[-1][:10]:
        return times[place][11:16]
    return times[place][5:16] if times[place][11:16] != "00:00" else times[place][5:10]
