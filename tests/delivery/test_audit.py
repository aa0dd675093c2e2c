"""The trail of executions: chained whoever writes it, and every tampering found where it is."""

import fcntl
import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intentlog
from intentlog.contract import Contract, Rotation
from intentlog.delivery.audit import FIRST, AuditSink, Head, chained, trail_head, verify
from intentlog.delivery.rotation import Rotator
from intentlog.delivery.stream_files import stream_files

_WRITER = """
import sys
from pathlib import Path
from intentlog.contract import Rotation
from intentlog.delivery.audit import AuditSink
from intentlog.delivery.rotation import Rotator

path = Path(sys.argv[1])
rotation = Rotation(by="process", max_megabytes=1, keep=50, compress=sys.argv[3] == "gzip")
sink = AuditSink(path, rotator=Rotator(path, rotation))
for number in range(int(sys.argv[2])):
    sink.write({}, b'{"number":%d,"pad":"%s"}\\n' % (number, b"x" * 5000))
"""


PIECE = "is a piece of a record: a loss of power cut its write short, or somebody cut it"


def record(number: int) -> bytes:
    """Return a record as the logger hands it on."""
    return json.dumps({"event": "execution_attempt", "number": number}).encode() + b"\n"


def trail(count: int) -> list[bytes]:
    """Return the lines of a trail."""
    lines, head = [], Head()
    for number in range(count):
        line, head = chained(record(number), head)
        lines.append(line)
    return lines


def findings(path: Path, lines: list[bytes], *expected: Head) -> list[tuple[int, str]]:
    """Return what is wrong with lines: where, and what."""
    path.write_bytes(b"".join(lines))
    return [(found.line, found.problem) for found in verify([path], expected=expected)]


def whole_trail(path: Path) -> list[Path]:
    """Return its files, the oldest first."""
    return [file.path for file in stream_files(path)]


def test_a_record_says_what_it_follows(tmp_path: Path) -> None:
    """Number, the hash before, the hash of itself: after what the record says."""
    path = tmp_path / "executions.log"
    sink = AuditSink(path)
    sink.write({}, record(1))
    sink.write({}, record(2))
    sink.close()

    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert list(first) == ["event", "number", "_audit"]
    assert first["_audit"]["seq"] == 1
    assert first["_audit"]["prev"] == FIRST
    assert second["_audit"]["prev"] == first["_audit"]["hash"]
    assert list(verify([path])) == []


@pytest.mark.slow
@pytest.mark.parametrize("compress", ["gzip", "plain"])
def test_processes_write_one_trail_through_rotations(tmp_path: Path, compress: str) -> None:
    """Four of them, killed and begun anew, and the chain goes on over all files."""
    path = tmp_path / "executions.log"
    for _ in range(2):
        writers = [
            subprocess.Popen([sys.executable, "-c", _WRITER, path, "80", compress])
            for _ in range(4)
        ]
        assert [writer.wait(60) for writer in writers] == [0] * 4

    files = whole_trail(path)
    assert len(files) > 2
    assert [str(found) for found in verify(files)] == []
    assert trail_head(path).seq == 640


