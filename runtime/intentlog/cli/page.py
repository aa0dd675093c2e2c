"""One self-contained HTML page of widgets, which needs nothing from anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from intentlog.contract.problem import printable

from .buckets import SPARKS
from .columns import numeric

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intentlog.query.table import Row, Table

COLUMNS: Final = 24
_WIDTH: Final = 1320
_UNIT: Final = _WIDTH / COLUMNS
_MOST_ROWS: Final = 500
_MOST_LETTERS: Final = 400
_BEGIN: Final = 200
_LEAST_LETTERS: Final = 18
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #16191f; --dim: #5f6b7a; --line: #d9dee5; --card: #fff;
  --page: #f2f4f7; --bad: #c0392b }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --dim: #9aa5b4; --line: #333d4b;
  --card: #1b232e; --page: #10161e; --bad: #ff8073 } }
* { box-sizing: border-box }
body { margin: 0; padding: 24px; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif }
main, header { max-width: 1320px; margin: 0 auto }
h1 { font-size: 22px; margin: 0 } header p { margin: 4px 0 18px; color: var(--dim) }
main { display: grid; grid-template-columns: repeat(24, 1fr); gap: 12px }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px; min-width: 0; overflow: auto }
h2 { font-size: 13px; margin: 0 0 8px; font-weight: 600 }
.figure { font-size: 30px; font-weight: 600; line-height: 1.1 } .bad { color: var(--bad) }
.note { color: var(--dim); margin: 6px 0 0; font-size: 12px }
svg { display: block; max-width: 100%; height: auto } svg text { font-size: 11px; fill: var(--dim) }
.grid { stroke: var(--line) }
.limit { stroke: var(--bad); stroke-dasharray: 5 4; stroke-width: 1.5 }
.legend { margin: 6px 0 0; font-size: 12px; display: flex; flex-wrap: wrap; gap: 4px 14px }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
  margin-right: 5px }
table { border-collapse: collapse; width: 100%; font-size: 12.5px }
th { text-align: left; color: var(--dim); font-weight: 600; white-space: nowrap }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.spark { font-family: ui-monospace, monospace; white-space: nowrap }
td { overflow-wrap: anywhere } td.time { white-space: nowrap; overflow-wrap: normal }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
summary { cursor: pointer }
.state { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: #8a94a3;
  margin-right: 8px }
ul { list-style: none; margin: 0; padding: 0 } li { padding: 3px 0 }
.wide { overflow-x: auto; background:
  linear-gradient(90deg, var(--card) 40%, transparent) 0 / 40px 100% no-repeat local,
  linear-gradient(-90deg, var(--card) 40%, transparent) 100% / 40px 100% no-repeat local,
  linear-gradient(90deg, var(--line), transparent) 0 / 14px 100% no-repeat scroll,
  linear-gradient(-90deg, var(--line), transparent) 100% / 14px 100% no-repeat scroll }
@media (max-width: 900px) { section { grid-column: 1 / -1 !important; grid-row: auto !important }
  .wide svg { max-width: none } }
"""


@dataclass(frozen=True, slots=True)
class Widget:
    """A box of a page.

    Attributes:
        title: What it shows.
        body: Its HTML.
        width: How many of the page's 24 columns it takes.
        x: The first of them.
        y: The row that it is in; widgets of one ``y`` stand beside each other.
    """

    title: str
    body: str
    width: int = COLUMNS
    x: int = 0
    y: int = 0


def page(title: str, subtitle: str, widgets: Iterable[Widget]) -> str:
    """Return the page."""
    rows = {y: place for place, y in enumerate(sorted({each.y for each in widgets}), 1)}
    sections = "\n".join(
        f'<section style="grid-column: {each.x + 1} / span {each.width}; grid-row: {rows[each.y]}">'
        f"<h2>{escape(each.title)}</h2>{each.body}</section>"
        for each in widgets
    )
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1><p>{escape(subtitle)}</p></header>\n"
        f"<main>\n{sections}\n</main>\n</body>\n</html>\n"
    )
    # What somebody put into a line must not turn the direction of the text around it.
    return "\n".join(map(printable, html.split("\n")))


def pixels(columns: int) -> int:
    """Return how wide the inside of a widget is."""
    return round(columns * _UNIT) - 42


def html_table(table: Table) -> str:
    """Return a table; what it does not show is said."""
    if not table.rows:
        return note("no row")
    numbers = [numeric(table, place) for place in range(len(table.columns))]
    shown = table.rows[:_MOST_ROWS]
    head = "".join(
        f'<th class="{_kind(None, number=number)}" style="min-width: {_least(shown, place)}ch">'
        f"{escape(column)}</th>"
        for place, (column, number) in enumerate(zip(table.columns, numbers, strict=True))
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{_kind(cell, number=number)}">{_content(cell or "")}</td>'
            for cell, number in zip(row, numbers, strict=True)
        )
        + "</tr>"
        for row in shown
    )
    more = len(table.rows) - _MOST_ROWS
    rest = note(f"and {more:,} more rows") if more > 0 else ""
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{rows}</table></div>{rest}'


def _least(rows: Sequence[Row], place: int) -> int:
    """Return how many letters of a column stay in a line, whatever stands beside it."""
    return min(max(len(row[place] or "") for row in rows), _LEAST_LETTERS)


def _content(cell: str) -> str:
    """Return a cell's text; of a long one the rest can be unfolded."""
    if len(cell) <= _MOST_LETTERS:
        return escape(cell)
    return f"<details><summary>{escape(cell[:_BEGIN])}…</summary>{escape(cell)}</details>"


def figure(text: str, *, bad: bool = False) -> str:
    """Return one number, large."""
    return f'<div class="figure{" bad" if bad else ""}">{escape(text)}</div>'


def note(text: str) -> str:
    """Return a sentence below a plot."""
    return f'<p class="note">{escape(text)}</p>'


def _kind(cell: str | None, *, number: bool) -> str:
    if number:
        return "number"
    if cell and SPARKS.issuperset(cell):
        return "spark"
    return "time" if cell and re.match(r"\d{4}-\d\d-\d\d \d\d:", cell) else ""
