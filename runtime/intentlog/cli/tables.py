"""How an answer is printed: for a person, as Markdown, or for another program."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

import typer

from .columns import aligned, one_line, whole, widths_of
from .narrow import Yielding, narrowed, of_one_day, without
from .written import WriteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from intentlog.query.table import Row, Table

_CRLF: Final = "\r\n"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_MARKUP: Final = re.compile(r"(\\*)([|<])")
_AS_THEY_ARE: Final = Yielding()
_STYLES: Final = {"DEBUG": "dim", "WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}


class Form(StrEnum):
    """What an answer can be printed as."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"
    CSV = "csv"


def printed(table: Table, form: Form) -> Iterator[str]:
    """Yield the lines of an answer; a cell that is not there is left out, or is empty."""
    return _FORMS[form](table)


def show(
    table: Table,
    form: Form,
    *,
    color: bool = True,
    hidden: Sequence[str] = (),
    yielding: Yielding = _AS_THEY_ARE,
    none: str = "no row",
) -> None:
    """Print an answer; end with exit code 1 if it has no row.

    A terminal gets columns as wide as it is, with levels in colour; a pipe gets all of the text.

    Args:
        table: The answer.
        form: How it is printed.
        color: Whether a terminal may be coloured.
        hidden: Columns that people need not see.
        yielding: What a terminal shows first where not all has room.
        none: What is said if there is no row.

    Raises:
        typer.Exit: There is no row.
    """
    if not table.rows:
        if form is Form.JSON:
            typer.echo("[]")
        typer.echo(none, err=True)
        raise typer.Exit(1)
    if form in {Form.TABLE, Form.MD}:
        table = without(table, hidden)
    with _as_far_as_it_is_read():
        if form is Form.TABLE and sys.stdout.isatty():
            _on_terminal(table, yielding, color=color)
        else:
            for line in printed(table, form):
                _echo(line)


def show_line(table: Table, form: Form, *, color: bool, hidden: Sequence[str] = ()) -> None:
    """Print rows as they come, of answers that have no end: nothing is aligned, no array closed."""
    with _as_far_as_it_is_read():
        if form is Form.TABLE:
            for row in without(table, hidden).rows:
                text = "  ".join(one_line(cell) for cell in row if cell)
                if sys.stdout.isatty():
                    _console(color=color).print(text, style=_style(row), soft_wrap=True)
                else:
                    typer.echo(text)
        elif form in {Form.JSON, Form.JSONL}:
            for line in printed(table, Form.JSONL):
                _echo(line)
        else:
            for line in list(printed(without(table, hidden), form))[-len(table.rows) :]:
                _echo(line)


@contextmanager
def _as_far_as_it_is_read() -> Iterator[None]:
    """Print until nobody reads any more, as ``| head``: there were rows, so that is fine."""
    try:
        yield
    except OSError as error:
        # What is still buffered would fail once more when Python ends (library reference, signal).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(0) from None
        raise WriteError(f"standard output: cannot be written: {error.strerror}") from error


def _echo(line: str) -> None:
    """Print a line as it is; on a terminal without what would command it."""
    if sys.stdout.isatty():
        line = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
    typer.echo(line, color=True)


def _on_terminal(table: Table, yielding: Yielding, *, color: bool) -> None:
    """Print columns, without empty ones, each line cut where the terminal ends."""
    from rich.text import Text

    console = _console(color=color)
    empty = [
        column
        for place, column in enumerate(table.columns)
        if not any(r[place] for r in table.rows)
    ]
    table = without(table, empty)
    styles = ["bold", *map(_style, table.rows)]
    columns, widths = table.columns, widths_of(table)
    if whole(widths) > console.width:
        table, day = of_one_day(table)
        if day:
            typer.echo(f"# all on {day}", err=True)
        table, widths = narrowed(table, yielding, console.width)
    for line, style in zip(aligned(table, widths), styles, strict=True):
        shown = Text(line, style)
        shown.truncate(console.width, overflow="ellipsis")
        console.print(shown, no_wrap=True, overflow="ignore", crop=False)
    if missing := [column for column in columns if column not in table.columns]:
        typer.echo(f"# too narrow for: {', '.join(missing)}", err=True)


def _console(*, color: bool) -> Console:
    from rich.console import Console

    system: Literal["auto"] | None = "auto" if color else None
    return Console(color_system=system, highlight=False, markup=False, emoji=False)


def _style(row: Row) -> str:
    """Return the colour of a row's level."""
    return next((_STYLES[cell] for cell in row if cell in _STYLES), "")


def _json(table: Table) -> Iterator[str]:
    yield json.dumps(table.objects(), indent=2, ensure_ascii=False)


def _jsonl(table: Table) -> Iterator[str]:
    for row in table.objects():
        yield json.dumps(row, ensure_ascii=False)


def _csv(table: Table) -> Iterator[str]:
    for row in (table.columns, *table.rows):
        line = io.StringIO()
        csv.writer(line, lineterminator=_CRLF).writerow(row)  # which it puts into quotes in a cell
        yield line.getvalue().removesuffix(_CRLF)


def _markdown(table: Table) -> Iterator[str]:
    yield _markdown_row(table.columns)
    yield _markdown_row(("---",) * len(table.columns))
    yield from map(_markdown_row, table.rows)


def _markdown_row(cells: tuple[str | None, ...]) -> str:
    return f"| {' | '.join(map(_markdown_cell, cells))} |"


def _markdown_cell(cell: str | None) -> str:
    """Return a cell whose bars are no borders and whose ``<n>`` is no HTML, which would vanish."""
    lines = _LINE_END.split(_MARKUP.sub(r"\1\1\\\2", cell or ""))
    return "<br>".join(map(one_line, lines))


_FORMS: Final[dict[Form, Callable[[Table], Iterator[str]]]] = {
    Form.TABLE: aligned,
    Form.JSON: _json,
    Form.JSONL: _jsonl,
    Form.MD: _markdown,
    Form.CSV: _csv,
}