def test_threads_and_forked_workers_write_one_trail(tmp_path: Path) -> None:
    """Also when a worker is forked amid the parent's writing."""
    path = tmp_path / "executions.log"
    sink = AuditSink(path)

    def write() -> None:
        for number in range(50):
            sink.write({}, record(number))

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            code = 1
            try:
                write()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    for thread in threads:
        thread.join()
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 3
    sink.close()

    assert list(verify([path])) == []
    assert trail_head(path).seq == 300


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda t: [*t[:4], t[4].replace(b"4", b"7", 1), *t[5:]], [(5, "record 5 was changed")]),
        (
            lambda t: [*t[:3], t[4].replace(b"4", b"7", 1), *t[5:]],
            [(4, "record 5 was changed; record 4 is missing")],
        ),
        (
            lambda t: [t[4].replace(b"4", b"7", 1), *t[5:]],
            [(1, "record 5 was changed; records 1 to 4 are missing")],
        ),
        (lambda t: [*t[:4], *t[5:]], [(5, "record 5 is missing")]),
        (lambda t: [*t[:4], *t[7:]], [(5, "records 5 to 7 are missing")]),
        (
            lambda t: [*t[:4], b'{"event":"x"}\n', *t[4:]],
            [(5, "is no record of the trail")],
        ),
        (
            lambda t: [*t[:4], t[1], *t[4:]],
            [
                (5, "record 2 is not in its place: 4 stands before it"),
                (6, "records 3 to 4 are missing"),
            ],
        ),
        (
            lambda t: [*t[:4], t[5], t[4], *t[6:]],
            [
                (5, "record 5 is missing"),
                (6, "record 5 is not in its place: 6 stands before it"),
                (7, "record 6 is missing"),
            ],
        ),
        (
            lambda t: [*t[:4], chained(record(99), Head(4, "0" * 64))[0], *t[5:]],
            [
                (5, "record 5 does not follow the one before it"),
                (6, "record 6 does not follow the one before it"),
            ],
        ),
        (lambda t: [*t[:9], t[9][:40]], [(10, PIECE)]),
        (lambda t: [*t[:4], t[4][:40] + b"\n", *t[5:]], [(5, PIECE), (6, "record 5 is missing")]),
    ],
    ids=[
        "edit",
        "removal before an edit",
        "removals before an edit",
        "removal",
        "removals",
        "insertion",
        "repetition",
        "order",
        "forgery",
        "torn",
        "cut",
    ],
)
def test_tampering_is_found_where_it_is(
    tmp_path: Path,
    tamper: Callable[[list[bytes]], list[bytes]],
    expected: list[tuple[int, str]],
) -> None:
    """Each kind by its line and in words."""
    assert findings(tmp_path / "t.log", tamper(trail(10))) == expected


def test_a_cut_off_end_is_found_by_what_cloudwatch_was_told(tmp_path: Path) -> None:
    """A shorter trail is a valid one: only somebody else knows that it was longer."""
    lines = trail(10)
    (tmp_path / "whole.log").write_bytes(b"".join(lines))
    head = trail_head(tmp_path / "whole.log")

    assert findings(tmp_path / "t.log", lines, head) == []
    assert findings(tmp_path / "t.log", lines[:7]) == []
    assert findings(tmp_path / "t.log", lines[:7], head) == [
        (7, f"record 10 with hash {head.hash[:12]}… is not there")
    ]
    assert findings(tmp_path / "t.log", [], head) == [
        (0, f"record 10 with hash {head.hash[:12]}… is not there")
    ]


def test_a_trail_written_anew_is_found_by_what_cloudwatch_was_told(tmp_path: Path) -> None:
    """Who computes all the hashes again cannot change what was told."""
    lines, head = [], Head()
    for number in range(12):
        line, head = chained(record(number + 100), head)
        lines.append(line)
    (tmp_path / "whole.log").write_bytes(b"".join(trail(10)))
    told = trail_head(tmp_path / "whole.log")

    assert [line for line, _ in findings(tmp_path / "t.log", lines, told)] == [12]


