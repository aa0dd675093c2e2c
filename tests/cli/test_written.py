"""Files that commands write: a wrong place is told, and nothing that is read is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
MORNING = ROOT / "docs" / "morning.log"
DIGEST = ["intentlog", "digest", "preview", "-", "--to", "slack", "--html"]
READ = ["--file", str(MORNING), "--contract", str(CONTRACT)]
EVENT = """{"AlarmName": "drawing-agent-high-error-rate", "NewStateValue": "ALARM",
  "OldStateValue": "OK", "StateChangeTime": "2026-01-15T10:35:00.000+0000"}"""


def run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project, which says what is wrong in one line."""
    path = Path(sys.executable).with_name(command)
    return subprocess.run(
        [path, *arguments], input=EVENT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        ["diagnose", "report", *READ, "--output"],
        ["diagnose", "export", *READ, "--output"],
        ["intentlog", "preview", *READ, "--output"],
        DIGEST,
    ],
    ids=["report", "export", "preview", "digest"],
)
def test_a_place_that_is_none_is_told_before_anything_is_asked(
    command: list[str], tmp_path: Path
) -> None:
    """No directory, or the directory itself; no traceback, and exit code 2."""
    (tmp_path / "there.csv").mkdir()
    nowhere = run(*command, str(tmp_path / "no" / "where.csv"))
    directory = run(*command, str(tmp_path / "there.csv"))

    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert nowhere.stderr == (
        f"{tmp_path}/no/where.csv: cannot be written: there is no directory {tmp_path}/no\n"
    )
    assert (directory.returncode, directory.stdout) == (2, "")
    assert directory.stderr == (
        f"{tmp_path}/there.csv: cannot be written: it is a directory; name a file in it\n"
    )


@pytest.mark.parametrize(
    "command",
    [["diagnose", "report", *READ], ["intentlog", "preview", *READ]],
    ids=["report", "preview"],
)
def test_a_full_disk_is_told(command: list[str]) -> None:
    """It shows only when the page is written."""
    result = run(*command, "--output", "/dev/full")

    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        "/dev/full: cannot be written: No space left on device"
    )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("command", "what"),
    [("diagnose", "report"), ("diagnose", "export"), ("intentlog", "preview")],
)
def test_what_is_read_is_not_overwritten(command: str, what: str, tmp_path: Path) -> None:
    """Everything is read-only: the lines stay, also where a glob names them."""
    lines = tmp_path / "lines.jsonl"
    lines.write_bytes(MORNING.read_bytes())
    read = ["--file", f"{tmp_path}/*.jsonl", "--contract", str(CONTRACT)]
    result = run(command, what, *read, "--output", str(lines))

    assert result.returncode == 2
    assert "lines.jsonl: is one of the files that are read" in result.stderr
    assert lines.read_bytes() == MORNING.read_bytes()


def test_no_place_for_temporary_files_is_told(tmp_path: Path) -> None:
    """What the system refuses is one line, whatever it is, and exit code 3."""
    program = (
        "import tempfile\n"
        "tempfile.tempdir = '/nonexistent'\n"
        "from intentlog.cli.diagnose import main\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "logs", *READ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 3
    assert "/nonexistent" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
