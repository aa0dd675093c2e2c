"""``diagnose``: what happened, asked of files, of CloudWatch Logs or of the archive.

A command imports what it needs when it runs: ``--help`` and Tab answer at once.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import audit
from .completion import queries
from .cost import cost
from .deferred import App
from .most import Most, most
from .options import Account, Minutes, Options
from .query import run as run_query
from .run import run
from .tables import Form, show, show_line
from .version import version

if TYPE_CHECKING:
    from intentlog.query.table import Table

    from .asking import Asker
    from .narrow import Yielding

app = App(
    help=(
        "Ask what happened. Exit codes: 0 rows found, 1 none, 2 wrong usage or input, 3 no answer."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
top = App(help="Show what is most frequent.", no_args_is_help=True)
app.callback()(version)
app.add_typer(top, name="top")

_LINES = 1000
_LATEST = 10
_TOP = 20
_DAY = timedelta(days=1)


@app.command()
def logs(options: Options, minutes: Minutes = None) -> None:
    """Show all lines: diagnose logs 30."""
    _show_lines(_asker(options, minutes), [])


@app.command("logs-errors")
def logs_errors(options: Options, minutes: Minutes = None) -> None:
    """Show errors: diagnose logs-errors 60."""
    from .conditions import at_level

    asker = _asker(options, minutes)
    _show_lines(asker, [at_level(asker.contract)])


@app.command("logs-user")
def logs_user(
    options: Options,
    user_id: Annotated[str, typer.Argument(help="The user's id.")],
    minutes: Minutes = None,
) -> None:
    """Show what one user did: diagnose logs-user 42 60."""
    from .conditions import of_user

    asker = _asker(options, minutes)
    _show_lines(asker, [of_user(asker.contract, user_id)])


@app.command("logs-search")
def logs_search(
    options: Options,
    text: Annotated[str, typer.Argument(help="What the line contains; capitals count.")],
    minutes: Minutes = None,
) -> None:
    """Show lines with a text: diagnose logs-search "magic link" 60."""
    from .conditions import with_text

    asker = _asker(options, minutes)
    _show(asker, _lines(asker, [with_text(asker.contract, text)]), searched=[text])


app.command(
    "query",
    help="Ask a saved query, or a text in the language of Logs Insights: "
    "diagnose query 'stats count(*) by level'.",
)(run_query)


@app.command()
def tail(
    options: Options,
    minutes: Minutes = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with lines as they arrive.")
    ] = False,
) -> None:
    """Show the latest lines, and those that follow: diagnose tail -f."""
    from . import tail as tailing
    from .lines import FOR_PROGRAMS

    asker = _asker(options, minutes)
    new = tailing.follow(asker) if follow else None
    latest = _lines(asker, bound=Most(options.limit or _LATEST))
    if new is None:
        _show(asker, latest)
        return
    with suppress(KeyboardInterrupt):  # wherever it comes, it is how one ends this
        for table in chain([latest], tailing.new_ones(latest, new)):
            show_line(table, options.form, color=options.color, hidden=FOR_PROGRAMS)


@app.command()
def trace(
    options: Options,
    trace_id: Annotated[
        str, typer.Argument(help="The trace's id, as X-Ray or traceparent has it.")
    ],
    minutes: Minutes = None,
) -> None:
    """Show one request through all categories, with the time between its lines.

    Of the last day, or of that in which it began: X-Ray's ids tell when.
    """
    from datetime import UTC, datetime

    from .conditions import of_trace
    from .trace_ids import in_its_day

    if minutes is None:
        options = in_its_day(options, trace_id, datetime.now(UTC))
    asker = _asker(options, minutes, back=_DAY)
    _show_timeline(asker, of_trace(asker.contract, trace_id))


@app.command()
def user(
    options: Options,
    user_id: Annotated[str, typer.Argument(help="The user's id.")],
    minutes: Minutes = None,
) -> None:
    """Show what happened to one user, with the time between lines: diagnose user 42."""
    from .conditions import of_user

    asker = _asker(options, minutes, back=_DAY)
    _show_timeline(asker, of_user(asker.contract, user_id))


@app.command()
def around(
    options: Options,
    point: Annotated[
        str,
        typer.Argument(metavar="TIME|PTR", help="A moment, or a line's @ptr, as --json has it."),
    ],
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=1, help="How many before, and how many after.")
    ] = 10,
) -> None:
    """Show lines before and after a moment or a line, within a day of it: diagnose around 02:47."""
    from .around import around as lines_around

    asker = _asker(options, back=None)
    _show(asker, lines_around(asker, point, lines=min(lines, options.limit or lines)))


@top.command("errors")
def top_errors(options: Options, minutes: Minutes = None) -> None:
    """Count failures that differ in numbers, ids and quoted texts only: diagnose top errors."""
    from .top_errors import MESSAGE_FIRST
    from .top_errors import top_errors as grouped

    asker = _asker(options, minutes)
    found = grouped(asker)
    if options.limit is None and len(found.rows) > _TOP:
        typer.echo(f"these are {_TOP} of {len(found.rows):,}; --limit shows more", err=True)
    _show(asker, _first(found, options.limit or _TOP), first=MESSAGE_FIRST)


@app.command()
def histogram(
    options: Options,
    minutes: Minutes = None,
    width: Annotated[
        str | None, typer.Option(metavar="5m", help="Width of a bar. Default: about 30 bars.")
    ] = None,
) -> None:
    """Draw how many lines there were when, and how many of them failed: diagnose histogram 60."""
    from .histogram import histogram as drawn

    asker = _asker(options, minutes)
    bars = options.form in {Form.TABLE, Form.MD}
    found = drawn(asker, width=width, bars=bars)
    if options.limit is not None and len(found.rows) > options.limit:
        left_out = len(found.rows) - options.limit
        typer.echo(
            f"these are the first {options.limit:,} bars; {left_out:,} are left out", err=True
        )
    _show(asker, _first(found, options.limit))


@app.command()
def fields(options: Options, minutes: Minutes = None) -> None:
    """Show what fields the latest 1,000 lines have, or --limit of them, as queries name them."""
    from .found_fields import found_fields

    asker = _asker(options, minutes)
    _show(asker, found_fields(asker, lines=options.limit or _LINES))


@app.command()
def tools(options: Options, minutes: Minutes = None) -> None:
    """Show how often each tool was used, by the query with "tool" in its name: diagnose tools."""
    from .saved import about_tools

    asker = _asker(options, minutes)
    name = about_tools(asker.contract)
    query = asker.contract.queries[name]
    _show(asker, asker.answer(query.filled(), name=name, streams=query.streams))


@app.command()
def export(
    options: Options,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file: .parquet, .csv or .jsonl.")
    ],
    query: Annotated[
        str | None,
        typer.Argument(help="A saved query, or a text. Default: lines.", autocompletion=queries),
    ] = None,
) -> None:
    """Write lines, or a query's answer, for other tools: diagnose export -o day.parquet."""
    from . import exporting
    from .findings import tell_findings
    from .saved import chosen

    options.refuse_form("the file's name says its form, as --output rows.csv")
    asker = _asker(options)
    exporting.checked(output, asker.read_files)
    if query is None:
        found = _lines(asker, bound=most(options.limit, exporting.MOST_ROWS, "latest"))
    else:
        asked = chosen(asker.contract, query)
        tell_findings(asker.contract, asked)
        found = asker.answer(
            asked.text,
            name=asked.name,
            streams=asked.streams,
            bound=most(options.limit, exporting.MOST_ROWS),
        )
    exporting.export(found, output)
    typer.echo(f"{output}: {len(found.rows):,} rows", err=True)
    if not found.rows:
        raise typer.Exit(1)


