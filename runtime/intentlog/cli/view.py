"""Shows an answer as a widget of Logs Insights does: a table, a time series, bars or a pie."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from .columns import numeric
from .page import html_table, note, pixels
from .plots import Series, bars, over_time, pie

if TYPE_CHECKING:
    from intentlog.query.table import Table

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
_HEIGHT: Final = 190


def view(table: Table, kind: str, *, columns: int, stacked: bool = False) -> str:
    """Return the HTML of an answer.

    Args:
        table: The answer.
        kind: CloudWatch's word: ``table``, ``timeSeries``, ``bar``, ``pie``.
        columns: How many columns of the page the widget has.
        stacked: Whether values of one time are drawn on each other.
    """
    if not table.rows:
        return note("no row")
    places = range(len(table.columns))
    times = [place for place in places if _is_time(table, place)]
    numbers = [place for place in places if place not in times and numeric(table, place)]
    labels = [place for place in places if place not in (*times, *numbers)]
    width = pixels(columns)
    if kind == "timeSeries" and times and numbers:
        drawn = _series(table, times[0], numbers, labels, stacked=stacked)
        return over_time(drawn, width=width, height=_HEIGHT)
    if kind in {"bar", "pie"} and numbers:
        names = [place for place in places if place != numbers[-1]]
        values = [
            (" ".join(row[place] or "" for place in names), float(row[numbers[-1]] or 0))
            for row in table.rows
        ]
        return bars(values, width=width) if kind == "bar" else pie(values, height=_HEIGHT)
    return html_table(table)


def _series(
    table: Table, time: int, numbers: list[int], labels: list[int], *, stacked: bool
) -> Series:
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for row in table.rows:
        label = " ".join(row[place] or "none" for place in labels)
        for number in numbers:
            shown = table.columns[number] if len(numbers) > 1 or not label else ""
            values[f"{label} {shown}".strip()][row[time] or ""] = float(row[number] or 0)
    times = sorted({row[time] or "" for row in table.rows})
    return Series(times, values, stacked=stacked)


def _is_time(table: Table, place: int) -> bool:
    return all(_TIME.fullmatch(row[place] or "") for row in table.rows)
