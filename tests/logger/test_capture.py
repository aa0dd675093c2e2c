"""Warnings and exceptions that nobody caught are lines, and do what they did before."""

import asyncio
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract

ROOT = Path(__file__).parents[2]
Lines = Callable[[str], list[dict[str, Any]]]


def run(code: str, directory: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program that logs."""
    contract = str(ROOT / "contracts" / "drawing-agent.toml")
    head = (
        "import intentlog, sys, threading, warnings, gc\n"
        f"intentlog.init_logging({contract!r}, log_dir={str(directory)!r}, console='off')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", head + code],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("raise LookupError('secret token=abc')", {"thread": "MainThread"}),
        (
            (
                "def fail(): raise LookupError('secret token=abc')\n"
                "thread = threading.Thread(target=fail, name='painter')\n"
                "thread.start(); thread.join()"
            ),
            {"thread": "painter"},
        ),
        (
            (
                "class Odd:\n"
                "    def __del__(self): raise LookupError('secret token=abc')\n"
                "odd = Odd(); del odd; gc.collect()"
            ),
            None,
        ),
    ],
    ids=["main", "thread", "unraisable"],
)
def test_uncaught_exception_is_a_line(
    code: str, data: dict[str, str] | None, tmp_path: Path, lines: Lines
) -> None:
    """As data, without secrets; on stderr it is as ever."""
    done = run(code, tmp_path)

    assert "LookupError: secret token=abc" in done.stderr
    (line,) = lines("app.log")
    assert (line["level"], line["category"]) == ("CRITICAL", "system")
    assert line["message"] == "uncaught_exception"
    exception = line["extra"].pop("exception")
    assert (exception["type"], exception["message"]) == ("LookupError", "secret token=[redacted]")
    assert data is None or line["extra"] == data


@pytest.mark.parametrize("code", ["sys.exit(3)", "raise KeyboardInterrupt"])
def test_leaving_is_no_line(code: str, tmp_path: Path, lines: Lines) -> None:
    """Who ends the program, or interrupts it, means it."""
    run(code, tmp_path)

    assert lines("app.log") == []


def test_warning_is_a_line(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Its text is the message, where it comes from is data; filters still decide."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old, ada@example.com", DeprecationWarning, stacklevel=1)
        warnings.simplefilter("ignore")
        warnings.warn("not told", stacklevel=1)

    (line,) = lines("app.log")
    assert (line["level"], line["logger"]) == ("WARNING", "py.warnings")
    assert line["message"] == "old, a***@example.com"
    assert line["extra"]["category"] == "DeprecationWarning"
    assert line["extra"]["file"] == __file__


def test_task_that_nobody_awaits_is_a_line(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Asyncio tells it by its own logger."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")

    async def fail() -> None:
        raise LookupError("no canvas")

    async def main() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.sleep(0)
        del task

    asyncio.run(main())

    (line,) = lines("app.log")
    assert (line["level"], line["logger"]) == ("ERROR", "asyncio")
    assert line["extra"]["exception"]["message"] == "no canvas"


def test_hooks_are_as_before(agent: Contract, tmp_path: Path) -> None:
    """Shutting down gives the hooks back; one that somebody else has taken is theirs."""

    def hooks() -> list[object]:
        return [
            sys.excepthook,
            threading.excepthook,
            sys.unraisablehook,
            warnings.showwarning,
        ]

    before = hooks()
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    assert not any(now is then for now, then in zip(hooks(), before, strict=True))
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    intentlog.shutdown()
    assert hooks() == before

    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    theirs, mine = sys.excepthook, lambda *_: None
    sys.excepthook = mine
    intentlog.shutdown()
    assert sys.excepthook is mine
    sys.excepthook = before[0]  # type: ignore[assignment] # as it was
    assert theirs is not before[0]
