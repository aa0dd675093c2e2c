"""Plots as SVG for a page: columns over time, bars, a pie. No script, no library."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from .columns import cells_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    _Scale: TypeAlias = Callable[[float], float]

# Okabe and Ito's colours, which people who do not see all colours can tell apart.
COLORS: Final = (
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#808080",
)  # fmt: skip
_GAP: Final = 10
_TOP: Final = 10
_BOTTOM: Final = 22
_LETTER: Final = 6.8
_LABEL_EVERY: Final = 90
_DAY: Final = 86_400
_LABELS: Final = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)
_WIDEST: Final = 48


@dataclass(frozen=True, slots=True)
class Series:
    """Values over time.

    Attributes:
        times: When there are values, in order, as ``2026-11-25 22:55:00``. Between them is as
            much room as time; the least time between two is that of a column.
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
    if series.stacked:
        tops = [sum(of.get(time, 0) for of in series.values.values()) for time in series.times]
    else:
        tops = [value for of in series.values.values() for value in of.values()]
    most = _ceiling(max([*tops, *series.lines.values()], default=0))
    marks = [0.0, most / 2, most] if most % 2 == 0 or any(top % 1 for top in tops) else [0.0, most]
    left = max(len(_number(mark)) for mark in marks) * _LETTER + _GAP
    axis = _Axis(series.times, left, width - left - _GAP)

    def y(value: float) -> float:
        return _TOP + (height - _TOP - _BOTTOM) * (1 - value / most)

    parts = list(_grid(marks, y, left, width))
    parts += [
        f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{escape(label)}</text>'
        for x, label in axis.labels()
    ]
    draw = _columns if series.stacked else _lines
    parts += draw(series, axis, y)
    for name, value in series.lines.items():
        parts.append(
            f'<line class="limit" x1="{left:.1f}" x2="{width}" '
            f'y1="{y(value):.1f}" y2="{y(value):.1f}">'
            f"<title>{escape(name)}: {_number(value)}</title></line>"
        )
    return f'<div class="wide">{_svg(parts, width, height)}</div>{_legend(list(series.values))}'


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


class _Axis:
    """Where times stand in a plot: each in the middle of a part of its own."""

    def __init__(self, times: Sequence[str], left: float, width: float) -> None:
        self._seconds = [_seconds(time) for time in times] or [0.0]
        between = (two - one for one, two in pairwise(self._seconds))
        self._least = min(between, default=0.0) or 1.0
        self._left, self._right = left, left + width
        self.step = width / (round((self._seconds[-1] - self._seconds[0]) / self._least) + 1)

    def x(self, time: str) -> float:
        """Return the middle of a time's part."""
        return self._left + self.step * ((_seconds(time) - self._seconds[0]) / self._least + 0.5)

    def labels(self) -> Iterator[tuple[float, str]]:
        """Yield times to write below the plot: full hours and their like, as many as fit."""
        wanted = _LABEL_EVERY * self._least / self.step
        days = math.ceil(wanted / _DAY) * _DAY
        apart = next((each for each in _LABELS if each >= wanted), days)
        begin, end = self._seconds[0], self._seconds[-1]
        moments = range(math.ceil(begin / apart) * apart, int(end) + 1, apart) or [begin]
        times = [f"{datetime.fromtimestamp(moment, UTC)}" for moment in moments]
        for time in times:
            if (x := self.x(time[:19])) <= self._right - _LABEL_EVERY / 2 or len(times) == 1:
                yield x, _short(time, times)


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()


def _columns(series: Series, axis: _Axis, y: _Scale) -> Iterator[str]:
    wide = min(max(axis.step * 0.8, 1), _WIDEST)
    for time in series.times:
        x, below = axis.x(time) - wide / 2, 0.0
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


def _lines(series: Series, axis: _Axis, y: _Scale) -> Iterator[str]:
    for color, (name, of) in enumerate(series.values.items()):
        points = [(axis.x(time), y(of[time]), time) for time in series.times if time in of]
        stroke = COLORS[color % len(COLORS)]
        path = " ".join(f"{x:.1f},{high:.1f}" for x, high, _ in points)
        yield f'<polyline fill="none" stroke="{stroke}" stroke-width="1.5" points="{path}"/>'
        for x, high, time in points:
            yield (
                f'<circle cx="{x:.1f}" cy="{high:.1f}" r="2.5" fill="{stroke}">'
                f"<title>{escape(f'{time[:16]} {name}: {_number(of[time])}')}</title></circle>"
            )


def _grid(marks: Sequence[float], y: _Scale, left: float, width: int) -> Iterator[str]:
    for mark in marks:
        high = y(mark)
        yield (
            f'<line class="grid" x1="{left:.1f}" x2="{width}" y1="{high:.1f}" y2="{high:.1f}"/>'
            f'<text x="{left - 6:.1f}" y="{high + 4:.1f}" text-anchor="end">'
            f"{_number(mark)}</text>"
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


def _short(time: str, times: Sequence[str]) -> str:
    """Return a time without what all of them share, or what stands before it already."""
    if any(each[17:19] != "00" for each in times):
        return time[11:19]
    if times[0][:10] == times[-1][:10]:
        return time[11:16]
    return time[5:16] if time[11:16] != "00:00" else time[5:10]
