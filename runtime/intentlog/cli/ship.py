"""``intentlog ship``: deliver a log directory's lines to CloudWatch Logs."""

import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from intentlog.contract import Contract, load

if TYPE_CHECKING:
    from intentlog.delivery.directory import Shipper

_LAST_SECONDS = 5.0


def ship(
    contract: Annotated[
        Path, typer.Option(help="The contract.", envvar="INTENTLOG_CONTRACT", metavar="FILE")
    ],
    log_dir: Annotated[
        Path | None,
        typer.Option(help="Where the files are. Default: as the contract says.", metavar="DIR"),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Deliver what is there, then exit: for cron.")
    ] = False,
    show_status: Annotated[
        bool, typer.Option("--status", help="Show how far behind it is, and deliver nothing.")
    ] = False,
    print_unit: Annotated[
        bool, typer.Option("--print-unit", help="Print a systemd unit that delivers.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show the status as JSON.")] = False,
    region: Annotated[
        str | None, typer.Option(help="Default: that of the AWS configuration.")
    ] = None,
    log_group: Annotated[
        str | None, typer.Option(help="Of a contract with one. Default: the contract's.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="How long --once tries, at most.")] = 60.0,
    compress: Annotated[bool, typer.Option(help="Whether requests are gzipped.")] = True,
    direct: Annotated[
        bool, typer.Option(help="Whether requests are signed here, or made by boto3.")
    ] = True,
) -> None:
    """Deliver a log directory's lines to CloudWatch Logs, until SIGTERM or SIGINT.

    Exactly one process delivers a directory; another one waits until it has gone. Exit codes: 0
    fine, 1 with --status when the last attempt failed, or with --once when another process
    delivers, 2 wrong input, 3 with --once when not all could be delivered.
    """
    table = load(contract)
    directory = log_dir or Path(table.files.directory)
    if print_unit:
        options = {"--region": region, "--log-group": log_group}
        typer.echo(_unit(table, contract, directory, options), nl=False)
        return
    if show_status:
        _show_status(table, directory, as_json=as_json)
        return
    from intentlog.delivery.cloudwatch import CloudWatch
    from intentlog.delivery.directory import Shipper
    from intentlog.delivery.groups import log_groups

    service = CloudWatch(
        region=region,
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
        compress=compress,
        direct=direct,
    )
    groups = log_groups(table, log_group)
    shipper = Shipper(table, directory, service, groups=groups, tell=_tell)
    if once:
        _ship_once(shipper, directory, seconds)
    else:
        _ship_until_told(shipper)


def _unit(
    table: Contract, contract: Path, directory: Path, options: Mapping[str, str | None]
) -> str:
    """Return a unit that runs this installation's command, as whoever owns the directory."""
    from intentlog.delivery.groups import log_groups
    from intentlog.render.ship_unit import ship_unit

    log_groups(table, options["--log-group"])  # it would end at once
    command = [str(Path(sys.executable).with_name("intentlog")), "ship"]
    command += ["--contract", str(contract.absolute()), "--log-dir", str(directory.absolute())]
    for option, value in options.items():
        command += [option, value] if value else []
    user = directory.owner() if directory.is_dir() else getpass.getuser()
    return ship_unit(
        table, command=command, directory=PurePosixPath(directory.absolute()), user=user
    )


def _ship_once(shipper: "Shipper", directory: Path, seconds: float) -> None:
    if not shipper.begin():
        typer.echo(f"{directory}: another process delivers it", err=True)
        raise typer.Exit(1)
    try:
        if not shipper.flush(seconds):
            for stream, error in shipper.errors().items():
                typer.echo(f"{stream}: {error}", err=True)
            typer.echo("not all could be delivered; it is still in the files", err=True)
            raise typer.Exit(3)
    finally:
        shipper.close()


def _ship_until_told(shipper: "Shipper") -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        shipper.run(stop)
        shipper.flush(_LAST_SECONDS)
    finally:
        shipper.close()


def _show_status(contract: Contract, directory: Path, *, as_json: bool) -> None:
    from intentlog.delivery.status import status

    found = status(contract, directory)
    if as_json:
        typer.echo(json.dumps([stream._asdict() for stream in found], indent=2))
    else:
        for stream in found:
            typer.echo(
                f"{stream.stream}: {stream.lines} lines ({stream.bytes} bytes) behind, "
                f"the oldest {stream.seconds:.0f} s old; {stream.delivered} delivered, "
                f"{stream.rejected} refused, {stream.destroyed_bytes} bytes destroyed by others"
            )
            if stream.last_error:
                typer.echo(f"{stream.stream}: last error: {stream.last_error}")
    if any(stream.last_error for stream in found):
        raise typer.Exit(1)


def _tell(event: str, data: Mapping[str, object]) -> None:
    words = " ".join(f"{key}={value}" for key, value in data.items())
    typer.echo(f"intentlog ship: {event} {words}", err=True)
