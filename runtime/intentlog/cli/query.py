"""``intentlog query``: ask files, check queries, and test the saved ones."""

from pathlib import Path
from typing import Annotated

import typer

from .completion import queries
from .deferred import App
from .options import Minutes, Options
from .tables import Form, show

app = App(
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
    options: Options,
    query: Annotated[
        str,
        typer.Argument(
            help="A saved query's name, or a text of one's own.", autocompletion=queries
        ),
    ],
    minutes: Minutes = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of a saved query."),
    ] = None,
    lookup: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE=FILE", help="A CSV file for a table that is looked up."),
    ] = None,
) -> None:
    """Ask a saved query, or a text in the language of Logs Insights."""
    from .asking import Asker
    from .findings import tell_findings
    from .saved import chosen, pairs

    asker = Asker(options, minutes=minutes)
    asked = chosen(asker.contract, query, pairs("--set", set_))
    tell_findings(asker.contract, asked)
    tables = {name: Path(path) for name, path in pairs("--lookup", lookup, "TABLE=FILE").items()}
    answer = asker.answer(
        asked.text,
        name=asked.name,
        streams=asked.streams,
        lookups=tables,
        pointers=options.form in {Form.JSON, Form.JSONL},
    )
    show(answer, options.form, color=options.color)


@app.command()
def lint(
    query: Annotated[
        str | None,
        typer.Argument(help="A saved query's name, or a text. Default: all saved queries."),
    ] = None,
    contract: ContractOption = None,
) -> None:
    """Say what a query would be refused for, or does not mean. Exit codes: 0 fine, 1 findings.

    Without a contract a text is linted as far as that goes: which fields lines have is not known.
    """
    from intentlog.query.saved import complaints, complaints_about

    from .account import NO_CONTRACT, Chosen, or_no_contract
    from .options import Account
    from .saved import chosen

    whose = Chosen(Account(contract=contract))
    if query is None:
        found = list(complaints(whose.contract))
    else:
        table = or_no_contract(whose)
        known = None if table is NO_CONTRACT else table
        asked = chosen(table, query)
        found = [(asked.name, each) for each in complaints_about(known, asked.name, asked.text)]
    for name, complaint in found:
        typer.echo(f"{name}: {complaint}")
    if found:
        raise typer.Exit(1)


@app.command()
def test(
    contracts: Annotated[list[Path], typer.Argument(help="Contracts.", metavar="FILE")],
) -> None:
    """Try saved queries on their examples. Exit codes: 0 as expected, 1 not, 2 wrong input."""
    from intentlog.contract import load
    from intentlog.query import QueryError
    from intentlog.query.examples import cases_of, without_example

    failed = tried = 0
    malformed = False
    for source in contracts:
        cases = cases_of(source)
        for case in cases:
            tried += 1
            try:
                difference = case.difference()
            except QueryError as error:
                malformed = True
                difference = "\n".join(map(str, error.problems))
            if difference:
                failed += 1
                typer.echo(f"{source}: {case.name}: {difference}")
        for query in without_example(load(source), cases):
            typer.echo(f"{source}: {query}: no example", err=True)
    typer.echo(f"{tried} examples, {failed} otherwise than expected")
    if failed or not tried:
        raise typer.Exit(2 if malformed else 1)