@app.command()
def report(
    options: Options,
    minutes: Minutes = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file, one HTML page.")] = Path(
        "report.html"
    ),
) -> None:
    """Write a page with plots: errors, users touched, slow steps: diagnose report --since 24h."""
    from .report import report as page
    from .written import STDOUT, checked, write

    options.refuse_form("a report is a page of HTML; diagnose export writes rows")
    asker = _asker(options, minutes, back=_DAY)
    checked(output, asker.read_files)
    written = page(asker)
    if written is None:
        typer.echo("no line matches", err=True)
        raise typer.Exit(1)
    write(output, written)
    if output != STDOUT:
        typer.echo(f"{output}: written", err=True)


@app.command("open")
def open_(
    options: Account,
    name: Annotated[
        str,
        typer.Argument(help="A saved query, a stream, or dashboard.", autocompletion=queries),
    ],
    minutes: Minutes = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a saved query."),
    ] = None,
) -> None:
    """Open a saved query, a log group or the dashboard in the AWS console.

    A query asks about the last 60 minutes: diagnose open dashboard, diagnose open errors 30.
    """
    import sys

    from .account import Chosen
    from .links import link
    from .saved import pairs

    chosen = Chosen(options)
    address = link(
        chosen,
        name,
        minutes=minutes or 60,
        parameters=pairs("--set", set_),
    )
    typer.echo(address)
    if sys.stdout.isatty():
        typer.launch(address)


