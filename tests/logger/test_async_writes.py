"""Asynchronous writes: what is queued is written, however the process ends; what is not is told."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract, ContractError
from intentlog.logger import async_writes
from intentlog.logger.async_writes import AsyncWrites
from intentlog.logger.losses import Losses
from intentlog.logger.record import Fields

ROOT = Path(__file__).parents[2]
Lines = Callable[[str], list[dict[str, Any]]]
CONTRACT = str(ROOT / "contracts" / "drawing-agent.toml")


class Gate:
    """A sink that writes only once it is opened."""

    reads_fields = False

    def __init__(self) -> None:
        self.open = threading.Event()
        self.lines: list[bytes] = []

    def write(self, _fields: Fields, line: bytes, /) -> None:
        """Take a line."""
        assert self.open.wait(30)
        self.lines.append(line)

    def close(self) -> None:
        """Do nothing."""


def run(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that logs asynchronously."""
    head = (
        "import intentlog, os, sys, time, signal\n"
        f"intentlog.init_logging({CONTRACT!r}, log_dir=sys.argv[1], console='off',"
        " async_writes=True)\nlog = intentlog.get_logger('code_monet.auth')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", head + code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_queued_lines_are_written_by_shutdown(
    agent: Contract, tmp_path: Path, lines: Lines
) -> None:
    """All of them, in order, from any thread; afterwards, logging is as it was before."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off", async_writes=True)
    for number in range(2000):
        intentlog.get_logger("code_monet.auth").info("m", n=number)
    intentlog.shutdown()

    assert [line["extra"]["n"] for line in lines("app.log")] == list(range(2000))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("for n in range(1000): log.info('m', n=n)\n", 0),
        ("for n in range(1000): log.info('m', n=n)\nsys.exit(3)\n", 3),
        ("for n in range(1000): log.info('m', n=n)\nraise SystemExit(4)\n", 4),
        (
            (
                "for n in range(1000): log.info('m', n=n)\n"
                "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(30)\n"
            ),
            -signal.SIGTERM,
        ),
    ],
    ids=["end", "exit", "SystemExit", "SIGTERM"],
)
def test_process_ends_with_all_written(
    tmp_path: Path, lines: Lines, code: str, status: int
) -> None:
    """Whatever ends the process, short of a kill, and with the status that it has without."""
    done = run(code, str(tmp_path))

    assert (done.returncode, done.stderr) == (status, "")
    assert len(lines("app.log")) == 1000


def test_own_handler_of_sigterm_stays(tmp_path: Path, lines: Lines) -> None:
    """Who handles SIGTERM goes on doing so."""
    code = (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n"
        "log.info('m')\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(30)\n"
    )

    assert run(code, str(tmp_path)).returncode == 5
    assert len(lines("app.log")) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_forked_children_write_their_own(tmp_path: Path, lines: Lines) -> None:
    """What the parent has queued is written once; each child's lines are, too."""
    code = (
        "import multiprocessing\n"
        "def work(n):\n"
        "    for k in range(100): log.info('child', n=n, k=k)\n"
        "for k in range(500): log.info('parent', k=k)\n"
        "context = multiprocessing.get_context('fork')\n"
        "children = [context.Process(target=work, args=(n,)) for n in range(3)]\n"
        "for child in children: child.start()\n"
        "for child in children: child.join()\n"
    )
    done = run(code, str(tmp_path))

    assert done.returncode == 0
    messages = [line["message"] for line in lines("app.log")]
    assert (messages.count("parent"), messages.count("child")) == (500, 300)


def test_full_queue_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call waits for room, and nothing is lost."""
    monkeypatch.setattr(async_writes, "LINES_QUEUED", 3)
    gate, losses = Gate(), Losses()
    queue = AsyncWrites(losses, "block")
    write = queue.writer(gate, 20)
    threading.Timer(0.2, gate.open.set).start()
    for number in range(20):
        write({}, b"%d" % number)
    queue.close()

    assert gate.lines == [b"%d" % number for number in range(20)]
    assert losses.total == 0


def test_full_queue_drops_what_matters_least(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """INFO is dropped and counted; what is worse waits for room."""
    monkeypatch.setattr(async_writes, "LINES_QUEUED", 3)
    gate, losses = Gate(), Losses()
    queue = AsyncWrites(losses, "drop")
    info, warning = queue.writer(gate, 20), queue.writer(gate, 30)
    for _ in range(20):
        info({}, b"info")
    threading.Timer(0.2, gate.open.set).start()
    warning({}, b"warning")
    queue.close()

    assert gate.lines.count(b"warning") == 1
    assert gate.lines.count(b"info") + losses.total == 20
    assert losses.total >= 16
    assert "the queue is full" in capsys.readouterr().err


def test_losses_are_told_by_a_line(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """A line says how many were lost, once writing works again."""
    (tmp_path / "error.log").mkdir()
    (tmp_path / "app.log").mkdir()
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("code_monet.auth")
    for _ in range(3):
        logger.info("lost")
    (tmp_path / "app.log").rmdir()
    logger.info("written")

    written, told = lines("app.log")
    assert written["message"] == "written"
    assert (told["message"], told["level"], told["category"]) == ("lines_lost", "WARNING", "system")
    assert told["extra"] == {"lost": 3, "reasons": {"Is a directory": 3}}


def test_setting_that_there_is_not() -> None:
    """A wrong setting is told with those that there are."""
    with pytest.raises(
        ContractError, match=r'^intentlog: async_writes: there is no "later"; have: true, false, b'
    ):
        intentlog.init_logging(CONTRACT, async_writes="later")  # type: ignore[arg-type]


def test_variables_win(
    tmp_path: Path,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who operates the application has the last word."""
    monkeypatch.setenv("INTENTLOG_LOG_DIR", str(tmp_path / "there"))
    monkeypatch.setenv("INTENTLOG_LOG_LEVEL", "warning")
    monkeypatch.setenv("INTENTLOG_CONSOLE", "json")
    intentlog.init_logging(CONTRACT, log_dir=tmp_path, log_level="DEBUG", console="off")
    intentlog.get_logger("x").info("no")
    intentlog.get_logger("x").warning("yes")

    assert [line["message"] for line in lines("there/app.log")] == ["yes"]
    assert json.loads(capsys.readouterr().out)["message"] == "yes"
    monkeypatch.setenv("INTENTLOG_BUFFER_DEBUG", "perhaps")
    with pytest.raises(ContractError, match=r"INTENTLOG_BUFFER_DEBUG: there is no \"perhaps\""):
        intentlog.init_logging(CONTRACT)
