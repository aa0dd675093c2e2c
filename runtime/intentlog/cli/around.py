"""``diagnose around``: what was logged before and after a moment, or a line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import typer

from intentlog.query.table import Table

from .lines import POINTER, lines_query, lines_table
from .moments import milliseconds, moment
from .most import Most
from .options import Source

if TYPE_CHECKING:
    from .asking import Asker

_POINTER: Final = re.compile(r"(\d{12,14})-[0-9a-f]{12}")
_LONG: Final = re.compile(r"[A-Za-z0-9+/=_-]{30,}")
_FAR: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


def around(asker: Asker, point: str, *, lines: int) -> Table:
    """Return the lines before and after a point, oldest first; ``>`` marks where it is.

    Args:
        asker: Asks.
        point: A moment, or a line's ``@ptr``.
        lines: How many lines before it, and how many after.
    """
    when = _moment(asker, point)
    record = asker.contract.record
    before = asker.answer(
        lines_query(record, _exactly(asker, "<", when)),
        bound=Most(lines),
        between=(asker.start or when - _FAR, when - _MILLISECOND),
    )
    after = asker.answer(
        lines_query(record, _exactly(asker, ">=", when), latest_first=False),
        bound=Most(lines + 1),
        between=(when, asker.end or when + _FAR),
    )
    columns = before.columns or after.columns
    both = Table(columns, [*reversed(before.rows), *after.rows])
    found = lines_table(record, both, latest_first=False)
    marked = _marked(found, point, len(before.rows))
    rows = [(">" if place == marked else None, *row) for place, row in enumerate(found.rows)]
    return Table(("", *found.columns), rows)


def _exactly(asker: Asker, sign: str, when: datetime) -> list[str]:
    """Return the condition that parts a second: CloudWatch's times of a query know no less."""
    if asker.source is not Source.CLOUDWATCH:
        return []
    return [f"toMillis(@timestamp) {sign} {milliseconds(when)}"]


def _marked(found: Table, point: str, before: int) -> int | None:
    """Return the place of the line that is meant: the first one from the moment on."""
    pointers = [row[found.columns.index(POINTER)] for row in found.rows]
    if point in pointers:
        return pointers.index(point)
    if _POINTER.fullmatch(point):
        typer.echo(f"none of these lines is {point}: is it in another file, or gone?", err=True)
        return None
    return before


def _moment(asker: Asker, point: str) -> datetime:
    if found := _POINTER.fullmatch(point):
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    if asker.source is Source.CLOUDWATCH and _LONG.fullmatch(point):
        logs = asker.chosen.client("logs")
        time = str(logs.get_log_record(logRecordPointer=point)["logRecord"]["@timestamp"])
        # Milliseconds of AWS; what emulates it may write it as Insights shows it.
        return datetime.fromtimestamp(int(time) / 1000, UTC) if time.isdigit() else moment(time)
    try:
        return moment(point)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{error}; or a line's @ptr, as --json tells it") from None