@given(
    at=st.integers(0, 10_000),
    byte=st.integers(0, 255),
)
def test_any_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    """Wherever it is, in its line or the one after it."""
    whole = b"".join(trail(6))
    place = at % len(whole)
    if whole[place] == byte:
        return
    changed = whole[:place] + bytes([byte]) + whole[place + 1 :]
    (tmp_path_factory.getbasetemp() / "whole.log").write_bytes(whole)
    told = trail_head(tmp_path_factory.getbasetemp() / "whole.log")
    line = whole[:place].count(b"\n") + 1
    found = findings(tmp_path_factory.getbasetemp() / "t.log", [changed], told)

    assert any(number in {line, line + 1} for number, _ in found), found


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    """Older files may be gone if that is said, one in between may not."""
    path = tmp_path / "executions.log"
    rotation = Rotation(by="process", max_megabytes=1, keep=9, compress=False)
    sink = AuditSink(path, rotator=Rotator(path, rotation))
    for _ in range(10):
        sink.write({}, b'{"pad":"' + b"x" * 400_000 + b'"}\n')
    sink.close()
    files = whole_trail(path)
    assert len(files) == 4

    assert list(verify(files)) == []
    assert list(verify(files[1:], first=4)) == []
    assert [str(each) for each in verify(files[1:])] == [
        f"{files[1]}:1: records 1 to 3 are missing"
    ]
    (found,) = verify([files[0], *files[2:]])
    assert (found.file, found.line) == (files[2], 1)
    assert found.problem == "records 4 to 6 are missing"


def test_a_record_torn_by_a_loss_of_power_breaks_no_chain(tmp_path: Path) -> None:
    """It was never acknowledged, but whether somebody cut it, nobody can tell: it is a finding."""
    path = tmp_path / "executions.log"
    sink = AuditSink(path)
    sink.write({}, record(1))
    with path.open("ab") as file:
        file.write(record(2)[:20])
    sink.write({}, record(3))
    sink.close()

    assert [(found.line, found.problem) for found in verify([path])] == [(2, PIECE)]
    assert trail_head(path).seq == 2


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from intentlog.delivery.audit import AuditSink

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
sink = AuditSink(Path(sys.argv[1]))
for room in range(3000, 20_000, 1000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        while True:
            sink.write({}, b'{"pad":"%s"}\\n' % (b"x" * 300))
    except OSError:
        pass
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sink.write({}, b'{"last":true}\\n')
"""


def test_a_full_disk_leaves_no_piece_of_a_record(tmp_path: Path) -> None:
    """The room ends within a record, as a limit of the file's size: nothing looks like an edit."""
    path = tmp_path / "executions.log"
    subprocess.run([sys.executable, "-c", _FULL_DISK, path], check=True)

    assert [str(found) for found in verify([path])] == []
    assert json.loads(path.read_text().splitlines()[-1])["last"]
    assert trail_head(path).seq > 30


@pytest.mark.slow
def test_a_record_that_waits_says_for_whom(tmp_path: Path) -> None:
    """A stopped process has the chain's lock: the others wait, and say so after five seconds."""
    path = tmp_path / "executions.log"
    with (tmp_path / ".executions.log.chain").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, path, "1", "plain"], stderr=subprocess.PIPE, text=True
        )
        assert writer.stderr is not None
        told = writer.stderr.readline()
        assert not path.exists()
    _, more = writer.communicate(timeout=30)

    assert f"executions.log: a line has waited 5 s for process {os.getpid()}, which" in told
    assert (writer.returncode, more) == (0, "")
    assert trail_head(path).seq == 1


_LAG = (
    b'{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[[]],'
    b'"Metrics":[{"Name":"DeliveryLag","Unit":"Seconds"}]}]},"intentlog":"delivery-lag",'
    b'"stream":"executions","DeliveryLag":0.4}\n'
)
_HEAD = b'{"intentlog":"audit-head","stream":"executions","seq":3,"hash":"ab"}\n'


def archived(folder: Path, *days: list[bytes]) -> list[Path]:
    """Write each day's lines into an object of its own, as Firehose does."""
    for number, lines in enumerate(days, start=1):
        path = folder / f"day=2026-11-{number:02}" / "object.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(b"".join(lines)))
    return sorted(folder.rglob("*.gz"))


