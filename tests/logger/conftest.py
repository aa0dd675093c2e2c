"""What the tests of the logger share."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import Contract, load
from intentlog.logger.handler import StreamsHandler

ROOT = Path(__file__).parents[2]

Lines = Callable[[str], list[dict[str, object]]]


@pytest.fixture(scope="session")
def agent() -> Contract:
    """Return the drawing-agent's contract."""
    return load(ROOT / "contracts" / "drawing-agent.toml")


@pytest.fixture(scope="session")
def bot() -> Contract:
    """Return chimera's contract."""
    return load(ROOT / "contracts" / "chimera.toml")


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Leave the process's logging and context as they were."""
    yield
    intentlog.shutdown()
    intentlog.clear_context()


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Return what reads a log file: one record a line, and nothing else in it."""

    def read(file: str) -> list[dict[str, object]]:
        path = tmp_path / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text == "" or text.endswith("\n")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    return read


@pytest.fixture
def logged(agent: Contract, tmp_path: Path, lines: Lines) -> Callable[..., dict[str, object]]:
    """Return what logs once through the whole logger and gives the record that was written."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")

    def log(message: object = "m", *args: object, **keywords: object) -> dict[str, object]:
        before = len(lines("app.log"))
        root = logging.getLogger()
        # pytest's own handlers raise what the logger under test must bear.
        root.handlers = [
            handler for handler in root.handlers if isinstance(handler, StreamsHandler)
        ]
        logging.getLogger("code_monet.auth.routes").info(message, *args, **keywords)  # type: ignore[arg-type]
        (record,) = lines("app.log")[before:]
        return record

    return log
