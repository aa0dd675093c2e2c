"""Setting up, and shutting down, an application's logging."""

import atexit
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from intentlog.contract import Contract

from . import events
from .bound import BoundLogger, in_force
from .capture import Capture
from .console import JsonConsole, PrettyConsole, on_terminal
from .direct import DirectCalls
from .embedded import with_metrics
from .handler import StreamsHandler
from .levels import Levels, level_named
from .limits import Limits
from .losses import Losses
from .pipeline import OWN_LOGGER, Pipeline, Route
from .settings import Console, ContractSource, Settings, WhenFull, read_settings, the_contract
from .sinks import FileSink

if TYPE_CHECKING:
    from .async_writes import AsyncWrites


class _SetUp:
    """A contract in force: what was changed in the process for it, and how to take it back."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        losses = Losses()
        self._queue = _queue(losses, settings.async_writes)
        self.levels = Levels(contract, settings.log_level, keep_debug=settings.buffer_debug)
        self.pipeline = Pipeline(
            contract,
            [*_consoles(contract, settings.console), *_files(contract, settings.log_dir)],
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

    Calling it again replaces the earlier set-up. The variables ``INTENTLOG_LOG_DIR``,
    ``INTENTLOG_LOG_LEVEL``, ``INTENTLOG_CONSOLE``, ``INTENTLOG_ASYNC_WRITES`` and
    ``INTENTLOG_BUFFER_DEBUG`` win over what is passed.

    Args:
        contract: The contract, its path, a package's resource (``files("shop") / "log.toml"``,
            or ``"shop:log.toml"``). Default: what ``INTENTLOG_CONTRACT`` names.
        log_dir: Where the files go. Default: the contract's ``files.directory``.
        log_level: The mildest level that is written. Default: that of each category.
        enable_cloudwatch: Whether the process is to deliver its lines to CloudWatch itself. It
            does not yet: a line at WARNING says so, and the files are there for the agent.
        cloudwatch_region: Where to deliver to. Default: that of the AWS configuration.
        cloudwatch_log_group: What to deliver to. Default: the contract's log group.
        console: What goes to standard output: the lines (``json``), lines for people
            (``pretty``), nothing (``off``). Default: ``pretty`` on a terminal, else ``json``.
        async_writes: Whether a call only queues its line, for a thread to write: what is queued
            is lost with a killed process. When 10,000 lines wait, a call waits for room; with
            ``"drop"``, DEBUG and INFO lines are dropped and counted instead. Default: no queue.
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
        }
    )
    shutdown()
    _set_up = _SetUp(contract, settings)
    if enable_cloudwatch:
        BoundLogger(OWN_LOGGER).warning(
            "cloudwatch_delivery_missing",
            region=cloudwatch_region,
            log_group=cloudwatch_log_group,
            hint="this version delivers nothing itself: have the CloudWatch agent read the files",
        )


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
    from .async_writes import AsyncWrites  # noqa: PLC0415 -- imports what most never need

    return AsyncWrites(losses, when_full)


def _files(contract: Contract, log_dir: Path | None) -> Iterator[Route]:
    directory = log_dir or Path(contract.files.directory)
    for name, stream in contract.streams.items():
        sink = with_metrics(contract, name, FileSink(directory / stream.file))
        yield Route(stream.where, sink)


def _consoles(contract: Contract, console: Console) -> Iterator[Route]:
    if console == "pretty" or (console == "auto" and on_terminal()):
        yield Route("", PrettyConsole(contract.record))
    elif console != "off":
        yield Route("", JsonConsole())