def test_an_archive_has_the_records_in_any_order_and_some_twice(tmp_path: Path) -> None:
    """As they were delivered, among them what the shipper said of itself."""
    lines = trail(8)
    files = archived(tmp_path, [lines[1], lines[0], _LAG, _HEAD], [*lines[4:8], *lines[1:5]])
    end = Head(8, chained_hash(lines[7]))

    assert list(verify(files, in_order=False, expected=[end])) == []
    assert audit("--archive", tmp_path)[:2] == (0, "nothing is wrong: 2 files, of the archive\n")
    assert audit("--archive", *files, "--head", f"8:{end.hash}")[0] == 0
    assert audit(*files)[0] == 1
    assert audit("--archive", tmp_path / "none")[0] == 2


def test_an_archive_shows_what_is_missing_changed_or_not_of_it(tmp_path: Path) -> None:
    """And where it is; also two records of one number."""
    lines = trail(6)
    forged = chained(record(77), Head(4, chained_hash(lines[3])))[0]
    wrong = [lines[0], lines[2].replace(b"2", b"9", 1), b'{"intentlog":"other"}\n']
    first, second = archived(tmp_path, wrong, [lines[3], forged, lines[4], lines[5]])
    found = {str(finding) for finding in verify([first, second], in_order=False)}

    assert {
        f"{first}:3: is no record of the trail",
        f"{first}:2: record 3 was changed; record 2 is missing",
    } < found
    assert any("record 5 is not in its place: 5 stands before it" in text for text in found)
    files = archived(tmp_path / "other", [lines[0], lines[3]])
    assert [str(each) for each in verify(files, in_order=False)] == [
        f"{files[0]}:2: records 2 to 3 are missing"
    ]


def chained_hash(line: bytes) -> str:
    """Return the hash that a record ends with."""
    return str(json.loads(line)["_audit"]["hash"])


def test_a_trail_that_was_made_anew_has_not_the_heads_that_were_told(tmp_path: Path) -> None:
    """Its own chain is whole; the latest head fits what was made after it."""
    path = tmp_path / "executions.log"
    lines = trail(10)
    told = [Head(number, chained_hash(lines[number - 1])) for number in (4, 8)]
    forged, head = lines[:5], Head(5, chained_hash(lines[4]))
    for number in range(6, 11):
        line, head = chained(record(number + 100), head)
        forged.append(line)
    path.write_bytes(b"".join(forged))
    latest = f"{head.seq}:{head.hash}"

    assert list(verify([path], expected=[head])) == []
    problem = f"{path}:10: record 8 with hash {told[1].hash[:12]}… is not there"
    assert [str(each) for each in verify([path], expected=[*told, head])] == [problem]
    both = ("--head", f"8:{told[1].hash}", "--head", latest)
    assert audit(path, *both)[:2] == (1, f"{problem}\n")
    assert audit(path, "--head", latest)[0] == 0


def test_the_loggers_executions_are_chained(tmp_path: Path, bot: Contract) -> None:
    """The contract's stream, through the real logger."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("execution_engine")
    for number in range(5):
        data = {"opportunity_id": str(number), "strategy": "s", "status": "ok"}
        logger.info("execution_attempt", context=data)
        logger.info("something_else")
    intentlog.shutdown()

    path = tmp_path / "executions.log"
    assert trail_head(path).seq == 5
    assert list(verify([path])) == []
    assert "_audit" not in (tmp_path / "chimera.log").read_text()


def test_a_record_is_in_the_trail_when_its_call_returns(tmp_path: Path, bot: Contract) -> None:
    """Also where other lines are queued for a thread."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off", async_writes=True)
    logger = intentlog.get_logger("execution_engine")
    seen = []
    for number in range(50):
        data = {"opportunity_id": str(number), "strategy": "s", "status": "ok"}
        logger.info("execution_attempt", context=data)
        seen.append(trail_head(tmp_path / "executions.log").seq)
    intentlog.shutdown()

    assert seen == list(range(1, 51))


