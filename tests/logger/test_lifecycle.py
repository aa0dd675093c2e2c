"""From before the set-up to the very end of the process: nothing raised, nothing lost."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract

ROOT = Path(__file__).parents[2]
CONTRACT = str(ROOT / "contracts" / "drawing-agent.toml")
Lines = Callable[[str], list[dict[str, Any]]]


def run(code: str, there: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a program, with these variables besides."""
    head = f"import sys\nthere, contract = sys.argv[1], {CONTRACT!r}\n"
    return subprocess.run(
        [sys.executable, "-c", head + code, str(there)],
        check=False,
        capture_output=True,
        env={**os.environ, **variables},
        encoding=variables.get("PYTHONIOENCODING", "utf-8"),
        timeout=60,
    )


def numbers(records: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of a program's own lines; others tell what its console has lost."""
    return [record["extra"]["n"] for record in records if record["message"] == "m"]


@pytest.mark.parametrize("mode", ["False", "True"], ids=["direct", "async"])
def test_whatever_ends_last_is_logged(tmp_path: Path, lines: Lines, mode: str) -> None:
    """Functions of ``atexit``, registered early or late, and what is deleted at the very end."""
    code = f"""
import atexit, logging
atexit.register(lambda: log.info("registered before"))
import intentlog
intentlog.init_logging(contract, log_dir=there, console="off", async_writes={mode})
log = intentlog.get_logger("x")
atexit.register(lambda: log.info("registered after"))

class Last:
    def __del__(self, log=log, stdlib=logging.getLogger("x")):
        log.info("deleted %s", "last", a=[1, {{"b": 2}}])
        stdlib.info("deleted", extra={{"a": {{1}}}})

last = Last()
last.itself = last
log.info("first")
"""
    done = run(code, tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [line["message"] for line in lines("app.log")][:3] == [
        *("first", "registered after", "registered before")
    ]


def test_log_before_and_after(tmp_path: Path, lines: Lines) -> None:
    """Without a set-up, or with one that is gone, calls do what they do without us."""
    code = """
import intentlog, logging
def all_doors(text):
    intentlog.get_logger("x").info(text, a=1)
    intentlog.get_logger("x").bind(a=1).error(text, exc_info=ValueError(text))
    intentlog.log_event("event", {"a": 1})
    logging.getLogger("x").info(text)
    with intentlog.timed("step"), intentlog.bind_context(user_id=1): pass
all_doors("before")
intentlog.shutdown()
intentlog.init_logging(contract, log_dir=there, console="off")
all_doors("during")
intentlog.shutdown()
intentlog.shutdown()
all_doors("after")
"""
    done = run(code, tmp_path)

    assert done.returncode == 0
    messages = [line["message"] for line in lines("app.log")]
    assert messages == ["during", "during", "event", "wrong_event_data", "during", "step"]


def test_set_up_again_while_threads_log(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Setting up anew, again and again, raises nothing in them and doubles no line."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def log(worker: int) -> None:
        try:
            number = 0
            while not stop.is_set():
                intentlog.get_logger("x").error("m", worker=worker, n=number)
                number += 1
        except BaseException as failure:  # noqa: BLE001 -- whatever it is, it is told below
            failures.append(failure)

    threads = [threading.Thread(target=log, args=(worker,)) for worker in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    stop.set()
    for thread in threads:
        thread.join()
    intentlog.shutdown()

    found = [(line["extra"]["worker"], line["extra"]["n"]) for line in lines("app.log")]
    assert failures == []
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize("console", ["json", "pretty"])
@pytest.mark.parametrize("how", ["closed", "broken", "none"])
def test_console_that_is_gone(tmp_path: Path, lines: Lines, console: str, how: str) -> None:
    """A standard output that nobody reads costs no file a line, and the end is as ever."""
    code = f"""
import intentlog, os
if {how!r} == "closed": sys.stdout.close()
if {how!r} == "none": sys.stdout = None
if {how!r} == "broken":
    ours, theirs = os.pipe()
    os.dup2(theirs, 1); os.close(theirs); os.close(ours)
intentlog.init_logging(contract, log_dir=there, console={console!r})
for n in range(1000): intentlog.get_logger("x").info("m", n=n)
if {console!r} == "pretty" and sys.stdout: os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
"""
    done = run(code, tmp_path)

    assert done.returncode == 0
    assert done.stderr.startswith("intentlog: 1 writes lost so far")
    assert done.stderr.count("\n") == 1
    assert numbers(lines("app.log")) == list(range(1000))


def test_everything_is_closed(tmp_path: Path, lines: Lines) -> None:
    """Without standard input, output and error, the files have every line."""
    code = """
import os
for descriptor in (0, 1, 2): os.close(descriptor)
import intentlog
intentlog.init_logging(contract, log_dir=there)
for n in range(10): intentlog.get_logger("x").info("m", n=n)
"""
    run(code, tmp_path)

    assert numbers(lines("app.log")) == list(range(10))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_pretty_console_of_another_encoding(tmp_path: Path, encoding: str) -> None:
    """What it cannot show is escaped; no line of it is lost."""
    code = """
import intentlog
intentlog.init_logging(contract, log_dir=there, console="pretty")
intentlog.get_logger("x").info("caf\\u00e9 \\u2713 \\U0001f600 \\udc80", a="\\u2713")
"""
    done = run(code, tmp_path, PYTHONIOENCODING=encoding)

    assert done.stderr == ""
    assert "caf" in done.stdout
    assert "✓" in done.stdout if encoding == "utf-16" else "\\u2713" in done.stdout


def test_console_that_does_not_block(tmp_path: Path, lines: Lines) -> None:
    """A pipe that takes only so much at once gets every line whole, as long as it is read."""
    code = """
import intentlog, os
os.set_blocking(1, False)
intentlog.init_logging(contract, log_dir=there, console="json")
for n in range(300): intentlog.get_logger("x").info("m", n=n, text="x" * 5000)
"""
    done = run(code, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line) for line in done.stdout.splitlines()] == lines("app.log")


def test_handler_of_others_that_raises_or_logs(
    agent: Contract, tmp_path: Path, lines: Lines
) -> None:
    """Neither a filter on ours that raises nor one that logs reaches the application."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    (ours,) = [h for h in logging.getLogger().handlers if type(h).__name__ == "StreamsHandler"]

    def odd(record: logging.LogRecord) -> bool:
        if record.msg == "raise":
            raise RuntimeError
        if record.msg == "log":
            logging.getLogger("inner").info("from within")
        return True

    ours.addFilter(odd)
    for message in ("raise", "log", "m"):
        intentlog.get_logger("x").info(message)
        logging.getLogger("x").info(message)
    ours.removeFilter(odd)

    messages = [line["message"] for line in lines("app.log")]
    assert [m for m in messages if m != "lines_lost"] == [*(["from within", "log"] * 2), "m", "m"]


def test_data_named_like_a_record(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """``extra={"name": …}`` raises in the standard library; here it is data, as by the others."""
    data = {"name": "ada", "args": [1], "message": "m", "module": "x", "created": 5, "msg": 1}
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logging.getLogger("x").info("m", extra=data)
    intentlog.get_logger("x").info("m", **data)

    first, second = lines("app.log")
    assert first["extra"] == second["extra"] == data
