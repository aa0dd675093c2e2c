"""``capture_logs`` and its fixture: what an application's own tests see of its logging."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import ContractError, load
from intentlog.logger import events
from intentlog.testing import capture_logs

CONTRACTS = Path(__file__).parents[2] / "contracts"
AGENT = CONTRACTS / "drawing-agent.toml"
BOT = CONTRACTS / "chimera.toml"

State = tuple[list[logging.Handler], dict[str, int], object]


def state() -> State:
    """Return what a block must leave as it was."""
    root = logging.getLogger()
    names = [name for name, it in root.manager.loggerDict.items() if isinstance(it, logging.Logger)]
    levels = {name: level for name in names if (level := logging.getLogger(name).level)}
    return list(root.handlers), {**levels, "root": root.level}, events.in_force()


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Leave the process's logging and context as they were, and see to it that blocks do."""
    before = state()
    yield
    intentlog.shutdown()
    intentlog.clear_context()
    assert state() == before


def test_without_any_set_up() -> None:
    """The minimal record: five fields and data, at INFO and above."""
    logger = logging.getLogger("shop.orders")
    with capture_logs() as logs:
        logger.info("placed", extra={"order": 7})
        logger.debug("no")

    (line,) = logs
    assert list(line) == ["timestamp", "level", "category", "logger", "message", "data"]
    assert (line["category"], line["message"], line["data"]) == ("system", "placed", {"order": 7})


def test_by_a_contract() -> None:
    """Its fields, its categories and their levels, its redaction, what is bound."""
    with capture_logs(AGENT) as logs, intentlog.bind_context(user_id=42):
        logging.getLogger("code_monet.drawing").debug("drawn")
        logging.getLogger("code_monet.auth").debug("no")
        intentlog.get_logger("code_monet.auth").warning("refused", email="user@example.com")

    assert [line["message"] for line in logs] == ["drawn", "refused"]
    assert (logs[1]["category"], logs[1]["user_id"]) == ("auth", 42)
    assert logs[1]["extra"] == {"email": "u***@example.com"}


def test_events_are_checked_against_the_contract() -> None:
    """A test sees what its application does wrong."""
    with capture_logs(BOT) as logs:
        intentlog.log_event("state_transition", {"from_state": "a", "to_state": 1})

    assert [line["event"] for line in logs] == ["state_transition"] + ["wrong_event_data"] * 2


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Where logging is set up, they are what is written, and go on being written."""
    intentlog.init_logging(BOT, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("state_engine")
    with capture_logs() as logs:
        logger.info("connected", context={"private_key": "x", "big": 2**70, "odd": "\udc80"})
        logger.error("failed", exc_info=ValueError("x"))
        logger.debug("no")
    logger.info("after")

    written = [json.loads(line) for line in (tmp_path / "chimera.log").read_text().splitlines()]
    assert written[:2] == logs
    assert written[2]["event"] == "after"


def test_level_is_the_callers() -> None:
    """It replaces that of every category, in both directions."""
    drawing, auth = (logging.getLogger(f"code_monet.{name}") for name in ("drawing", "auth"))
    with capture_logs(AGENT, level="DEBUG") as everything, capture_logs(level="ERROR") as errors:
        drawing.error("broken")
    with capture_logs(AGENT, level="DEBUG") as debug:
        auth.debug("seen")
    with capture_logs(AGENT, level="ERROR") as worse:
        drawing.debug("no")
        auth.error("failed")

    assert [len(logs) for logs in (everything, errors, debug, worse)] == [1, 1, 1, 1]


def test_level_lowers_one_that_is_set_up(tmp_path: Path) -> None:
    """For the block, also what the set-up leaves out is seen."""
    intentlog.init_logging(AGENT, log_dir=tmp_path, console="off")
    logger = logging.getLogger("code_monet.auth")
    with capture_logs(level="DEBUG") as logs:
        logger.debug("seen")
    logger.debug("no")

    assert [line["message"] for line in logs] == ["seen"]


def test_blocks_may_be_nested() -> None:
    """Each has what is logged within it."""
    with capture_logs() as outer:
        logging.getLogger("x").info("one")
        with capture_logs() as inner:
            logging.getLogger("x").info("two")
        logging.getLogger("x").info("three")

    assert [line["message"] for line in inner] == ["two"]
    assert [line["message"] for line in outer] == ["one", "two", "three"]


def test_exception_restores_everything() -> None:
    """The list stays; the fixture of these tests compares the rest."""
    with suppress(RuntimeError), capture_logs(AGENT, level="DEBUG") as logs:
        logging.getLogger("x").info("m")
        raise RuntimeError

    assert len(logs) == 1


def test_application_may_set_up_its_logging_in_the_block(tmp_path: Path) -> None:
    """From then on its contract is the one; its set-up ends with the block."""
    with capture_logs() as logs:
        intentlog.init_logging(BOT, log_dir=tmp_path, console="off")
        intentlog.get_logger("state_engine").info("connected", context={"a": 1})
    logging.getLogger("state_engine").error("not in the file")

    assert [(line["event"], line["context"]) for line in logs] == [("connected", {"a": 1})]
    assert len((tmp_path / "chimera.log").read_text().splitlines()) == 1


@pytest.mark.parametrize("again", [True, False])
def test_application_may_end_or_replace_its_logging_in_the_block(
    tmp_path: Path, *, again: bool
) -> None:
    """Nothing of either set-up is left then."""
    intentlog.init_logging(AGENT, log_dir=tmp_path, console="off")
    with capture_logs(level="DEBUG"):
        if again:
            intentlog.init_logging(BOT, log_dir=tmp_path, console="off")
        else:
            intentlog.shutdown()

    assert events.in_force() is None


def test_threads_are_captured() -> None:
    """No line is lost, whoever logs."""

    def work(number: int) -> None:
        for count in range(100):
            intentlog.get_logger("worker").info("done", number=number, count=count)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with capture_logs() as logs:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len({(line["data"]["number"], line["data"]["count"]) for line in logs}) == 800


def test_wrong_contract_is_raised_at_once(tmp_path: Path) -> None:
    """Nothing is changed by a block that does not begin."""
    wrong = load(BOT).with_prefix("AWS/")
    for contract in (tmp_path / "none.toml", wrong):
        with pytest.raises(ContractError), capture_logs(contract):
            pytest.fail("it began")


TESTS = """
import logging
import pytest

pytest_plugins = ["intentlog.testing"]

@pytest.fixture
def captured_logs_contract(request):
    return CONTRACT if "contract" in request.node.name else None

def test_of_a_contract(captured_logs):
    logging.getLogger("state_engine").info("connected")
    assert captured_logs[0]["module"] == "state_engine"

def test_of_none(captured_logs):
    logging.getLogger("state_engine").info("connected")
    assert [line["logger"] for line in captured_logs] == ["state_engine"]
"""


def test_fixture_is_for_who_asks_for_it(tmp_path: Path) -> None:
    """One line in a conftest brings it; a project says once which contract it logs by."""
    (tmp_path / "test_shop.py").write_text(TESTS.replace("CONTRACT", repr(str(BOT))))

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_pytest_is_not_needed() -> None:
    """``capture_logs`` is there without it."""
    code = "import sys, intentlog.testing as t; print('pytest' in sys.modules, t.capture_logs)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout.startswith("False <function capture_logs")
