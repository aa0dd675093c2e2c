"""How an answer is printed: for a person, as Markdown, or for another program."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from intentlog.query.table import Table


class Form(StrEnum):
    """What an answer can be printed as."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"
    CSV = "csv"


def printed(table: "Table", form: Form) -> Iterator[str]:
    """Yield the lines of an answer; a cell that is not there is left out, or is empty."""
    return _FORMS[form](table)


def _json(table: "Table") -> Iterator[str]:
    yield json.dumps(table.objects(), indent=2, ensure_ascii=False)


def _jsonl(table: "Table") -> Iterator[str]:
    for row in table.objects():
        yield json.dumps(row, ensure_ascii=False)


def _csv(table: "Table") -> Iterator[str]:
    for row in (table.columns, *table.rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(row)
        yield line.getvalue()


def _markdown(table: "Table") -> Iterator[str]:
    yield _markdown_row(table.columns)
    yield _markdown_row(("---",) * len(table.columns))
    yield from map(_markdown_row, table.rows)


def _markdown_row(cells: tuple[str | None, ...]) -> str:
    escaped = ((cell or "").replace("|", "\\|").replace("\n", "<br>") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _aligned(table: "Table") -> Iterator[str]:
    rows = [
        tuple((cell or "").replace("\n", "\\n") for cell in row)
        for row in (table.columns, *table.rows)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


_FORMS: Final[dict[Form, Callable[["Table"], Iterator[str]]]] = {
    Form.TABLE: _aligned,
    Form.JSON: _json,
    Form.JSONL: _jsonl,
    Form.MD: _markdown,
    Form.CSV: _csv,
}
