"""Ctrl-C, and other signals that end a process, while it begins and while files are asked."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
DIAGNOSE, INTENTLOG = map(Path(sys.executable).with_name, ("diagnose", "intentlog"))
# Every line with every other one: it would take minutes.
ENDLESS = (
    'filter n >= 0 | join type=inner left=l right=r where l.level=r.level (SOURCE "other") '
    "| stats count_distinct(l.n)"
)


@contextmanager
def running(command: list[str | Path], **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command; whatever comes of the test, it does not go on."""
    environment = os.environ | variables
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("after", [0, 1], ids=["as it begins", "while it works"])
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP"],
)
def test_a_signal_ends_a_question_at_once_and_leaves_nothing(
    tmp_path: Path, number: int, code: int, after: int
) -> None:
    """DuckDB is stopped, its directory is gone, and nobody gets a traceback."""
    lines, temporary = tmp_path / "app.log", tmp_path / "temporary"
    lines.write_text(
        "".join(json.dumps({"level": "INFO", "n": n}) + "\n" for n in range(100_000)),
    )
    temporary.mkdir()
    question: list[str | Path] = [
        INTENTLOG,
        "query",
        "run",
        ENDLESS,
        "--file",
        lines,
        "--contract",
        CONTRACT,
    ]
    with running(question, TMPDIR=str(temporary)) as process:
        assert process.stderr is not None
        told = process.stderr.readline()  # it has begun
        while not list(temporary.glob("intentlog-*")):
            assert process.poll() is None, told + process.stderr.read()
            time.sleep(0.01)
        time.sleep(after)
        process.send_signal(number)
        said = process.communicate(timeout=30)[1]

    assert process.returncode == code
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []


def test_a_signal_that_is_to_be_ignored_is(tmp_path: Path) -> None:
    """As with nohup: the question goes on when the terminal is closed."""
    lines = tmp_path / "app.log"
    lines.write_text('{"level":"INFO"}\n')
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from intentlog.cli import diagnose, start\n"
        "real = diagnose.main\n"
        "diagnose.main = lambda: (os.kill(os.getpid(), signal.SIGHUP), real())\n"
        "start.diagnose()\n"
    )
    question = f"query|stats count(*) as n|--file|{lines}|--contract|{CONTRACT}|--jsonl".split("|")
    result = subprocess.run(
        [sys.executable, "-c", program, *question], capture_output=True, text=True, check=True
    )

    assert json.loads(result.stdout) == {"n": "1"}


def test_ctrl_c_while_it_still_imports_says_nothing(tmp_path: Path) -> None:
    """The first thing that is imported is waited for; it would be a traceback of Python's."""
    begun = tmp_path / "begun"
    (tmp_path / "typer.py").write_text(
        f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)\n"
    )
    with running([DIAGNOSE, "logs"], PYTHONPATH=str(tmp_path)) as process:
        while not begun.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]

    assert process.returncode == -signal.SIGINT  # which a shell calls 130
    assert said == ""
