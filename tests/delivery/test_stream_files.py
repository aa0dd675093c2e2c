"""Which files are a stream's, and in which order its lines are in them."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intentlog.delivery.stream_files import stream_files

LINES = b"".join(b"%d %s\n" % (number, os.urandom(8).hex().encode()) for number in range(500))


def names(path: Path) -> list[str]:
    """Return what a stream's files are called, oldest first."""
    return [file.path.name for file in stream_files(path)]


def test_rotated_files(tmp_path: Path) -> None:
    """Dated ones first, then the numbered, then the one that is written; no others."""
    for name in ("app.log", "app.log.1", "app.log.2.gz", "app.log.10", "app.logger", "error.log"):
        (tmp_path / name).touch()
    for day in (13, 14):
        dated = tmp_path / f"app.log-202601{day}"
        dated.touch()
        os.utime(dated, (datetime(2026, 1, day, tzinfo=UTC).timestamp(),) * 2)
    days = ["app.log-20260113", "app.log-20260114"]
    assert names(tmp_path / "app.log") == [
        *days,
        "app.log.10",
        "app.log.2.gz",
        "app.log.1",
        "app.log",
    ]


def test_rotated_files_without_the_file(tmp_path: Path) -> None:
    """Just after a rotation the file itself is not there, and its lines still are."""
    (tmp_path / "app.log.1").touch()
    assert names(tmp_path / "app.log") == ["app.log.1"]


@pytest.mark.parametrize("original", ["app.log.1", "app.log-20260114"])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_compressed_copy_beside_its_original(tmp_path: Path, original: str, share: float) -> None:
    """Whoever compressed is still at it, or was killed: each line is to be read once."""
    packed = gzip.compress(LINES)
    (tmp_path / original).write_bytes(LINES)
    (tmp_path / f"{original}.gz").write_bytes(packed[: int(len(packed) * share)])
    assert names(tmp_path / "app.log") == [original]


@pytest.mark.parametrize("content", [gzip.compress(LINES[::-1]), b"no gzip"])
def test_a_compressed_file_of_other_lines_is_no_copy(tmp_path: Path, content: bytes) -> None:
    """As logrotate leaves them when ``compress`` is taken out of its configuration."""
    (tmp_path / "app.log.1").write_bytes(LINES)
    (tmp_path / "app.log.1.gz").write_bytes(content)
    assert sorted(names(tmp_path / "app.log")) == ["app.log.1", "app.log.1.gz"]
