"""``intentlog cost``: what a contract's logging costs a month, by component."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from intentlog.contract import Contract, Environment, load, load_environment, printable
from intentlog.errors import IntentlogError
from intentlog.render import prices
from intentlog.render.billed import inventory
from intentlog.render.cost import ASSUMPTIONS, Estimate, Item, estimate

from .measured import measured_in_cloudwatch, measured_in_files

Files = Annotated[
    list[Path], typer.Argument(help="Contracts, as contracts/app.toml.", metavar="FILE")
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


_TEXT_WIDTH = 100


class CostError(IntentlogError):
    """What is asked for does not fit together."""


def cost(
    files: Files,
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
    if log_dir is not None and not measured:
        raise CostError("--log-dir says where to measure; add --measured")
    if log_dir is not None and not log_dir.is_dir():
        raise CostError(f"--log-dir: no directory {printable(str(log_dir))}")
    place = load_environment(environments, environment) if environment else None
    estimates: dict[str, Estimate] = {}
    volumes: dict[str, dict[str, float]] = {}
    for file in dict.fromkeys(files):
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
    typer.echo(_as_json(estimates, volumes) if as_json else _as_text(estimates, volumes))
    if measured and not any(volumes.values()):
        typer.echo("nothing could be measured: these are the contracts' expectations", err=True)
        raise typer.Exit(1)


def _measure(
    contract: Contract, place: Environment | None, log_dir: Path | None, days: int
) -> dict[str, float]:
    if log_dir is not None:
        return measured_in_files(contract, log_dir)
    import boto3  # noqa: PLC0415 -- 0.2 s that an estimate need not pay

    region = place.region if place else None
    client = boto3.client("cloudwatch", region_name=region)
    return measured_in_cloudwatch(contract, client, days=days)


def _as_text(estimates: dict[str, Estimate], volumes: dict[str, dict[str, float]]) -> str:
    console = Console(width=120, highlight=False, markup=False)
    with console.capture() as capture:
        for service, found in estimates.items():
            console.print(_table(service, found))
            for stream, gigabytes in volumes.get(service, {}).items():
                console.print(f"measured: {stream} {gigabytes:.3g} GB a month")
        total = sum(found.usd for found in estimates.values())
        free = sum(found.free_usd for found in estimates.values())
        if len(estimates) > 1:
            console.print(f"All of them: ${total:.2f} a month.")
        console.print(
            f"List prices of {prices.REGION} as of {prices.AS_OF}, without the host. The account's "
            f"free tier takes up to ${free:.2f} off, where nothing else uses it.",
            width=_TEXT_WIDTH,
        )
        console.print(f"Taken for granted: {'; '.join(ASSUMPTIONS)}.", width=_TEXT_WIDTH)
    return "\n".join(map(str.rstrip, capture.get().rstrip("\n").split("\n")))


def _table(service: str, found: Estimate) -> Table:
    table = Table(title=f"{service}: ${found.usd:.2f} a month", title_justify="left", box=None)
    table.add_column("Component", no_wrap=True)
    table.add_column("Quantity", justify="right", no_wrap=True)
    table.add_column("Price", no_wrap=True)
    table.add_column("$ a month", justify="right", no_wrap=True)
    table.add_column("Do without", no_wrap=True)
    for item in found.items:
        price = f"{_price(item.price.usd)} / {item.price.unit}" if item.price.unit else "free"
        cells = (item.component, f"{item.quantity:.3g}", price, f"{item.usd:.2f}", item.switch)
        table.add_row(*cells)
    return table


def _price(usd: float) -> str:
    cents = f"{usd:.2f}"
    return f"${cents}" if float(cents) == usd else f"${usd:.3g}"


def _as_json(estimates: dict[str, Estimate], volumes: dict[str, dict[str, float]]) -> str:
    document = {
        "prices_as_of": prices.AS_OF.isoformat(),
        "region": prices.REGION,
        "assumptions": list(ASSUMPTIONS),
        "usd": round(sum(found.usd for found in estimates.values()), 4),
        "contracts": [
            {
                "service": service,
                "usd": round(found.usd, 4),
                "free_tier_usd": round(found.free_usd, 4),
                "measured_gigabytes": volumes.get(service, {}),
                "components": [_component(item) for item in found.items],
            }
            for service, found in estimates.items()
        ],
    }
    return json.dumps(document, indent=2)


def _component(item: Item) -> dict[str, Any]:
    return {
        "component": item.component,
        "quantity": round(item.quantity, 6),
        "unit": item.price.unit,
        "unit_usd": item.price.usd,
        "usd": round(item.usd, 4),
        "switch": item.switch,
        "source": item.price.source,
    }
