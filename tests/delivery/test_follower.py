"""Files that are written, renamed, compressed, copied, cut off, deleted: a line is read once."""

import gzip
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from intentlog.delivery import follower as follower_module
from intentlog.delivery.followed_file import CHUNK_BYTES, Line
from intentlog.delivery.follower import Follower
from intentlog.delivery.state import StreamState
from intentlog.delivery.stream_files import HEAD_BYTES, stream_files


class Reader:
    """A follower, and who delivers what it reads, or is killed before.

    Attributes:
        delivered: The lines that were delivered, in their order.
        state: What the follower knows.
    """

    def __init__(self, path: Path) -> None:
        self.delivered: list[bytes] = []
        self._path = path
        self._saved = msgspec.json.encode(StreamState())
        self._begin()

    def read(self, most: int = 1_000_000) -> None:
        """Read lines, so many at most: the rest is for another batch."""
        for number, line in enumerate(self.follower.read(), start=1):
            self._read.append(line)
            if number >= most:
                break

    def commit(self) -> None:
        """Deliver what was read, and save how far that is."""
        for line in self._read:
            line.cursor.offset = line.end
            self.delivered.append(line.text)
        self._read.clear()
        self._saved = msgspec.json.encode(self.state)

    def restart(self) -> None:
        """Forget what is not saved, as a process that is killed does."""
        self.follower.close()
        self._begin()

    def settle(self) -> None:
        """Deliver all that there is, and notice what has gone."""
        for _ in range(8):
            self.follower.look()
            self.read()
            self.commit()

    def _begin(self) -> None:
        self.state = msgspec.json.decode(self._saved, type=StreamState)
        self.follower = Follower(self._path, self.state)
        self._read: list[Line] = []


def lines_of(path: Path) -> list[bytes]:
    """Return a file's lines, its compression taken off."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).split(b"\n")[:-1]


def shift(path: Path) -> None:
    """Make room for ``app.log.1``: each rotated file's number grows by one."""
    for file in stream_files(path):
        if not file.active:
            name, number, *suffix = file.path.name.removeprefix("app.").split(".")
            file.path.rename(path.with_name(".".join(["app", name, str(int(number) + 1), *suffix])))


def compress(path: Path) -> None:
    """Compress a file as ``gzip`` does: both are there for a while."""
    with path.open("rb") as source, gzip.open(f"{path}.gz", "wb") as file:
        shutil.copyfileobj(source, file)
    path.unlink()


