"""``diagnose`` on CloudWatch Logs: the same questions, answered by the service's own filter."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.server import Sandbox

CONTRACT = """
service   = "asked"
namespace = "Asked"
[record]
fields   = ["timestamp", "level", "category", "logger", "message"]
optional = ["user_id"]
[streams.all]
file      = "all.log"
log_group = "/asked/all"
"""


@pytest.fixture
def contract(tmp_path: Path, sandbox: Sandbox) -> Path:
    """A contract and its log group, with three lines of this minute."""
    path = tmp_path / "asked.toml"
    path.write_text(CONTRACT)
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="/asked/all")
    logs.create_log_stream(logGroupName="/asked/all", logStreamName="one")
    now = int(time.time() * 1000)
    lines = [
        {"level": "INFO", "message": "Started", "user_id": 42},
        {"level": "ERROR", "message": "Failed", "user_id": 42},
        {"level": "ERROR", "message": "Failed", "user_id": 7},
    ]
    logs.put_log_events(
        logGroupName="/asked/all",
        logStreamName="one",
        logEvents=[{"timestamp": now, "message": json.dumps(line)} for line in lines],
    )
    return path


def diagnose(sandbox: Sandbox, contract: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the sandbox, as with its exported variables."""
    command = [str(Path(sys.executable).with_name("diagnose")), *arguments]
    return subprocess.run(
        [*command, "--source", "cloudwatch", "--contract", str(contract)],
        env=sandbox.child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_questions_are_answered_by_cloudwatch(sandbox: Sandbox, contract: Path) -> None:
    """Errors, one user, a text; and none."""
    errors = diagnose(sandbox, contract, "logs-errors", "60")
    user = diagnose(sandbox, contract, "logs-user", "42", "60")
    text = diagnose(sandbox, contract, "logs-search", "Star", "60")
    nothing = diagnose(sandbox, contract, "logs-search", "nowhere", "60")

    counts = [len(result.stdout.splitlines()) for result in (errors, user, text, nothing)]
    assert counts == [2, 2, 1, 0]
    assert [result.returncode for result in (errors, user, text, nothing)] == [0, 0, 0, 1]


def test_a_missing_log_group_is_a_backend_error(sandbox: Sandbox, tmp_path: Path) -> None:
    """Exit code 3, and what CloudWatch said."""
    path = tmp_path / "other.toml"
    path.write_text(CONTRACT.replace("/asked/all", "/asked/nothing"))

    result = diagnose(sandbox, path, "logs", "60")

    assert result.returncode == 3
    assert "The specified log group does not exist" in result.stderr
    assert "Traceback" not in result.stderr
