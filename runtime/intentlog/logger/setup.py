"""Setting up, and shutting down, an application's logging."""

import atexit
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from intentlog.contract import (
    FALLBACK_CATEGORY,
    LEVELS,
    Contract,
    ContractError,
    Level,
    Predicate,
    Problem,
    matcher,
)

from .formatter import StructuredFormatter
from .handler import StreamsHandler
from .settings import the_contract
from .sinks import FileSink, JsonConsole, PrettyConsole, Sink, on_terminal

Console = Literal["auto", "pretty", "json", "off"]

_handler: StreamsHandler | None = None
_earlier_levels: dict[str, int] = {}


def init_logging(
    contract: Contract | str | Path | None = None,
    *,
    log_dir: str | Path | None = None,
    log_level: str | None = None,
    console: Console = "auto",
) -> None:
    """Log by a contract from here on: its files, its lines, for everything that uses ``logging``.

    Calling it again replaces the earlier set-up.

    Args:
        contract: The contract or its path. Default: what ``INTENTLOG_CONTRACT`` names.
        log_dir: Where the files go. Default: the contract's ``files.directory``.
        log_level: The mildest level that is written. Default: that of each category.
        console: What goes to standard output: the lines (``json``), lines for people
            (``pretty``), nothing (``off``). Default: ``pretty`` on a terminal, else ``json``.

    Raises:
        ContractError: There is no contract, it is invalid, or ``log_level`` is none.
    """
    global _handler  # noqa: PLW0603 -- the process has one logging set-up, as `logging` has
    contract = the_contract(contract)
    level = _level(log_level)
    shutdown()
    directory = Path(log_dir or contract.files.directory)
    routes = [*_consoles(contract, console), *_files(contract, directory)]
    _handler = StreamsHandler(StructuredFormatter(contract), routes)
    logging.getLogger().addHandler(_handler)
    _set_levels(contract, level)


def shutdown() -> None:
    """Stop logging by the contract: close the files, leave levels as they were before."""
    global _handler  # noqa: PLW0603
    if _handler is not None:
        logging.getLogger().removeHandler(_handler)
        _handler.close()
        _handler = None
    while _earlier_levels:
        name, level = _earlier_levels.popitem()
        logging.getLogger(name).setLevel(level)


atexit.register(shutdown)


def _files(contract: Contract, directory: Path) -> Iterator[tuple[Predicate, Sink]]:
    for stream in contract.streams.values():
        yield matcher(stream.where), FileSink(directory / stream.file)


def _consoles(contract: Contract, console: Console) -> Iterator[tuple[Predicate, Sink]]:
    pretty = console == "pretty" or (console == "auto" and on_terminal())
    record = contract.record
    if console == "off":
        return
    if not pretty:
        yield matcher(""), JsonConsole()
        return
    level, message = record.name_of("level"), record.name_of("message")
    hidden = frozenset({record.name_of("timestamp"), level, message, record.data})
    yield matcher(""), PrettyConsole(level=level, message=message, data=record.data, hidden=hidden)


def _level(name: str | None) -> Level | None:
    if name is None:
        return None
    for level in LEVELS:
        if str(name).upper() == level:
            return level
    raise ContractError(
        "intentlog", [Problem("log_level", f'no level "{name}"; there are: {", ".join(LEVELS)}')]
    )


def _set_levels(contract: Contract, log_level: Level | None) -> None:
    fallback = contract.categories.get(FALLBACK_CATEGORY)
    _set_level("root", log_level or (fallback.level if fallback else "INFO"))
    for category in contract.categories.values():
        for prefix in category.loggers:
            _set_level(prefix, logging.NOTSET if log_level else category.level)


def _set_level(name: str, level: int | str) -> None:
    logger = logging.getLogger(name)
    _earlier_levels.setdefault(name, logger.level)
    logger.setLevel(level)