app.command()(cost)
app.add_typer(audit.app, name="audit")


@app.command("alarm-test")
def alarm_test(
    options: Account,
    names: Annotated[
        list[str] | None, typer.Argument(help="Alarms of the contract. Default: all that page.")
    ] = None,
    wait: Annotated[float, typer.Option(min=1, help="Seconds to wait for the digests.")] = 420,
) -> None:
    """Ring alarms for real, and wait until each digest is posted: diagnose alarm-test."""
    from .account import Chosen
    from .alarm_test import ring, tested_alarms, told

    chosen = Chosen(options)
    heard = tested_alarms(chosen.contract, names or [])
    clients = {"cloudwatch": chosen.client("cloudwatch"), "logs": chosen.client("logs")}
    lost = 0
    for arrival in ring(chosen.contract, heard, wait_seconds=wait, **clients):
        lost += arrival.outcome != "posted"
        typer.echo(told(arrival))
    if lost or not heard:
        typer.echo("no alarm was tested" if not heard else f"{lost} did not arrive", err=True)
        raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    run(app, "diagnose")


def _asker(
    options: Options, minutes: int | None = None, back: timedelta | None = timedelta(hours=1)
) -> "Asker":
    from .asking import Asker

    return Asker(options, minutes=minutes, back=back)


def _lines(asker: "Asker", where: Sequence[str] = (), *, bound: Most | None = None) -> "Table":
    from .lines import lines_query, lines_table

    record = asker.contract.record
    bound = bound or most(asker.options.limit, _LINES, "latest")
    return lines_table(record, asker.answer(lines_query(record, where), bound=bound))


def _first(table: "Table", limit: int | None) -> "Table":
    return replace(table, rows=table.rows[:limit])


def _show_lines(asker: "Asker", where: list[str]) -> None:
    _show(asker, _lines(asker, where))


def _show_timeline(asker: "Asker", where: str) -> None:
    from .timeline import summary, timeline

    lines = _lines(asker, [where])
    if lines.rows:
        typer.echo(f"# {summary(asker.contract.record, lines)}", err=True)
    if len(lines.rows) == asker.options.limit:
        typer.echo("times count from the first of these, which may have others before it", err=True)
    _show(asker, timeline(lines))


def _show(
    asker: "Asker",
    table: "Table",
    *,
    first: "Yielding | None" = None,
    searched: Sequence[str] = (),
) -> None:
    from .hints import hints
    from .lines import FOR_PROGRAMS, yielding

    options = asker.options
    texts = [*searched, *([options.grep] if options.grep else [])]
    show(
        table,
        options.form,
        color=options.color,
        hidden=FOR_PROGRAMS,
        yielding=first or yielding(asker.contract.record),
        none="\n".join(["no line matches", *hints(asker, table, texts)]),
    )
