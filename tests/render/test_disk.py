"""How much of the disk an application's files take, at most."""

import gzip
from pathlib import Path

import msgspec
import pytest

from intentlog.contract import Contract, Rotation, RotationOverride, load
from intentlog.delivery.files import FileSink
from intentlog.delivery.rotation import Rotator
from intentlog.render.disk import most_bytes

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000


@pytest.fixture
def bot() -> Contract:
    """Chimera's contract: 100 MB a file; 10 are kept of all lines, 50 of executions."""
    return load(ROOT / "contracts" / "chimera.toml")


def test_each_file_counts_as_long_as_it_may_get(bot: Contract) -> None:
    """The one that is written, those that are kept, a copy while one is compressed, the refused."""
    assert most_bytes(bot) == (10 + 1 + 1 + 1 + 50 + 1 + 1 + 1) * 100 * MEGABYTE


def test_what_is_not_compressed_has_no_copy(bot: Contract) -> None:
    """A stream's own rotation counts."""
    streams = {
        name: msgspec.structs.replace(
            stream, rotation=RotationOverride(keep=2, max_megabytes=1, compress=False)
        )
        for name, stream in bot.streams.items()
    }

    assert most_bytes(msgspec.structs.replace(bot, streams=streams)) == 2 * (3 + 1) * MEGABYTE


def test_logrotate_counts_in_other_megabytes() -> None:
    """Its ``100M`` is a hundred times 1,048,576."""
    agent = load(ROOT / "contracts" / "drawing-agent.toml")

    assert most_bytes(agent) == 2 * (7 + 1 + 1) * 100 * 1024 * 1024


def test_the_files_keep_to_it(tmp_path: Path) -> None:
    """However much is written, and although nothing compresses it: all but a line for each file."""
    rotation = Rotation(by="process", max_megabytes=1, keep=2, compress=True)
    path = tmp_path / "app.log"
    sink = FileSink(path, rotator=Rotator(path, rotation))
    line = gzip.compress(bytes(range(256)) * 400, compresslevel=0)[:100_000].replace(b"\n", b" ")
    most = 0
    for _ in range(80):
        sink.write({}, line + b"\n")
        most = max(most, sum(file.stat().st_size for file in tmp_path.iterdir() if file.is_file()))
    sink.close()

    assert most <= (2 + 1 + 1) * (MEGABYTE + len(line) + 1)
    assert most > 2 * MEGABYTE
