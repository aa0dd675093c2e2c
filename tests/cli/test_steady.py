"""Questions to files that are rotated while they are asked."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intentlog.cli.steady import steady
from intentlog.errors import BackendError
from intentlog.query.sources import SourceError
from intentlog.query.table import Row, Table

CONTRACT = Path(__file__).parents[2] / "contracts" / "drawing-agent.toml"
DIAGNOSE = Path(sys.executable).with_name("diagnose")


class _Log:
    """A log of two lines that is rotated between two opens, as often as is wished."""

    def __init__(self, folder: Path, rotations: int) -> None:
        self._folder = folder
        self._left = rotations
        (folder / "app.log").write_text("new\n")
        (folder / "app.log.1").write_text("old\n")

    def list_files(self) -> list[Path]:
        return sorted(self._folder.iterdir())

    def ask(self, files: Sequence[Path]) -> Table:
        rows: list[Row] = []
        for file in files:
            if not file.exists():
                raise SourceError(f"{file}: no such file")
            rows += [(line,) for line in file.read_text().splitlines()]
            self._rotate()
        return Table(("line",), rows)

    def _rotate(self) -> None:
        if self._left:
            self._left -= 1
            for path in sorted(self._folder.iterdir(), reverse=True):
                number = int(path.suffix[1:]) if path.suffix != ".log" else 0
                path.rename(self._folder / f"app.log.{number + 1}")
            (self._folder / "app.log").touch()


def test_a_rotation_between_two_files_loses_no_line(tmp_path: Path) -> None:
    """A file that was read under one name and again under the next is not answered twice."""
    log = _Log(tmp_path, rotations=1)
    assert steady(log.list_files, log.ask).rows == [("new",), ("old",)]


def test_what_fails_as_a_file_was_renamed_is_asked_again(tmp_path: Path) -> None:
    """A file that is gone under its name is there under another."""
    log = _Log(tmp_path, rotations=1)

    def ask(files: Sequence[Path]) -> Table:
        before = log.ask(files)
        if files != log.list_files():
            raise SourceError("no such file")
        return before

    assert steady(log.list_files, ask).rows == [("new",), ("old",)]


def test_a_fault_without_a_rotation_is_told_at_once(tmp_path: Path) -> None:
    """Nothing is asked twice where files stay as they are."""
    log = _Log(tmp_path, rotations=0)
    asked = []

    def ask(files: Sequence[Path]) -> Table:
        asked.append(files)
        raise SourceError("damaged")

    with pytest.raises(SourceError, match="damaged"):
        steady(log.list_files, ask)
    assert len(asked) == 1


def test_files_that_never_stay_are_no_answer(tmp_path: Path) -> None:
    """A wrong number is worse than none."""
    log = _Log(tmp_path, rotations=1000)
    with pytest.raises(BackendError, match="were rotated while they were read, 5 times; ask again"):
        steady(log.list_files, log.ask)


@pytest.mark.slow
def test_files_that_rotate_all_the_time_are_counted_right_or_not_at_all(tmp_path: Path) -> None:
    """Each line once, whatever becomes of its file's name meanwhile."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
    for number, name in enumerate(["app.log", *(f"app.log.{n}" for n in range(1, 8))]):
        lines = range(number * 1000, (number + 1) * 1000)
        line = f'{{"timestamp":"{now}","n":%d}}\n'
        (tmp_path / name).write_text("".join(line % n for n in lines))

    def rotate() -> None:
        for _ in range(40):
            for number in range(7, -1, -1):
                name = f"app.log.{number}" if number else "app.log"
                (tmp_path / name).rename(tmp_path / f"app.log.{number + 1}")
            (tmp_path / "app.log.8").rename(tmp_path / "app.log")
            time.sleep(0.1)

    def ask() -> subprocess.CompletedProcess[str]:
        question = ["query", "stats count(*) as n, count_distinct(n) as different", "--jsonl"]
        place = ["--log-dir", str(tmp_path), "--contract", str(CONTRACT), "--since", "1d"]
        return subprocess.run(
            [DIAGNOSE, *question, *place], capture_output=True, text=True, check=False
        )

    rotating = threading.Thread(target=rotate)
    rotating.start()
    asked = [ask()]
    while rotating.is_alive():
        asked.append(ask())

    assert ask().returncode == 0
    for answer in asked:
        if answer.returncode:
            assert "the files were rotated while they were read, 5 times" in answer.stderr
        else:
            assert json.loads(answer.stdout) == {"n": "8000", "different": "8000"}
