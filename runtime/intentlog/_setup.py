"""Setting up, and shutting down, an application's logging."""

import atexit
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from intentlog.contract import Contract

from .delivery.files import FileSink
from .delivery.groups import log_groups
from .delivery.rotation import Rotator
from .logger import events
from .logger.bound import BoundLogger, in_force
from .logger.capture import Capture
from .logger.console import JsonConsole, PrettyConsole, on_terminal
from .logger.direct import DirectCalls
from .logger.embedded import with_metrics
from .logger.handler import StreamsHandler
from .logger.levels import Levels, level_named
from .logger.limits import Limits
from .logger.losses import Losses
from .logger.pipeline import OWN_LOGGER, Pipeline, Route
from .logger.settings import (
    Console,
    ContractSource,
    Settings,
    WhenFull,
    read_settings,
    the_contract,
)
from .logger.sinks import Sink

if TYPE_CHECKING:
    from .delivery.thread import ShipperThread
    from .logger.async_writes import AsyncWrites


class _SetUp:
    """A contract in force: what was changed in the process for it, and how to take it back."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        directory = settings.log_dir or Path(contract.files.directory)
        losses = Losses()
        self._queue = _queue(losses, settings.async_writes)
        self.levels = Levels(contract, settings.log_level, keep_debug=settings.buffer_debug)
        self.pipeline = Pipeline(
            contract,
            [*_consoles(contract, settings.console), *_files(contract, directory)],
            losses=losses,
            limits=Limits(contract) if contract.limits else None,
            writer=self._queue.writer if self._queue else None,
            threshold=self.levels.threshold if settings.buffer_debug else None,
        )
        self._handler = StreamsHandler(self.pipeline)
        logging.getLogger().addHandler(self._handler)
        in_force.handler = self._handler
        self._direct = DirectCalls(self._handler)
        events.use(contract)
        self._capture = Capture()
        self._delivery = (
            _delivery(contract, settings, directory) if settings.enable_cloudwatch else None
        )

    def take_back(self) -> None:
        """Write what is still to be written, close the files, leave logging as it was."""
        self._capture.release()
        events.use(None)
        self._direct.release()
        in_force.handler = None
        logging.getLogger().removeHandler(self._handler)
        self.finish()
        self._handler.close()
        self.levels.restore()

    def finish(self) -> None:
        """Write all that is queued; what is logged from here on is written at once."""
        if self._queue:
            self._queue.close()
        self.pipeline.tell()
        if self._delivery:
            self._delivery.close()


_set_up: _SetUp | None = None


def init_logging(  # noqa: PLR0913 -- one call sets all of it up
    contract: ContractSource = None,
    *,
    log_dir: str | Path | None = None,
    log_level: str | None = None,
    enable_cloudwatch: bool = False,
    cloudwatch_region: str | None = None,
    cloudwatch_log_group: str | None = None,
    console: Console = "auto",
    async_writes: bool | WhenFull = False,
    buffer_debug: bool = False,
) -> None:
    """Log by a contract from here on: its files, its lines, for everything that uses ``logging``.

    Calling it again replaces the earlier set-up. A variable ``INTENTLOG_LOG_DIR``, and likewise
    one for each of the other arguments, wins over what is passed.

    Args:
        contract: The contract, its path, a package's resource (``files("shop") / "log.toml"``,
            or ``"shop:log.toml"``). Default: what ``INTENTLOG_CONTRACT`` names.
        log_dir: Where the files go. Default: the contract's ``files.directory``.
        log_level: The mildest level that is written. Default: that of each category.
        enable_cloudwatch: Whether the process delivers its files' lines to CloudWatch Logs itself,
            in a thread. What it cannot deliver stays in the files and is delivered later, by
            whichever process is the next to deliver the directory. Needs boto3.
        cloudwatch_region: Where to deliver to. Default: that of the AWS configuration.
        cloudwatch_log_group: What to deliver to instead of the contract's log group; those below it
            go along (``Chimera/executions`` to ``Staging/executions``). Default: the contract's.
        console: What goes to standard output: the lines (``json``), lines for people
            (``pretty``), nothing (``off``). Default: ``pretty`` on a terminal, else ``json``.
        async_writes: Whether a call only queues its line, for a thread to write: what is queued
            is lost with a killed process. A record of an audit trail is never queued. When 10,000
            lines wait, a call waits for room; with ``"drop"``, DEBUG and INFO lines are dropped
            and counted instead. Default: no queue.
        buffer_debug: Whether lines below their category's level are kept, and written if their
            request logs an ERROR. Default: they are not made.

    Raises:
        ContractError: There is no contract, it is invalid, or another argument is.
    """
    global _set_up  # noqa: PLW0603 -- the process has one logging set-up, as `logging` has
    contract = the_contract(contract)
    settings = read_settings(
        {
            "log_dir": log_dir,
            "log_level": log_level,
            "console": console,
            "async_writes": async_writes,
            "buffer_debug": buffer_debug,
            "enable_cloudwatch": enable_cloudwatch,
            "cloudwatch_region": cloudwatch_region,
            "cloudwatch_log_group": cloudwatch_log_group,
        }
    )
    shutdown()
    _set_up = _SetUp(contract, settings)


def shutdown() -> None:
    """Stop logging by the contract: write all that is queued, close the files."""
    global _set_up
    if _set_up is not None:
        ended, _set_up = _set_up, None
        ended.take_back()


@atexit.register
def _at_exit() -> None:
    """Lose nothing: functions that run later, and what is deleted last, may log, too."""
    if _set_up is not None:
        _set_up.finish()


def set_level(logger: str, level: str) -> None:
    """Change the mildest level that a logger, and those below it, write from here on.

    Args:
        logger: Its name, such as ``code_monet.auth``; ``root`` for those without a category.
        level: The level's name.

    Raises:
        ContractError: There is no such level.
    """
    number = logging.getLevelNamesMapping()[level_named(level, where="set_level")]
    if _set_up is None:
        logging.getLogger(logger).setLevel(number)
    else:
        _set_up.levels.set(logger, number)
        _set_up.pipeline.forget_sites()


def _queue(losses: Losses, when_full: WhenFull | None) -> "AsyncWrites | None":
    if when_full is None:
        return None
    from .logger.async_writes import AsyncWrites  # noqa: PLC0415 -- imports what most never need

    return AsyncWrites(losses, when_full)


def _files(contract: Contract, directory: Path) -> Iterator[Route]:
    for name, stream in contract.streams.items():
        sink = with_metrics(contract, name, _file(contract, name, directory / stream.file))
        yield Route(stream.where, sink, may_wait=not _is_trail(contract, name))


def _is_trail(contract: Contract, stream: str) -> bool:
    return contract.audit is not None and contract.audit.stream == stream


def _file(contract: Contract, stream: str, path: Path) -> Sink:
    rotation = contract.rotation_of(stream)
    rotator = Rotator(path, rotation) if rotation.by == "process" else None
    if _is_trail(contract, stream):
        from .delivery.audit import AuditSink  # noqa: PLC0415 -- loads OpenSSL

        return AuditSink(path, rotator=rotator)
    return FileSink(path, rotator=rotator, sync_seconds=contract.streams[stream].sync_seconds)


def _delivery(contract: Contract, settings: Settings, directory: Path) -> "ShipperThread":
    # boto3 and what goes with it come with the first batch, in the thread.
    from .delivery.cloudwatch import CloudWatch  # noqa: PLC0415 -- only those who deliver need it
    from .delivery.directory import Shipper  # noqa: PLC0415
    from .delivery.thread import ShipperThread  # noqa: PLC0415
    from .logger.redaction import Redactor  # noqa: PLC0415 -- as where lines are made

    with suppress(OSError):  # else the first line makes it, or tells why it cannot be made
        directory.mkdir(parents=True, exist_ok=True)
    shipper = Shipper(
        contract,
        directory,
        CloudWatch(region=settings.cloudwatch_region),
        groups=log_groups(contract, settings.cloudwatch_log_group),
        tell=lambda event, data: BoundLogger(OWN_LOGGER).warning(event, **data),
        redact=Redactor(contract.redaction.keys).text,
    )
    return ShipperThread(shipper)


def _consoles(contract: Contract, console: Console) -> Iterator[Route]:
    if console == "pretty" or (console == "auto" and on_terminal()):
        yield Route("", PrettyConsole(contract.record))
    elif console != "off":
        yield Route("", JsonConsole())
