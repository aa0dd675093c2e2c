"""Calls of the standard library whose record nobody else would see: no record is made."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.logger.bound import in_force

ROOT = Path(__file__).parents[2]
NAME = "code_monet.auth"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[logging.LogRecord]]:
    """Log by drawing-agent's contract, with no handler but ours; every record that is made."""
    records: list[logging.LogRecord] = []
    original = logging.LogRecord.__init__

    def init(record: logging.LogRecord, *args: Any, **keywords: Any) -> None:
        original(record, *args, **keywords)
        records.append(record)

    intentlog.init_logging(
        ROOT / "contracts" / "drawing-agent.toml", log_dir=tmp_path, console="off"
    )
    monkeypatch.setattr(logging.LogRecord, "__init__", init)
    yield records
    monkeypatch.undo()  # before our handler leaves the list that is put back
    intentlog.shutdown()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what leaves out pytest's own handlers, which it adds when a test begins."""
    return lambda: monkeypatch.setattr(logging.getLogger(), "handlers", [in_force.handler])


def lines(directory: Path) -> int:
    """Return how many lines there are."""
    return len((directory / "app.log").read_bytes().splitlines())


def test_no_record_is_made_for_nobody(
    made: list[logging.LogRecord], alone: Callable[[], None], tmp_path: Path
) -> None:
    """Each method of a logger and of an adapter writes its line without one."""
    alone()
    logger = logging.getLogger(NAME)
    logger.info("one %s", "argument", extra={"n": 1})
    logger.log(logging.WARNING, "two")
    logging.LoggerAdapter(logger, {"n": 3}).error("three")
    logger.error("four", exc_info=ValueError())

    assert (made, lines(tmp_path)) == ([], 4)


def changed_filter(logger: logging.Logger, patch: pytest.MonkeyPatch) -> None:
    """Have the logger filter."""
    patch.setattr(logger, "filters", [lambda _record: True])


def changed_handlers(_logger: logging.Logger, patch: pytest.MonkeyPatch) -> None:
    """Have a logger above it a handler of its own."""
    patch.setattr(logging.getLogger("code_monet"), "handlers", [logging.NullHandler()])


def changed_factory(_logger: logging.Logger, patch: pytest.MonkeyPatch) -> None:
    """Have somebody make records in another way, as OpenTelemetry does."""
    patch.setattr(logging, "_logRecordFactory", partial(logging.LogRecord))


def changed_method(name: str) -> Callable[[logging.Logger, pytest.MonkeyPatch], None]:
    """Have somebody take the place of a method of every logger, as Sentry does."""
    original: Callable[..., Any] = getattr(logging.Logger, name)

    def change(_logger: logging.Logger, patch: pytest.MonkeyPatch) -> None:
        def in_its_place(*args: Any) -> Any:
            return original(*args)

        patch.setattr(logging.Logger, name, in_its_place)

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed_filter,
        changed_handlers,
        changed_factory,
        *map(changed_method, ("callHandlers", "handle", "makeRecord")),
    ],
)
@pytest.mark.parametrize("get", [logging.getLogger, intentlog.get_logger])
def test_whoever_wants_records_gets_them(  # noqa: PLR0913, PLR0917 -- fixtures
    get: Callable[[str], Any],
    change: Callable[[logging.Logger, pytest.MonkeyPatch], None],
    made: list[logging.LogRecord],
    alone: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By either door, there is one record and one line."""
    alone()
    logging.getLogger("code_monet")  # no mere placeholder
    change(logging.getLogger(NAME), monkeypatch)
    get(NAME).info("seen")

    assert (len(made), lines(tmp_path)) == (1, 1)


def test_records_name_their_caller(
    made: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch, alone: Callable[[], None]
) -> None:
    """Neither our frame nor that of ``get_logger`` is between the caller and the record."""
    alone()
    monkeypatch.setattr(logging.getLogger(NAME), "handlers", [logging.NullHandler()])
    logging.getLogger(NAME).info("by logging")
    intentlog.get_logger(NAME).info("by intentlog")
    intentlog.get_logger(NAME).log("INFO", "at a level")

    assert {record.funcName for record in made} == {"test_records_name_their_caller"}


def test_extra_named_like_a_record_is_data(made: list[logging.LogRecord]) -> None:
    """A name that a record has itself raises nothing into the application, as it would without."""
    logging.getLogger(NAME).info("x", extra={"name": "ada"})  # noqa: G101 -- the mistake

    (record,) = made
    assert record.name == NAME
    assert vars(record)["intentlog_data"] == {"name": "ada"}


def test_shutdown_gives_the_place_back(tmp_path: Path) -> None:
    """Unless somebody else has taken it meanwhile."""
    before = logging.Logger._log  # noqa: SLF001 -- the place
    contract = ROOT / "contracts" / "drawing-agent.toml"
    intentlog.init_logging(contract, log_dir=tmp_path, console="off")
    assert logging.Logger._log is not before  # noqa: SLF001
    intentlog.shutdown()
    assert logging.Logger._log is before  # noqa: SLF001
