"""Lines as lines: the question for them, and the table that shows each field of the record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from intentlog.query.table import Row, Table

from .conditions import name
from .narrow import Yielding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intentlog.contract import Record

POINTER: Final = "@ptr"
TIME: Final = "@timestamp"
FOR_PROGRAMS: Final = (TIME, POINTER)
"""The columns of `lines_table` that people need not see."""


def lines_query(record: Record, where: Sequence[str] = (), *, latest_first: bool = True) -> str:
    """Return the query for lines.

    Args:
        record: What a line is.
        where: Conditions.
        latest_first: In which order they come; a limit takes the first ones.
    """
    fields = ", ".join(name(field) for field in record.all_fields if field != record.data)
    conditions = f"| filter {' and '.join(where)}\n" if where else ""
    order = "desc" if latest_first else "asc"
    return f"fields {TIME}, {fields}, @message, {POINTER}\n{conditions}| sort {TIME} {order}"


def lines_table(record: Record, answer: Table, *, latest_first: bool = True) -> Table:
    """Return the answer to `lines_query`, in the same order, as the record has it: oldest first.

    The event's own data is taken out of the line, as JSON. A line without a message, be it that it
    is no JSON or somebody else's, is shown whole instead of one.
    The last columns are for programs: the time, and what names the line to `diagnose around`.
    """
    rows = [
        _row(record, dict(zip(answer.columns, row, strict=True)))
        for row in (reversed(answer.rows) if latest_first else answer.rows)
    ]
    return Table((*record.all_fields, *FOR_PROGRAMS), rows, answer.statistics, answer.notes)


def _row(record: Record, cells: dict[str, str | None]) -> Row:
    line = cells["@message"] or ""
    event = read_line(line) or {}
    cells[record.data] = as_text(event.get(record.data))
    message = record.name_of("message")
    cells[message] = cells.get(message) or line  # of a long one, CloudWatch gives the begin
    timestamp = record.name_of("timestamp")
    cells[timestamp] = cells.get(timestamp) or cells[TIME]
    return tuple(cells.get(field) for field in (*record.all_fields, *FOR_PROGRAMS))


def yielding(record: Record) -> Yielding:
    """Return how lines are shown where not all has room: the message, level and time first."""
    service, logger, category = map(record.name_of, ("service", "logger", "category"))
    before = {service: 0.5, logger: 0.5, "after": 0.3, category: 0.3, "gap": 0.3}
    return Yielding(main=record.name_of("message"), before=before)


def read_line(text: str) -> dict[str, Any] | None:
    """Return the object of a line; None if it is none, or is nested too deep to be read."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def as_text(value: object) -> str | None:
    """Return a JSON value as CloudWatch shows values: a text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def passed_over(answer: Table) -> tuple[str, ...]:
    """Return a sentence about lines of files that are no JSON, if there are any."""
    count = answer.statistics.unreadable
    if not count:
        return ()
    lines = "1 line is no JSON and was" if count == 1 else f"{count:,} lines are no JSON and were"
    return (f"{lines} passed over",)
