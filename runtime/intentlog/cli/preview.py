"""``intentlog preview``: look at a dashboard in review, before it is deployed."""

from pathlib import Path
from typing import Annotated

import typer

from intentlog.errors import IntentlogError

from .options import Account


class PreviewError(IntentlogError):
    """The dashboard is not where it was looked for."""


def preview(
    options: Account,
    assembly: Annotated[
        Path | None,
        typer.Argument(
            help="What `cdk synth` wrote, as cdk.out. Default: what the contract says of it.",
            metavar="[ASSEMBLY]",
        ),
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH|GLOB", help="Lines to ask. Default: those of the saved queries' examples."
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file, one HTML page.")] = Path(
        "preview.html"
    ),
) -> None:
    """Write a page that shows a dashboard, its queries answered from lines.

    Exit codes: 0 written, 2 wrong input, 3 no answer.
    """
    import sys
    import tempfile

    from intentlog.assembly import read_assembly
    from intentlog.contract.problem import unknown
    from intentlog.query.sources import STDIN, find, kept

    from .account import Chosen
    from .dashboard_preview import Sample, bodies, of_contract, preview_page
    from .written import STDOUT, checked, write

    checked(output, find(each for each in file or () if each != STDIN))
    chosen = Chosen(options)
    contract = chosen.contract
    if assembly is None:
        region = chosen.environment.region if chosen.environment else "us-east-1"
        body = of_contract(contract, options.region or region)
    else:
        found = bodies(read_assembly(assembly))
        if contract.service not in found:
            raise PreviewError(f"{assembly}: {unknown('dashboard', contract.service, found)}")
        body = found[contract.service]
    with tempfile.TemporaryDirectory(prefix="intentlog-") as folder:
        named = tuple(file or ())
        files = kept(named, sys.stdin.buffer, Path(folder))
        sample = Sample(contract, named, files, Path(folder))
        written = preview_page(body, sample)
    write(output, written)
    for sentence in sample.told:
        typer.echo(sentence, err=True)
    if output != STDOUT:
        typer.echo(f"{output}: written", err=True)
