"""Real disks that are full, read-only, gone or no disks at all; descriptors that run out."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = str(ROOT / "contracts" / "drawing-agent.toml")
Lines = Callable[[str], list[dict[str, Any]]]
HEAD = f"""
import errno, os, resource, shutil, signal, socket, sys, time
import intentlog
there = sys.argv[1]
def begin(**options):
    intentlog.init_logging({CONTRACT!r}, **{{"log_dir": there, "console": "off", **options}})
log = intentlog.get_logger("code_monet.auth")
def later():  # the file is looked for anew once a second
    time.sleep(1.05)
"""


def run(there: Path, code: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a program that logs to a directory; it ends well whatever happens to its lines."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, str(there)],
        check=False,
        text=True,
        timeout=60,
        **{"capture_output": True, **options},
    )
    assert done.returncode == 0, done.stderr
    return done


def split(file: Path) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Return the records of a file, and the pieces of lines between them."""
    records, pieces = [], []
    for line in file.read_bytes().split(b"\n")[:-1]:
        try:
            records.append(json.loads(line))
        except ValueError:
            pieces.append(line)
    return records, pieces


def test_limit_of_a_file(tmp_path: Path) -> None:
    """What does not fit is counted and told; the next line that fits is whole, and says it."""
    done = run(
        tmp_path,
        """
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
begin()
for n in range(300): log.info("m", n=n)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.info("room again")
log.info("and on")
""",
    )

    records, pieces = split(tmp_path / "app.log")
    numbers = [record["extra"]["n"] for record in records if record["message"] == "m"]
    assert numbers == list(range(len(numbers)))
    assert len(pieces) == 1
    assert [record["message"] for record in records[-3:]] == ["room again", "lines_lost", "and on"]
    assert records[-2]["extra"] == {
        "lost": 300 - len(numbers),
        "reasons": {"File too large": 300 - len(numbers)},
    }
    assert done.stderr == "intentlog: 1 writes lost so far, the last one: File too large\n"


def test_process_that_knows_nothing_of_it_is_not_spoiled(tmp_path: Path) -> None:
    """Another process, which has not seen the disk full, appends a line of its own."""
    run(
        tmp_path,
        """
begin()
log.info("before")
child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, resource.RLIM_INFINITY))
    log.info("torn", text="x" * 100)
    os._exit(0)
os.waitpid(child, 0)
log.info("after")
""",
    )

    records, pieces = split(tmp_path / "app.log")
    assert [record["message"] for record in records] == ["before", "after"]
    assert len(pieces) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("who runs the tests may not mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk(small_disk: Path) -> None:
    """ENOSPC in the middle of a line: the rest of the process goes on, and the file is mended."""
    done = run(
        small_disk,
        """
with open(os.path.join(there, "ballast"), "wb") as ballast: ballast.write(b"x" * 20_000)
begin()
for n in range(600): log.info("m", n=n, text="x" * 100)
os.unlink(os.path.join(there, "ballast"))
log.info("room again")
""",
    )

    records, pieces = split(small_disk / "app.log")
    kept = [record for record in records if record["message"] == "m"]
    assert len(pieces) <= 1
    assert [record["message"] for record in records[-2:]] == ["room again", "lines_lost"]
    assert records[-1]["extra"]["lost"] == 600 - len(kept)
    assert done.stderr == "intentlog: 1 writes lost so far, the last one: No space left on device\n"


def test_device_that_is_always_full(tmp_path: Path, lines: Lines) -> None:
    """One file on a full device costs the other nothing."""
    (tmp_path / "error.log").symlink_to("/dev/full")
    done = run(tmp_path, "begin()\nfor n in range(50): log.error('m', n=n)\n")

    told = [record["message"] for record in lines("app.log")]
    assert told.count("m") == 50
    assert done.stderr.count("\n") == 1


def test_directory_of_somebody_else(tmp_path: Path) -> None:
    """Without the right to write, nothing is raised; once there is one, lines are written."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o755)
    os.chown(closed, 0, 0) if os.getuid() == 0 else closed.chmod(0o555)
    drop = "os.setgid(65534); os.setuid(65534)" if os.getuid() == 0 else ""
    tmp_path.chmod(0o755)
    done = run(closed, f"begin()\n{drop}\nlog.error('m')\nlog.info('m')\n")

    assert list(closed.iterdir()) == []
    assert done.stderr == "intentlog: 1 writes lost so far, the last one: Permission denied\n"


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        ("os.unlink(file)", ["second", "third"]),
        ("shutil.rmtree(there)", ["second", "third"]),
        ("os.rename(file, file + '.1')", ["second", "third"]),
        ("os.closerange(3, 100)", ["first", "second", "third"]),
        ("os.unlink(file); os.mkdir(file); later(); log.info('x'); os.rmdir(file)", None),
    ],
    ids=["file deleted", "directory deleted", "renamed", "descriptors closed", "a directory"],
)
def test_file_that_is_gone(tmp_path: Path, code: str, messages: list[str] | None) -> None:
    """A second later at the latest, it is there again."""
    there = tmp_path / "logs"
    run(
        there,
        f"""
begin()
file = os.path.join(there, "app.log")
log.info("first")
{code}
later()
log.info("second")
log.info("third")
""",
    )

    records, pieces = split(there / "app.log")
    assert pieces == []
    told = [record["message"] for record in records]
    assert told == (messages or ["second", "lines_lost", "third"])


def test_descriptor_of_somebody_else_stays_open(tmp_path: Path) -> None:
    """When all were closed and their numbers given anew, ours is not closed in another's hands."""
    run(
        tmp_path,
        """
begin()
log.info("first")
os.closerange(3, 100)
mine, other = socket.socketpair()
later()
log.info("second")
assert mine.send(b"x") == 1 and other.recv(10) == b"x"
""",
    )

    assert len(split(tmp_path / "app.log")[0]) == 2


def test_no_descriptor_left(tmp_path: Path) -> None:
    """EMFILE: a renamed file is written to for as long as no other can be opened."""
    run(
        tmp_path,
        """
begin()
file = os.path.join(there, "app.log")
log.info("first")
os.rename(file, file + ".1")
resource.setrlimit(resource.RLIMIT_NOFILE, (0, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
later()
log.info("second")
resource.setrlimit(resource.RLIMIT_NOFILE, (100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
later()
log.info("third")
""",
    )

    renamed = [record["message"] for record in split(tmp_path / "app.log.1")[0]]
    assert renamed == ["first", "second"]
    assert [record["message"] for record in split(tmp_path / "app.log")[0]] == ["third"]


def test_signals_interrupt_no_line(tmp_path: Path, lines: Lines) -> None:
    """A handler that logs itself, a thousand times a second, costs no line."""
    run(
        tmp_path,
        """
begin()
ticks = 0
def tick(*_):
    global ticks
    ticks += 1
    log.info("tick", n=ticks)
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for n in range(3000): log.info("m", n=n, text="x" * 500)
signal.setitimer(signal.ITIMER_REAL, 0)
log.info("end", ticks=ticks)
""",
    )

    records = lines("app.log")
    numbers = [record["extra"]["n"] for record in records if record["message"] == "m"]
    ticks = sorted(record["extra"]["n"] for record in records if record["message"] == "tick")
    assert numbers == list(range(3000))
    assert ticks == list(range(1, records[-1]["extra"]["ticks"] + 1))
