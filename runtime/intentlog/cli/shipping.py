"""Delivers a directory, once or until it is told to end, or says how far that is."""

import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import typer
from msgspec import to_builtins

from intentlog.contract import Contract
from intentlog.delivery.cloudwatch import CloudWatch
from intentlog.delivery.directory import Shipper
from intentlog.delivery.errors import DeliveryError, UnavailableError
from intentlog.delivery.groups import log_groups
from intentlog.delivery.lock import Holder, holder
from intentlog.delivery.state import State, StreamState, load_state
from intentlog.delivery.status import StreamStatus, status
from intentlog.logger.redaction import Redactor
from intentlog.render.ship_unit import ship_unit

from .account import region_of_shell

_LAST_SECONDS = 5.0
_HANG_SECONDS = 3.0
"""So much longer a call may take that has begun in time: one that is broken off is repeated."""


def cloudwatch(*, region: str | None, compress: bool, direct: bool) -> CloudWatch:
    """Return what takes the lines; it is connected when it is first used."""
    return CloudWatch(
        region=region or region_of_shell(),
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
        compress=compress,
        direct=direct,
    )


def shipper(
    contract: Contract, directory: Path, service: CloudWatch, *, log_group: str | None
) -> Shipper:
    """Return what delivers a directory, and tells standard error what happens."""
    return Shipper(
        contract,
        directory,
        service,
        groups=log_groups(contract, log_group),
        tell=_tell,
        redact=Redactor(contract.redaction.keys).text,
    )


def unit(
    table: Contract, contract: Path, directory: Path, options: Mapping[str, str | None]
) -> str:
    """Return a unit that runs this installation's command, as whoever owns the directory."""
    log_groups(table, options["--log-group"])  # it would end at once
    command = [str(Path(sys.executable).with_name("intentlog")), "ship"]
    command += ["--contract", str(contract.absolute()), "--log-dir", str(directory.absolute())]
    for option, value in options.items():
        command += [option, value] if value else []
    user = directory.owner() if directory.is_dir() else getpass.getuser()
    return ship_unit(
        table, command=command, directory=PurePosixPath(directory.absolute()), user=user
    )


def ship_once(
    contract: Contract,
    directory: Path,
    service: CloudWatch,
    *,
    log_group: str | None,
    seconds: float,
    verbose: bool,
) -> None:
    """Deliver what is there.

    Raises:
        DeliveryError: The directory cannot be written, or another service delivers the same files.
        Exit: Another process delivers it, or not all could be delivered.
        SettingsError: The AWS configuration is wrong: nobody will mend it now.
    """
    deliverer = shipper(contract, directory, service, log_group=log_group)
    try:
        if not deliverer.begin():
            typer.echo(f"{directory}: another process delivers it", err=True)
            raise typer.Exit(1)
    except OSError as error:
        raise DeliveryError(f"{directory}: {error.strerror}") from error
    before = load_state(directory, contract.service)
    delivered = False
    try:
        with _time_limit():
            _end_within(seconds)
            with suppress(UnavailableError):  # credentials may come
                service.connect()
            delivered = deliverer.finish(seconds)
    except _TimeIsUpError:
        deliverer.give_up(f"no answer within {seconds:g} s")
    errors = deliverer.errors()
    deliverer.close()
    if verbose:
        _tell_counts(before, load_state(directory, contract.service))
    if not delivered:
        for stream, reason in errors.items():
            typer.echo(f"{stream}: {reason}", err=True)
        typer.echo("not all could be delivered; it is still in the files", err=True)
        raise typer.Exit(3)


def _tell_counts(before: State, after: State) -> None:
    for name, state in after.streams.items():
        was = before.streams.get(name, StreamState())
        typer.echo(
            f"{name}: {state.delivered - was.delivered} lines delivered, "
            f"{state.rejected - was.rejected} refused"
        )


def ship_until_told(deliverer: Shipper) -> None:
    """Deliver until SIGTERM or SIGINT, and then what is there, for some seconds."""
    stop = threading.Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()
        _end_within(_LAST_SECONDS)

    try:
        with _time_limit():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, end)
            deliverer.run(stop)
            deliverer.finish(_LAST_SECONDS)
    except _TimeIsUpError:
        deliverer.give_up(f"no answer within {_LAST_SECONDS:g} s")
    deliverer.close()


class _TimeIsUpError(BaseException):
    """A call to CloudWatch hangs: it is left, and its lines are in the files."""


@contextmanager
def _time_limit() -> Iterator[None]:
    """Let ``_end_within`` break off what runs here, wherever it is."""

    def break_off(_number: int, _frame: object) -> None:
        raise _TimeIsUpError

    signal.signal(signal.SIGALRM, break_off)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)


def _end_within(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, seconds + _HANG_SECONDS)


def show_status(contract: Contract, directory: Path, *, as_json: bool) -> None:
    """Show how far behind delivery is, and who delivers.

    Raises:
        Exit: The last attempt failed, or lines are later than the contract allows.
    """
    found, by = status(contract, directory), holder(directory, contract.service)
    late = contract.delivery.lag_seconds
    if as_json:
        who = {"delivered_by": to_builtins(by)}
        typer.echo(json.dumps([stream._asdict() | who for stream in found], indent=2))
    else:
        for stream in found:
            typer.echo(_in_words(stream))
            if stream.seconds > late:
                typer.echo(f"{stream.stream}: late: more than delivery.lag_seconds ({late})")
            if stream.last_error:
                typer.echo(f"{stream.stream}: last error: {stream.last_error}")
        typer.echo(_who_in_words(by))
    if any(stream.last_error or stream.seconds > late for stream in found):
        raise typer.Exit(1)


def _who_in_words(by: Holder | None) -> str:
    if by is None:
        return "nobody delivers now"
    since = datetime.fromtimestamp(by.since, UTC).isoformat(timespec="seconds")
    return f"process {by.pid} on {by.host} delivers, since {since}"


def _in_words(stream: StreamStatus) -> str:
    dropped = f" ({stream.dropped} of them not kept)" if stream.dropped else ""
    return (
        f"{stream.stream}: {stream.lines} lines ({stream.bytes} bytes) behind, "
        f"the oldest {stream.seconds:.0f} s old; {stream.delivered} delivered, "
        f"{stream.rejected} refused{dropped}, "
        f"{stream.destroyed_bytes} bytes destroyed by others"
    )


def _tell(event: str, data: Mapping[str, object]) -> None:
    words = " ".join(f"{key}={value}" for key, value in data.items())
    typer.echo(f"intentlog ship: {event} {words}", err=True)
