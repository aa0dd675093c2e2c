"""Files that others rename, delete, fill or write to at the same time."""

import faulthandler
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.delivery.files import FileSink
from intentlog.logger.handler import StreamsHandler

Lines = Callable[[str], list[dict[str, object]]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what sets the clock that the sink looks at."""
    now = [1000.0]
    monkeypatch.setattr("intentlog.delivery.files.time.monotonic", lambda: now[0])

    def set_to(seconds: float) -> None:
        now[0] = 1000.0 + seconds

    return set_to


def lost() -> int:
    """Return how many writes the current set-up has lost."""
    (handler,) = [h for h in logging.getLogger().handlers if isinstance(h, StreamsHandler)]
    return handler.pipeline.losses.total


def test_renamed_file_is_opened_anew(tmp_path: Path, at: Callable[[float], None]) -> None:
    """After a rotation, at most a second's lines are in the renamed file, and none is lost."""
    path = tmp_path / "app.log"
    sink = FileSink(path)
    sink.write({}, b"1\n")
    path.rename(tmp_path / "app.log.1")
    at(0.9)
    sink.write({}, b"2\n")
    at(1.1)
    sink.write({}, b"3\n")
    sink.close()

    assert (tmp_path / "app.log.1").read_bytes() == b"1\n2\n"
    assert path.read_bytes() == b"3\n"


def test_file_made_by_the_rotation_is_taken(tmp_path: Path, at: Callable[[float], None]) -> None:
    """Logrotate's ``create`` makes the new file itself: that one is written to."""
    path = tmp_path / "app.log"
    sink = FileSink(path)
    sink.write({}, b"1\n")
    path.rename(tmp_path / "app.log.1")
    path.touch()
    at(1)
    sink.write({}, b"2\n")
    sink.close()

    assert path.read_bytes() == b"2\n"


def test_deleted_directory_is_made_anew(tmp_path: Path, at: Callable[[float], None]) -> None:
    """A file, or its directory, that somebody deletes is there again a second later."""
    path = tmp_path / "logs" / "app.log"
    sink = FileSink(path)
    sink.write({}, b"1\n")
    path.unlink()
    path.parent.rmdir()
    at(1)
    sink.write({}, b"2\n")
    sink.close()

    assert path.read_bytes() == b"2\n"


def test_torn_line_spoils_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a full disk cuts off ends at a line of its own."""
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 6:
            raise OSError(28, "No space left on device")
        return write(descriptor, bytes(data)[:4])

    sink = FileSink(tmp_path / "app.log")
    monkeypatch.setattr("intentlog.delivery.files.os.write", full)
    with pytest.raises(OSError, match="No space left"):
        sink.write({}, b"first\n")
    monkeypatch.undo()
    sink.write({}, b"second\n")
    sink.write({}, b"third\n")
    sink.close()

    assert (tmp_path / "app.log").read_bytes() == b"fir\nsecond\nthird\n"


def test_line_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a line in pieces gets all of them."""
    write = os.write
    monkeypatch.setattr(
        "intentlog.delivery.files.os.write", lambda fd, data: write(fd, bytes(data)[:3])
    )
    sink = FileSink(tmp_path / "app.log")
    sink.write({}, b"first\n")
    sink.write({}, b"second\n")
    sink.close()

    assert (tmp_path / "app.log").read_bytes() == b"first\nsecond\n"


def test_unwritable_directory_is_told_once(
    agent: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be written is counted and told once; the application notices nothing."""
    (tmp_path / "file").touch()
    intentlog.init_logging(agent, log_dir=tmp_path / "file" / "logs", console="off")
    for _ in range(3):
        logging.getLogger("x").error("m")

    assert lost() == 6
    assert (
        capsys.readouterr().err
        == "intentlog: 1 writes lost so far, the last one: Not a directory\n"
    )


def test_one_sink_disturbs_no_other(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """A file that cannot be written costs the other file nothing."""
    (tmp_path / "error.log").mkdir()
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logging.getLogger("x").error("m")

    assert len(lines("app.log")) == 1
    assert lost() == 1


def test_closed_stderr_raises_nothing(
    agent: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nobody left to tell, the loss is still counted."""
    (tmp_path / "file").touch()
    intentlog.init_logging(agent, log_dir=tmp_path / "file", console="off")
    monkeypatch.setattr(sys, "stderr", None)
    logging.getLogger("x").info("m")
    monkeypatch.undo()

    assert lost() == 1


def test_threads_tear_no_line(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Threads that log at the same time lose nothing."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")

    def log(number: int) -> None:
        for _ in range(50):
            logging.getLogger("x").info("m", extra={"worker": number, "text": "x" * 1_000})

    threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(lines("app.log")) == 200


def test_processes_tear_no_line(tmp_path: Path, lines: Lines) -> None:
    """Two processes append to one file, each line whole."""
    contract = str(ROOT / "contracts" / "chimera.toml")
    code = (
        "import intentlog, logging, sys\n"
        f"intentlog.init_logging({contract!r}, log_dir={str(tmp_path)!r}, console='off')\n"
        "for n in range(300):\n"
        "    logging.getLogger('x').info('m', extra={'n': n, 'text': 'x' * 5000})\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    codes = [process.wait(timeout=30) for process in processes]

    assert codes == [0, 0]
    assert len(lines("chimera.log")) == 600


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_forked_child_logs(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """A child that is forked while a thread logs can log itself."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    root = logging.getLogger()
    # pytest's own handlers write to buffers whose locks stay locked in a forked child.
    root.handlers = [handler for handler in root.handlers if isinstance(handler, StreamsHandler)]
    stop = threading.Event()

    def log() -> None:
        while not stop.is_set():
            logging.getLogger("x").info("parent")

    thread = threading.Thread(target=log)
    thread.start()
    try:
        child = forked(lambda: logging.getLogger("x").info("child"))
        deadline = time.monotonic() + 60
        done = 0
        while not done and time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            time.sleep(0.01)
    finally:
        stop.set()
        thread.join()
    if not done:
        os.kill(child, 9)

    assert (done, status) == (child, 0)
    assert "child" in {line["message"] for line in lines("app.log")}


def forked(work: Callable[[], None]) -> int:
    """Do something in a forked child; return its process id."""
    child = os.fork()
    if child == 0:
        code = 1
        # A child that hangs says where, and ends; one that is merely starved has its time.
        faulthandler.dump_traceback_later(50, exit=True)
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child