class Files(RuleBasedStateMachine):
    """Whatever happens to the files in whatever order, a line is delivered once or destroyed."""

    @initialize()
    def begin(self) -> None:
        """Begin with nothing."""
        self.directory = Path(tempfile.mkdtemp(prefix="follower-"))
        self.path = self.directory / "app.log"
        self.reader = Reader(self.path)
        self.written: list[bytes] = []
        self.unread: set[bytes] = set()  # destroyed when it was not delivered
        self.looked: set[bytes] = set()  # what was there when the follower looked
        self.known: set[bytes] = set()  # the same, and saved

    def teardown(self) -> None:
        """Deliver all that is left, and compare."""
        if hasattr(self, "directory"):
            self.reader.settle()
            self.reader.follower.close()
            shutil.rmtree(self.directory)
            self.compare()

    def compare(self) -> None:
        """Each line was delivered once, or destroyed by others and counted."""
        counts = Counter(self.reader.delivered)
        missing = [line for line in self.written if line not in counts]
        assert {line: count for line, count in counts.items() if count > 1} == {}
        assert set(counts) <= set(self.written)
        assert [line for line in missing if line not in self.unread] == []
        destroyed = self.reader.state.destroyed_bytes
        assert destroyed <= sum(len(line) + 1 for line in missing)
        assert destroyed >= sum(len(line) + 1 for line in missing if line in self.known)

    def append(self, path: Path, lines: int, length: int) -> None:
        """Append lines, each another one."""
        with path.open("ab") as file:
            for _ in range(lines):
                line = b"%d %s" % (len(self.written), b"x" * length)
                self.written.append(line)
                file.write(line + b"\n")

    def files(self) -> list[Path]:
        """Return the files there are, the oldest first."""
        return [file.path for file in stream_files(self.path)]

    def plain(self) -> list[Path]:
        """Return those that were rotated and are not compressed."""
        return [p for p in self.files() if p != self.path and p.suffix != ".gz"]

    def destroy(self, lines: list[bytes]) -> None:
        """Note what is being destroyed."""
        self.unread |= set(lines) - set(self.reader.delivered)

    @rule(lines=st.integers(1, 5), length=st.sampled_from([1, 30, 700]))
    def write(self, lines: int, length: int) -> None:
        """Write to the file that is written."""
        self.append(self.path, lines, length)

    @rule()
    def rotate(self) -> None:
        """Rename, as logrotate does and the process itself."""
        if self.path.exists():
            shift(self.path)
            self.path.rename(self.directory / "app.log.1")

    @rule()
    def create(self) -> None:
        """Make the file anew, empty, as ``create`` does."""
        self.path.touch()

    @precondition(lambda self: self.plain())
    @rule(length=st.sampled_from([1, 700]))
    def write_late(self, length: int) -> None:
        """Write to a file that was renamed, as a process does that has not noticed yet."""
        self.append(self.plain()[-1], 1, length)

    @precondition(lambda self: self.plain())
    @rule()
    def compress(self) -> None:
        """Compress the oldest file that is not."""
        compress(self.plain()[0])

    @rule()
    def copytruncate(self) -> None:
        """Copy, then cut off, as ``copytruncate`` does; nobody writes meanwhile."""
        if self.path.exists():
            shift(self.path)
            shutil.copy(self.path, self.directory / "app.log.1")
            os.truncate(self.path, 0)

    @rule()
    def copy(self) -> None:
        """Look while the copy is there and the file is not cut off yet."""
        if self.path.exists():
            shift(self.path)
            shutil.copy(self.path, self.directory / "app.log.1")
            self.reader.follower.look()
            os.truncate(self.path, 0)

    @rule()
    def truncate(self) -> None:
        """Cut off all that was written."""
        if self.path.exists():
            self.destroy(lines_of(self.path))
            os.truncate(self.path, 0)

    @precondition(lambda self: self.path.exists() and self.path.stat().st_size > 2 * HEAD_BYTES)
    @rule()
    def cut(self) -> None:
        """Cut off the last line; that is seen and saved before as much is written again."""
        lines = lines_of(self.path)
        if self.path.stat().st_size - len(lines[-1]) > HEAD_BYTES:
            self.destroy(lines[-1:])
            os.truncate(self.path, self.path.stat().st_size - len(lines[-1]) - 1)
            self.look()
            self.commit()

    @precondition(lambda self: self.files())
    @rule()
    def delete(self) -> None:
        """Delete the oldest file."""
        oldest = self.files()[0]
        self.destroy(lines_of(oldest))
        oldest.unlink()

    @rule()
    def look(self) -> None:
        """Look at the directory."""
        self.reader.follower.look()
        for path in self.files():
            self.looked |= set(lines_of(path))

    @rule(most=st.sampled_from([1, 3, 1_000_000]))
    def read(self, most: int) -> None:
        """Read, perhaps not all."""
        self.reader.read(most)

    @rule()
    def commit(self) -> None:
        """Deliver what was read."""
        self.reader.commit()
        self.known |= self.looked

    @rule()
    def restart(self) -> None:
        """Kill who delivers, and begin again from what was saved."""
        self.reader.restart()
        self.looked = set(self.known)


TestFiles = Files.TestCase
TestFiles.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the file that is written."""
    return tmp_path / "app.log"


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    """Return what follows the file."""
    following = Reader(path)
    yield following
    following.follower.close()


def test_a_file_that_a_listing_lacks_is_not_forgotten(
    path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory listed while a file in it is renamed may lack that file."""
    path.write_bytes(b"1\n")
    reader.settle()
    monkeypatch.setattr(follower_module, "stream_files", lambda _: [])
    reader.follower.look()
    monkeypatch.undo()
    reader.settle()

    assert reader.delivered == [b"1"]
    assert reader.state.destroyed_bytes == 0


def test_a_line_is_read_when_it_is_whole(path: Path, reader: Reader) -> None:
    """What is being written, or was torn off, waits for its end."""
    path.write_bytes(b"1\n2")
    reader.settle()
    assert reader.delivered == [b"1"]

    with path.open("ab") as file:
        file.write(b"2\n")
    reader.settle()

    assert reader.delivered == [b"1", b"22"]


