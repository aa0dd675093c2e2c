"""``intentlog contract``: check contracts, and tell editors their schema."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from intentlog.contract import Contract, ContractError, conflicts, load, printable

from .deferred import App

app = App(
    help="Check contracts, or print the schema of their format.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_GIGABYTE = 1_000_000_000


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Contracts, as contracts/app.toml.", metavar="FILE")
    ],
) -> None:
    """Check contracts: one line per problem, exit code 2 if any.

    Several contracts are also checked against each other, as they would be deployed together.
    Saved queries and the lines of their examples are looked at: exit code 1 if one is not what it
    should be. A query without an example is told, and is no problem.
    """
    fine: dict[str, Contract] = {}
    errors: list[ContractError] = []
    for source in dict.fromkeys(map(str, files)):
        try:
            fine[source] = load(source)
        except ContractError as error:
            errors.append(error)
            typer.echo(str(error))
    complained = False
    for source, contract in fine.items():
        try:
            said, complaints = _of_queries(contract, source)
        except ContractError as error:
            errors.append(error)
            typer.echo(str(error))
            continue
        complained |= complaints
        for line in said if complaints else [_summary(contract), _disk(contract), *said]:
            typer.echo(f"{printable(source)}: {line}")
    for conflict in conflicts(fine):
        errors.append(conflict)
        typer.echo(str(conflict))
    if errors or complained:
        raise typer.Exit(2 if errors else 1)


@app.command()
def schema(
    file: Annotated[
        Path | None,
        typer.Argument(help="A contract: print the schema of its lines instead.", metavar="[FILE]"),
    ] = None,
) -> None:
    """Print the JSON Schema of the format, or of a contract's lines."""
    from intentlog.render.record_schema import record_schema

    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "intentlog contract",
        **msgspec.json.schema(Contract),
    }
    typer.echo(json.dumps(record_schema(load(file)) if file else document, indent=2))


@app.command()
def events(
    file: Annotated[Path, typer.Argument(help="The contract.", metavar="FILE")],
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="MODULE",
            help="Print nothing; exit with 1 if this module is not what would be printed.",
        ),
    ] = None,
) -> None:
    """Print a Python module with a typed function for each event.

    Exit codes: 0 fine, 1 the module of --check is out of date, 2 wrong input.
    """
    from intentlog.render.event_functions import event_functions

    module = event_functions(load(file))
    if check is None:
        typer.echo(module, nl=False)
    elif not check.is_file() or check.read_bytes().decode(errors="replace") != module:
        command = f"intentlog contract events {printable(str(file))}"
        typer.echo(f"{printable(str(check))}: is not what `{command}` prints")
        raise typer.Exit(1)


def _of_queries(contract: Contract, source: str) -> tuple[list[str], bool]:
    """Return what there is to say of saved queries and examples, and whether any is wrong.

    Raises:
        ContractError: A file with an example is of no query, or lacks its answer.
    """
    from intentlog.query.examples import cases_of, without_example
    from intentlog.query.saved import complaints

    cases = cases_of(source)
    wrong = [f"{query}.text: {complaint}" for query, complaint in complaints(contract)]
    wrong += [f"{case.query}: {case.name}: {told}" for case in cases for told in case.mistakes()]
    untested = without_example(contract, cases)
    warnings = [f"{query}: warning: no example shows its answer" for query in untested]
    return [f"queries.{each}" for each in (*wrong, *warnings)], bool(wrong)


def _summary(contract: Contract) -> str:
    counts = {
        "stream": len(contract.streams),
        "metric": len(contract.metrics),
        "alarm": len(contract.alarms),
        "query": len(contract.queries),
    }
    words = ", ".join(f"{count} {_plural(noun, count)}" for noun, count in counts.items())
    return f"fine ({words}; {contract.digest()})"


def _disk(contract: Contract) -> str:
    from intentlog.render.disk import most_bytes

    most = most_bytes(contract)
    size = f"{most / _GIGABYTE:.1f} GB" if most >= _GIGABYTE else f"{most / 1e6:.0f} MB"
    said = f"its files take {size} at most"
    rotation = contract.files.rotation
    if rotation.by == "logrotate":
        looks = _plural("minute", rotation.check_minutes)
        said += f", besides what is written in {rotation.check_minutes} {looks}"
    return said


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return "queries" if noun == "query" else f"{noun}s"
