"""Files that their processes rotate themselves: no line lost, the disk's use bounded."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from intentlog.contract import Rotation
from intentlog.delivery.files import FileSink
from intentlog.delivery.rotation import Rotator
from intentlog.delivery.stream_files import stream_files

_WRITER = """
import sys, time
from pathlib import Path
from intentlog.contract import Rotation
from intentlog.delivery.files import FileSink
from intentlog.delivery.rotation import Rotator

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
rotator = Rotator(path, Rotation(by="process", max_megabytes=1, keep=50))
sink = FileSink(path, rotator=rotator)
for number in range(count):
    sink.write({}, b"%s %d %s\\n" % (name.encode(), number, b"x" * 300))
"""

_NOISE = """
import os, sys, time
from pathlib import Path
from intentlog.contract import Rotation
from intentlog.delivery.files import FileSink
from intentlog.delivery.rotation import Rotator

path = Path(sys.argv[1])
sink = FileSink(path, rotator=Rotator(path, Rotation(by="process", max_megabytes=5, keep=4)))
end = time.monotonic() + 5
while time.monotonic() < end:
    sink.write({}, os.urandom(50_000).replace(b"\\n", b" ") + b"\\n")
    time.sleep(0.001)
"""


def lines_of(path: Path) -> list[bytes]:
    """Return a file's lines, its compression taken off; each of them is whole."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    assert content.endswith(b"\n")
    return content.split(b"\n")[:-1]


def sink_of(path: Path, *, keep: int = 3, compress: bool = False) -> FileSink:
    """Return what writes a file that is rotated at a megabyte."""
    rotation = Rotation(by="process", max_megabytes=1, keep=keep, compress=compress)
    return FileSink(path, rotator=Rotator(path, rotation))


def test_a_file_is_rotated_at_its_size(tmp_path: Path) -> None:
    """Numbered from the youngest; no more are kept than the contract says."""
    path = tmp_path / "app.log"
    sink = sink_of(path)
    for number in range(5):
        sink.write({}, b"%d" % number + b"x" * 999_999 + b"\n")
    sink.write({}, b"5\n")
    sink.close()

    found = {file.path.name: lines_of(file.path)[0][:1] for file in stream_files(path)}
    assert found == {"app.log": b"5", "app.log.1": b"4", "app.log.2": b"3", "app.log.3": b"2"}


@pytest.mark.slow
def test_four_processes_rotate_one_file_and_lose_nothing(tmp_path: Path) -> None:
    """Each line is there once, and whole."""
    path = tmp_path / "app.log"
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, path, f"p{number}", "6000"])
        for number in range(4)
    ]
    assert [writer.wait(60) for writer in writers] == [0] * 4

    files = stream_files(path)
    lines = [line for file in files for line in lines_of(file.path)]
    assert len(lines) == len(set(lines)) == 4 * 6000
    for number in range(4):
        mine = [int(line.split()[1]) for line in lines if line.startswith(b"p%d " % number)]
        # A writer notices within a second that its file was renamed: order is that of each file.
        assert sorted(mine) == list(range(6000))
    assert len(files) > 5


def test_a_file_is_removed_when_its_copy_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power cannot be cut here: what is synced is noted, and what was there then."""
    path, rotated = tmp_path / "app.log", tmp_path / "app.log.1"
    packed = tmp_path / "app.log.1.gz"
    synced: dict[int, bool] = {}
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced[os.fstat(descriptor).st_ino] = rotated.exists()
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    sink = sink_of(path, compress=True)
    sink.write({}, b"1" * 1_000_000 + b"\n")
    sink.write({}, b"2\n")
    sink.close()
    deadline = time.monotonic() + 30
    while not packed.exists() or rotated.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)

    assert synced == {packed.stat().st_ino: True, tmp_path.stat().st_ino: True}


def test_what_was_rotated_is_compressed_in_the_background(tmp_path: Path) -> None:
    """Its time is kept, and nothing but the compressed file is left."""
    path = tmp_path / "app.log"
    (tmp_path / ".app.log.gz").write_bytes(b"left by a process that was killed")
    sink = sink_of(path, compress=True)
    sink.write({}, b"1" * 1_000_000 + b"\n")
    before = time.time()
    sink.write({}, b"2\n")
    sink.close()
    deadline = time.monotonic() + 30
    expected = {"app.log", "app.log.1.gz", ".app.log.lock"}
    while {file.name for file in tmp_path.iterdir()} != expected:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    (line,) = lines_of(tmp_path / "app.log.1.gz")
    assert line == b"1" * 1_000_000
    assert (tmp_path / "app.log.1.gz").stat().st_mtime <= before


@pytest.mark.slow
def test_four_processes_compress_one_file_at_a_time(tmp_path: Path) -> None:
    """So that the disk's bound holds for what compresses badly, too."""
    path = tmp_path / "app.log"
    writers = [subprocess.Popen([sys.executable, "-c", _NOISE, path]) for _ in range(4)]
    most = copies = 0
    while any(writer.poll() is None for writer in writers):
        sizes = {file.name: file.stat().st_size for file in _there(tmp_path)}
        most = max(most, sum(sizes.values()))
        copies = max(copies, sum(name.startswith(".") and ".gz" in name for name in sizes))
        time.sleep(0.002)

    assert [writer.returncode for writer in writers] == [0] * 4
    assert copies == 1
    assert most <= (4 + 1 + 1) * (5_000_000 + 4 * 50_001)


def _there(directory: Path) -> Iterator[os.DirEntry[str]]:
    for file in os.scandir(directory):
        with suppress(FileNotFoundError):
            file.stat()  # which the entry keeps
            yield file


def test_a_file_that_somebody_still_writes_is_not_compressed(tmp_path: Path) -> None:
    """Its writer has not noticed yet: a line of its is not lost."""
    path = tmp_path / "app.log"
    late = sink_of(path)
    late.write({}, b"late 1\n")
    sink = sink_of(path, compress=True)
    sink.write({}, b"1" * 1_000_000 + b"\n")
    time.sleep(0.3)  # so long the thread could have compressed it
    late.write({}, b"late 2\n")

    assert lines_of(tmp_path / "app.log.1")[2] == b"late 2"
    late.close()
    sink.close()


def test_a_fork_amid_a_rotation_leaves_no_lock(tmp_path: Path) -> None:
    """The child has the parent's descriptor of the lock; the lock is gone with the parent's."""
    path = tmp_path / "app.log"
    path.write_bytes(b"x" * 1_000_000)
    rotator = Rotator(path, Rotation(by="process", max_megabytes=1, compress=False))
    with rotator._locked():  # noqa: SLF001 -- no other way to be in the midst of it
        child = os.fork()
        if not child:
            time.sleep(30)
            os._exit(0)
    try:
        done = threading.Thread(target=lambda: rotator.rotate(os.open(path, os.O_RDONLY)))
        done.daemon = True
        done.start()
        done.join(10)
        assert not done.is_alive()
        assert (tmp_path / "app.log.1").exists()
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_line_torn_by_a_killed_process_does_not_spoil_the_next(tmp_path: Path) -> None:
    """Whoever opens the file next ends it first."""
    path = tmp_path / "app.log"
    path.write_bytes(b"1\nhal")
    sink = FileSink(path)
    sink.write({}, b"2\n")
    sink.write({}, b"3\n")
    sink.close()

    assert path.read_bytes() == b"1\nhal\n2\n3\n"