def test_the_torn_end_of_a_rotated_file_is_read_in_the_end(path: Path, reader: Reader) -> None:
    """After a minute of quiet, nobody will write the rest of it."""
    path.write_bytes(b"1\n2")
    path.rename(path.with_name("app.log.1"))
    path.write_bytes(b"3\n")
    for _ in range(60):
        reader.follower.look()
        reader.read()
    reader.commit()
    assert reader.delivered == [b"1", b"3"]

    reader.settle()

    assert reader.delivered == [b"1", b"3", b"2"]


def test_a_file_cut_off_between_two_looks_gives_no_pieces(path: Path, reader: Reader) -> None:
    """As long again as before, its content is another: it is read from its beginning."""
    path.write_bytes(b"aaaa 1\n")
    reader.settle()
    os.truncate(path, 0)
    path.write_bytes(b"b 1\nbb 2\nbbb 3\n")
    reader.read()
    reader.settle()

    assert reader.delivered == [b"aaaa 1", b"b 1", b"bb 2", b"bbb 3"]


def test_a_line_longer_than_any_event_comes_in_pieces(path: Path, reader: Reader) -> None:
    """It does not have to fit into memory."""
    path.write_bytes(b"x" * (CHUNK_BYTES * 2 + 5) + b"\n1\n")
    reader.settle()

    assert [len(line) for line in reader.delivered] == [CHUNK_BYTES, CHUNK_BYTES, 5, 1]


def test_a_spoilt_file_is_told_and_keeps_no_other_back(path: Path, reader: Reader) -> None:
    """What of it can be read is; it is not read again and again."""
    good = gzip.compress(
        b"".join(b"%d %s\n" % (n, os.urandom(50).hex().encode()) for n in range(9))
    )
    path.with_name("app.log.1.gz").write_bytes(good[: len(good) // 2] + b"\0" * 40)
    path.write_bytes(b"1\n")
    reader.settle()

    assert b"1" in reader.delivered
    assert reader.follower.problem.startswith("app.log.1.gz: ")


@pytest.mark.parametrize("name", ["app.log", "app.log.1", "app.log.1.gz"])
def test_what_is_no_regular_file_is_told_and_not_waited_for(
    path: Path, reader: Reader, name: str
) -> None:
    """A pipe would be waited for until somebody writes to it."""
    path.with_name("app.log.2").write_bytes(b"1\n")
    os.mkfifo(path.with_name(name))
    reader.settle()

    assert reader.delivered == [b"1"]
    assert reader.follower.problem == f"{name}: [Errno 22] is no regular file"


def bytes_read() -> int:
    """Return how many bytes this process has read by system calls."""
    return int(Path("/proc/self/io").read_text().split()[1])


def test_a_compressed_file_is_decompressed_once(path: Path, reader: Reader) -> None:
    """However many batches it takes to deliver it."""
    lines = [b"%d %s" % (number, os.urandom(500).hex().encode()) for number in range(5000)]
    packed = path.with_name("app.log.1.gz")
    packed.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    before = bytes_read()
    reader.follower.look()
    for _ in range(51):
        reader.read(100)
        reader.commit()

    assert reader.delivered == lines
    assert bytes_read() - before < 2 * packed.stat().st_size


def test_files_are_read_in_the_order_in_which_they_were_written(path: Path, reader: Reader) -> None:
    """The oldest first, however it is named, the one that is written last."""
    for name, age in [("app.log-20261101", 9), ("app.log-20261102.gz", 8)]:
        file = path.with_name(name)
        file.write_bytes(gzip.compress(b"%d\n" % age) if file.suffix == ".gz" else b"%d\n" % age)
        os.utime(file, (1000 - age, 1000 - age))
    path.with_name("app.log.10.gz").write_bytes(gzip.compress(b"7\n"))
    path.with_name("app.log.2").write_bytes(b"6\n")
    path.with_name("app.log.1").write_bytes(b"5\n")
    path.write_bytes(b"4\n")
    path.with_name("app.log.rejected").write_bytes(b"no\n")
    path.with_name("app.log.1.bak").write_bytes(b"no\n")
    reader.settle()

    assert reader.delivered == [b"9", b"8", b"7", b"6", b"5", b"4"]
