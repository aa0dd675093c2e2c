"""``diagnose`` as somebody on call types it, on local files."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import intentlog

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def log_dir(tmp_path: Path) -> Path:
    """Five lines of the real logger, an old one, and something that is no line."""
    old = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="milliseconds")
    (tmp_path / "app.log").write_text(
        f'{{"timestamp":"{old[:-6]}Z","level":"INFO","category":"system","message":"Long ago"}}\n'
        "not a line\n"
    )
    intentlog.init_logging(CONTRACT, log_dir=tmp_path, console="off")
    auth = logging.getLogger("code_monet.auth.routes")
    with intentlog.bind_context(user_id=42):
        auth.info("Sent a magic link")
        auth.warning("Refused | twice")
    with intentlog.bind_context(user_id="42"):
        logging.getLogger("code_monet.agent").error("Turn failed", extra={"tool": "draw"})
    logging.getLogger("code_monet.http").critical("No disk")
    logging.getLogger("code_monet.http").info("GET /")
    intentlog.shutdown()
    return tmp_path


@pytest.fixture
def diagnose(log_dir: Path) -> Run:
    """Run the command on those files."""

    def run(*arguments: str, contract: Path = CONTRACT) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("diagnose")), *arguments]
        environment = os.environ | {"INTENTLOG_CONTRACT": str(contract)}
        return subprocess.run(
            [*command, "--log-dir", str(log_dir)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def messages(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the message of each line that was printed."""
    return [line.split("  ")[4] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["logs", "30"],
            ["Sent a magic link", "Refused | twice", "Turn failed", "No disk", "GET /"],
        ),
        (["logs", "30", "--limit", "2"], ["No disk", "GET /"]),
        (["logs", "--category", "auth"], ["Sent a magic link", "Refused | twice"]),
        (["logs-errors", "60"], ["Turn failed", "No disk"]),
        (["logs-errors", "60", "--category", "agent"], ["Turn failed"]),
        (["logs-user", "42", "60"], ["Sent a magic link", "Refused | twice", "Turn failed"]),
        (["logs-search", "magic link", "60"], ["Sent a magic link"]),
    ],
)
def test_questions_find_their_lines(
    diagnose: Run, arguments: list[str], expected: list[str]
) -> None:
    """The latest lines that match, oldest first; a user's id may be a number or a text."""
    result = diagnose(*arguments)

    assert (result.returncode, messages(result)) == (0, expected)


def test_markdown_is_a_table(diagnose: Run) -> None:
    """A cell keeps its bars, escaped."""
    result = diagnose("logs-search", "twice", "--md")

    head, rule, row = result.stdout.splitlines()
    assert head.startswith("| timestamp | level | category | logger | message |")
    assert rule.count("---") == 8
    assert "| WARNING | auth | code_monet.auth.routes | Refused \\| twice | 42 |" in row


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["logs-search", "nowhere"], 1, "no line matches"),
        (["logs", "--category", "auht"], 2, '--category: no category "auht"; did you mean "auth"?'),
        (["logs", "soon"], 2, "Invalid value for 'minutes'"),
        (["logs", "0"], 2, "Invalid value for 'minutes'"),
        (["logz"], 2, "logz"),
        (["logs-user"], 2, "Missing argument"),
        (["logs", "--contract", "nowhere.toml"], 2, "nowhere.toml: cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_told(
    diagnose: Run, arguments: list[str], code: int, told: str
) -> None:
    """With the exit code that stands for it, and no traceback."""
    result = diagnose(*arguments)

    assert (result.returncode, result.stdout) == (code, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_record_without_users_is_told(diagnose: Run) -> None:
    """Not every contract has a user_id."""
    result = diagnose("logs-user", "42", contract=ROOT / "contracts" / "chimera.toml")

    assert (result.returncode, result.stderr) == (2, "chimera: record: no line has a user_id\n")


def test_it_runs_as_a_script_too(log_dir: Path) -> None:
    """``python scripts/diagnose.py`` is the same."""
    script = [sys.executable, "scripts/diagnose.py", "logs-errors", "--contract", str(CONTRACT)]
    result = subprocess.run(
        [*script, "--log-dir", str(log_dir)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert messages(result) == ["Turn failed", "No disk"]
