"""``intentlog ship``: deliver a log directory's lines to CloudWatch Logs."""

from pathlib import Path
from typing import Annotated

import typer


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
        str | None, typer.Option(help="Instead of the contract's; groups below it go along.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, help="How long --once tries, at most.")] = 60.0,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Let --once say what it delivered.")
    ] = False,
    compress: Annotated[bool, typer.Option(help="Whether requests are gzipped.")] = True,
    direct: Annotated[
        bool, typer.Option(help="Whether requests are signed here, or made by boto3.")
    ] = True,
) -> None:
    """Deliver a log directory's lines to CloudWatch Logs, until SIGTERM or SIGINT.

    Exactly one process delivers a service's files; another one waits until it has gone. Exit codes:
    0 fine, 1 with --status when the last attempt failed or lines are later than the contract's
    delivery.lag_seconds, or with --once when another process delivers, 2 wrong input, 3 with --once
    when not all could be delivered.
    """
    if once + show_status + print_unit > 1:
        raise typer.BadParameter("--once, --status, --print-unit: choose one")
    from intentlog.contract import load

    from . import shipping

    table = load(contract)
    directory = log_dir or Path(table.files.directory)
    if print_unit:
        options = {"--region": region, "--log-group": log_group}
        typer.echo(shipping.unit(table, contract, directory, options), nl=False)
        return
    if show_status:
        shipping.show_status(table, directory, as_json=as_json)
        return
    service = shipping.cloudwatch(region=region, compress=compress, direct=direct)
    if once:
        shipping.ship_once(
            table, directory, service, log_group=log_group, seconds=seconds, verbose=verbose
        )
    else:
        shipping.ship_until_told(shipping.shipper(table, directory, service, log_group=log_group))
