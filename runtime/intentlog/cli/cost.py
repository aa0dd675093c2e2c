"""``intentlog cost``: what a contract's logging costs a month, by component."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intentlog.errors import IntentlogError

if TYPE_CHECKING:
    from intentlog.contract import Contract, Environment

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Contracts. Default: INTENTLOG_CONTRACT, or the only one in contracts/.",
        metavar="FILE",
    ),
]
EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--env", "-e", help="An environment. Default: what an environment has by default."
    ),
]
EnvironmentsOption = Annotated[
    Path, typer.Option(help="The file that has the environment.", metavar="FILE")
]
DashboardsOption = Annotated[
    int,
    typer.Option(min=0, help="Dashboards that the account has besides: three cost nothing."),
]


class CostError(IntentlogError):
    """What is asked for does not fit together."""


def cost(
    files: Files = None,
    environment: EnvironmentOption = None,
    environments: EnvironmentsOption = Path("environments.toml"),
    measured: Annotated[
        bool,
        typer.Option(
            "--measured",
            help="Take volumes from CloudWatch (IncomingBytes), not from the contract.",
        ),
    ] = False,
    log_dir: Annotated[
        Path | None, typer.Option(help="With --measured: take them from the files there instead.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=455, help="With --measured: how far to look back.")
    ] = 30,
    other_dashboards: DashboardsOption = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate what logging costs a month, by component, without the host.

    Exit codes: 0 estimated, 1 nothing could be measured, 2 wrong input, 3 CloudWatch failed.
    """
    from intentlog.contract import Environment, load, load_environment, printable
    from intentlog.render import prices
    from intentlog.render.billed import inventory
    from intentlog.render.cost import Estimate, estimate

    from .contract_file import contract_path
    from .cost_report import TABLE_WIDTH, as_text
    from .cost_report import as_json as in_json

    if log_dir is not None and not measured:
        raise CostError("--log-dir says where to measure; add --measured")
    if log_dir is not None and not log_dir.is_dir():
        raise CostError(f"--log-dir: no directory {printable(str(log_dir))}")
    place = load_environment(environments, environment) if environment else None
    estimates: dict[str, Estimate] = {}
    volumes: dict[str, dict[str, float]] = {}
    for file in dict.fromkeys(files or [contract_path(None)]):
        contract = load(file)
        if place is not None:
            contract = contract.with_prefix(place.prefix)
        if measured:
            volumes[contract.service] = _measure(contract, place, log_dir, days)
        has = inventory(
            contract,
            place or Environment(region=prices.REGION),
            volumes=volumes.get(contract.service),
            other_dashboards=other_dashboards,
        )
        other_dashboards += has.dashboards
        estimates[contract.service] = estimate(has)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else TABLE_WIDTH
    typer.echo(in_json(estimates, volumes) if as_json else as_text(estimates, volumes, width))
    if measured and not any(volumes.values()):
        typer.echo("nothing could be measured: these are the contracts' expectations", err=True)
        raise typer.Exit(1)


def _measure(
    contract: Contract, place: Environment | None, log_dir: Path | None, days: int
) -> dict[str, float]:
    from .measured import measured_in_cloudwatch, measured_in_files

    if log_dir is not None:
        return measured_in_files(contract, log_dir)
    import boto3

    region = place.region if place else None
    client = boto3.client("cloudwatch", region_name=region)
    return measured_in_cloudwatch(contract, client, days=days)
