"""``intentlog query``: ask files, check queries, and test the saved ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intentlog.contract import load
from intentlog.contract.problem import unknown

from .contract_file import contract_path
from .moments import milliseconds, moment
from .tables import Form, printed

if TYPE_CHECKING:
    from datetime import datetime

    from intentlog.contract import Contract
    from intentlog.query.table import Table

app = typer.Typer(
    help="Ask files, check queries, and test a contract's saved ones.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ContractOption = Annotated[
    Path | None,
    typer.Option(help="Default: INTENTLOG_CONTRACT, or the only one in contracts/."),
]


@app.command()
def run(
    query: Annotated[str, typer.Argument(help="A saved query's name, or a text of one's own.")],
    file: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH|GLOB|-", help="Files to ask. Default: the contract's, rotated ones too."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="2h, yesterday, 2026-11-22T10:00. Default: no bound.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The same.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a saved query."),
    ] = None,
    lookup: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE=FILE", help="A CSV file for a table that is looked up."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How the answer is printed.")] = Form.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    as_md: Annotated[bool, typer.Option("--md", help="The same as --format md.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The same as --format csv.")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="The same as --format table.")] = False,
    contract: ContractOption = None,
) -> None:
    """Answer a query from files. Exit codes: 0 rows, 1 none, 2 wrong input, 3 it failed."""
    from intentlog.query import local  # noqa: PLC0415 -- --help needs no engine
    from intentlog.query.parse import parse  # noqa: PLC0415

    table = load(contract_path(contract))
    text = _text(table, query, _pairs("--set", set_))
    begin, end = _moment("--since", since), _moment("--until", until)
    lines = local.Lines(
        paths=file or _files(table, query, begin),
        record=table.record,
        lookups={name: Path(path) for name, path in _pairs("--lookup", lookup).items()},
    )
    answer = local.run(
        parse(text, source=query if query in table.queries else "query"),
        lines,
        start=milliseconds(begin),
        end=milliseconds(end),
    )
    chosen = {Form.JSON: as_json, Form.MD: as_md, Form.CSV: as_csv, Form.TABLE: as_table}
    _show(answer, next((each for each, wanted in chosen.items() if wanted), form))


@app.command()
def lint(
    query: Annotated[
        str | None,
        typer.Argument(help="A saved query's name, or a text. Default: all saved queries."),
    ] = None,
    contract: ContractOption = None,
) -> None:
    """Say what a query would be refused for, or does not mean. Exit codes: 0 fine, 1 findings."""
    from intentlog.query.saved import complaints, complaints_about  # noqa: PLC0415 -- see run

    table = load(contract_path(contract))
    if query is None:
        found = list(complaints(table))
    else:
        text = _text(table, query, {})
        name = query if query in table.queries else "query"
        found = [(name, complaint) for complaint in complaints_about(table, name, text)]
    for name, complaint in found:
        typer.echo(f"{name}: {complaint}")
    if found:
        raise typer.Exit(1)


@app.command()
def test(
    contracts: Annotated[list[Path], typer.Argument(help="Contracts.", metavar="FILE")],
) -> None:
    """Try saved queries on their examples. Exit codes: 0 as expected, 1 not, 2 wrong input."""
    from intentlog.query.examples import cases_of, without_example  # noqa: PLC0415 -- see run

    failed = tried = 0
    for source in contracts:
        cases = cases_of(source)
        for case in cases:
            tried += 1
            if difference := case.difference():
                failed += 1
                typer.echo(f"{source}: {case.name}: it answers otherwise\n{difference}")
        for query in without_example(load(source), cases):
            typer.echo(f"{source}: {query}: no example", err=True)
    typer.echo(f"{tried} examples, {failed} otherwise than expected")
    if failed or not tried:
        raise typer.Exit(1)


def _show(answer: Table, form: Form) -> None:
    if answer.rows:
        for line in printed(answer, form):
            typer.echo(line)
    if count := answer.statistics.unreadable:
        what = (
            "1 line is no JSON and was" if count == 1 else f"{count:,} lines are no JSON and were"
        )
        typer.echo(f"{what} passed over", err=True)
    for note in answer.notes:
        typer.echo(note, err=True)
    if not answer.rows:
        typer.echo("no row", err=True)
        raise typer.Exit(1)


def _text(contract: Contract, query: str, values: dict[str, str]) -> str:
    if query not in contract.queries:
        if query.replace("-", "").replace("_", "").isalnum():  # no query is one word
            raise typer.BadParameter(unknown("query", query, contract.queries))
        return query
    saved = contract.queries[query]
    for name in values:
        if name not in saved.parameters:
            raise typer.BadParameter(f"--set: {unknown('parameter', name, saved.parameters)}")
    return saved.filled(values)


def _files(contract: Contract, query: str, since: datetime | None) -> list[Path]:
    """Return the files that the contract says the lines are in."""
    from intentlog.query.sources import SourceError, rotated  # noqa: PLC0415 -- see run

    asked = contract.queries[query].streams if query in contract.queries else ()
    whole = [name for name, stream in contract.streams.items() if not stream.where]
    streams = asked or (whole or list(contract.streams))[:1]
    directory = Path(contract.files.directory)
    files = [directory / contract.streams[stream].file for stream in streams]
    found = [path for file in files for path in rotated(file, since=since)]
    if not found:
        there = ", ".join(map(str, files))
        raise SourceError(f"{there}: there is no such file; say which with --file")
    return found


def _moment(option: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else moment(text)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{option}: {error}") from None


def _pairs(option: str, texts: list[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts or ()]
    for name, sign, _ in pairs:
        if not sign:
            raise typer.BadParameter(f"{option} {name}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}
