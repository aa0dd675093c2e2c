"""``intentlog review``: what a change means for logs, as a comment for a pull request."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intentlog.contract import load, load_environment

from .cost import DashboardsOption, EnvironmentOption, EnvironmentsOption

if TYPE_CHECKING:
    from intentlog.assembly import Assembly
    from intentlog.render.cost import Estimate


def review(
    old: Annotated[Path, typer.Argument(help="What `cdk synth --output` wrote before.")],
    new: Annotated[Path, typer.Argument(help="What it wrote after.")],
    contracts: Annotated[
        str,
        typer.Option(
            metavar="FILE,FILE",
            help="Contracts that say what log groups ingest. Default: 1 GB a month each.",
        ),
    ] = "",
    environment: EnvironmentOption = None,
    environments: EnvironmentsOption = Path("environments.toml"),
    other_dashboards: DashboardsOption = 0,
    fail_on_danger: Annotated[
        bool, typer.Option("--fail-on-danger", help="Exit with 1 if a change is dangerous.")
    ] = False,
) -> None:
    """Say in Markdown what changes for logs, what is dangerous first, and what it costs.

    Exit codes: 0 reviewed, 1 dangerous with --fail-on-danger, 2 wrong input.
    """
    from intentlog.assembly import read_assembly
    from intentlog.assembly.changes import changes, markdown

    before, after = read_assembly(old), read_assembly(new)
    prefix = load_environment(environments, environment).prefix if environment else ""
    volumes = _volumes(contracts, prefix)
    found = changes(before, after)
    costs = (_estimate(assembly, volumes, other_dashboards) for assembly in (before, after))
    typer.echo(markdown(found, *costs), nl=False)
    if fail_on_danger and any(change.danger for change in found):
        raise typer.Exit(1)


def _volumes(contracts: str, prefix: str) -> dict[str, float]:
    """Return what the contracts expect each log group to ingest a month."""
    volumes: dict[str, float] = {}
    for file in filter(None, map(str.strip, contracts.split(","))):
        contract = load(file).with_prefix(prefix)
        volumes |= {
            group: contract.gigabytes_of(stream) for stream, group in contract.log_groups.items()
        }
    return volumes


def _estimate(assembly: "Assembly", volumes: dict[str, float], other_dashboards: int) -> "Estimate":
    from intentlog.assembly.billed import inventory
    from intentlog.render.cost import estimate

    return estimate(inventory(assembly, volumes=volumes, other_dashboards=other_dashboards))