def test_the_command_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    """Exit code 0 for a whole trail, 1 for findings, 2 for wrong input."""
    path = tmp_path / "executions.log"
    lines = trail(5)
    path.with_name("executions.log.1").write_bytes(b"".join(lines[:2]))
    path.write_bytes(b"".join(lines[2:]))
    head = trail_head(path)

    up_to = f"nothing is wrong: 2 files, up to record 5:{head.hash}"
    assert audit(path) == (0, f"{up_to}; whether more followed, --head tells\n", "")
    assert audit(path, command="diagnose") == audit(path)
    assert audit(path, "--head", f"5:{head.hash}") == (0, f"{up_to}\n", "")
    code, output, _ = audit(path, "--head", f"6:{head.hash}")
    assert (code, output) == (1, f"{path}:3: record 6 with hash {head.hash[:12]}… is not there\n")
    assert audit(path, path.with_name("executions.log.1")) == audit(path)  # as a shell sorts them
    packed = path.with_name("executions.log.1.gz")
    packed.write_bytes(gzip.compress(b"".join(lines[:2])))  # by a process that was killed then
    assert audit(path) == audit(path, packed, path.with_name("executions.log.1"))
    assert audit(path)[1].startswith(up_to)
    packed.unlink()
    rotated = path.with_name("executions.log.1").rename(tmp_path / "elsewhere")
    reached = f"from record 3 up to record 5:{head.hash}"
    whole = f"nothing is wrong: 1 file, {reached}; whether more followed, --head tells\n"
    assert audit(path)[:2] == (1, f"{path}:1: records 1 to 2 are missing\n")
    assert audit(path, "--from", "3") == (0, whole, "")
    assert audit(path, "--from", "6")[:2] == (1, f"{path}:3: record 6 is not there\n")
    rotated.rename(path.with_name("executions.log.1"))
    empty = tmp_path / "new.log"
    empty.touch()
    nothing = "1 file, without any record: not begun, or emptied; --head tells which\n"
    assert audit(empty) == (1, nothing, "")
    path.write_bytes(b"".join([lines[2], lines[4]]))
    assert audit(path)[:2] == (1, f"{path}:2: record 4 is missing\n")
    code, _, error = audit(tmp_path / "none.log")
    assert code == 2
    assert "there is no such file" in error
    assert audit(tmp_path)[0] == 2
    assert "is a directory: name the trail's file, or say --archive" in audit(tmp_path)[2]
    code, _, error = audit(path, "--head", "x")
    assert code == 2
    assert "SEQ:HASH" in error


@pytest.mark.parametrize(
    ("spoilt", "problem"),
    [
        (lambda packed: packed[:-10], "cannot be read: Compressed file ended before the end-"),
        (lambda _: b"garbage", "cannot be read: Not a gzipped file (b'ga')"),
        (lambda packed: packed[:12] + b"\0" * 30 + packed[12:], "cannot be read: Error -3 while "),
    ],
    ids=["cut off", "no gzip", "overwritten"],
)
def test_a_compressed_file_that_cannot_be_read_is_a_finding(
    tmp_path: Path, spoilt: Callable[[bytes], bytes], problem: str
) -> None:
    """Not the end of the command: the other files are looked at, too."""
    path, rotated = tmp_path / "executions.log", tmp_path / "executions.log.1.gz"
    lines = trail(5)
    rotated.write_bytes(spoilt(gzip.compress(b"".join(lines[:2]))))
    path.write_bytes(b"".join([lines[2], lines[4]]))
    code, output, error = audit(path)

    assert (code, error) == (1, "")
    assert output.startswith(f"{rotated}:")
    assert problem in output
    assert output.endswith(f"{path}:2: record 4 is missing\n")


def audit(*arguments: str | Path, command: str = "intentlog") -> tuple[int, str, str]:
    """Run ``audit verify``: exit code, standard output, standard error."""
    code = f"from intentlog.cli.{command} import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, "audit", "verify", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr
