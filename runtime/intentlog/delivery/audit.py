"""A trail that shows whether it was tampered with: each record is chained to the one before.

A record ends with ``"_audit":{"seq":N,"prev":"…","hash":"…"}``. ``hash`` is the SHA-256 of the
line as it stands, up to and including ``prev`` and its closing quote, in hexadecimal; ``prev`` is
the hash of the record before, so that a change of any record changes all that follow.
"""

import hashlib
import os
import re
import zlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from gzip import GzipFile
from io import BufferedReader
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from .files import FileSink
from .lock import unlock, wait_for_lock
from .rotation import Rotator
from .stream_files import stream_files

FIRST: Final = "0" * 64
"""What the first record of a trail has as the hash before it."""

_LINK: Final = re.compile(
    rb',"_audit":\{"seq":(\d+),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\}$'
)
_OF_SHIPPER: Final = re.compile(
    rb'\{(?:"_aws":\{.*\},)?"intentlog":"(?:delivery-lag|audit-head)",[^{}]*\}$'
)
_NO_RECORD: Final = "is no record of the trail"
_TAIL_BYTES: Final = 300_000  # more than the longest line


class Head(NamedTuple):
    """Where a trail ends.

    Attributes:
        seq: The number of its last record; 0 for a trail without any.
        hash: That record's hash.
    """

    seq: int = 0
    hash: str = FIRST


class _Line(NamedTuple):
    file: Path
    number: int
    text: bytes
    unreadable: str = ""


class Finding(NamedTuple):
    """What is wrong with a trail.

    Attributes:
        file: The file.
        line: The line's number there, from 1.
        problem: What is wrong, for people.
    """

    file: Path
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}"


def chained(line: bytes, head: Head) -> tuple[bytes, Head]:
    """Return a record's line, its newline included, chained to a trail's end; and the new end."""
    link = f',"_audit":{{"seq":{head.seq + 1},"prev":"{head.hash}"'.encode()
    begun = line.rstrip(b"\n")[:-1] + link
    digest = hashlib.sha256(begun).hexdigest()
    return begun + f',"hash":"{digest}"}}}}\n'.encode(), Head(head.seq + 1, digest)


class AuditSink:
    """Appends records to a trail, each chained to the one before, whoever wrote that one.

    A lock on a file beside the trail makes the writers wait for each other: that, and the disk,
    is what a record costs.
    """

    reads_fields = False

    def __init__(self, path: Path, *, rotator: Rotator | None = None) -> None:
        """Take the trail's path, and what rotates it."""
        self._path = path
        # The next record must not follow, in an older file, one that is in the younger already.
        self._file = FileSink(
            path, rotator=rotator, sync_seconds=0, look_seconds=0, takes_back=True
        )
        self._lock = path.with_name(f".{path.name}.chain")
        self._known: tuple[tuple[int, int, int], Head] | None = None

    def write(self, fields: dict[str, object], line: bytes, /) -> None:
        """Append a record, which is on the disk when this returns.

        Raises:
            OSError: It is not.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Opened each time: a lock is of the opened file, which threads and forks would share.
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            wait_for_lock(lock, self._path)
            record, head = chained(line, self._head())
            self._file.write(fields, record)
            end = _identity(self._path)
            self._known = None if end is None else (end, head)
        finally:
            unlock(lock)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _head(self) -> Head:
        if self._known is not None and self._known[0] == _identity(self._path):
            return self._known[1]
        self._file.close()  # opened anew, it is looked at whether its last record is whole
        return trail_head(self._path)


def trail_head(path: Path) -> Head:
    """Return where a trail ends: after the last whole record of the youngest file that has one.

    Raises:
        OSError: A file of it cannot be read.
    """
    for file in reversed(stream_files(path)):
        with _opened(file.path) as reader:
            if not file.compressed:
                reader.seek(max(0, file.size - _TAIL_BYTES))
            links = [link for line in reader if (link := _LINK.search(line.rstrip(b"\n")))]
        if links:
            return Head(int(links[-1][1]), links[-1][3].decode())
    return Head()


def first_number(files: list[Path]) -> int:
    """Return the number of the first record in a trail's files; 0 if there is none."""
    links = (_LINK.search(line.text) for file in files for line in _lines(file))
    return next((int(link[1]) for link in links if link), 0)


def verify(
    files: list[Path], *, expected: Collection[Head] = (), first: int = 1, in_order: bool = True
) -> Iterator[Finding]:
    """Yield what is wrong with a trail: edits, removals, insertions, another order, a cut-off end.

    Args:
        files: Its files, oldest first; compressed ones end with ``.gz``.
        expected: Heads that it must have, as CloudWatch was told: it reaches them, and was not
            made anew. Default: any end is fine.
        first: The first record that must be there: later than 1 where rotation removed files.
        in_order: Whether the records must stand in their order, each once. In an archive they
            need not: they are put in order first, and are all in memory for that.
    """
    yield from _in_runs(_findings(files, expected, first, in_order=in_order))


def _findings(
    files: list[Path], expected: Collection[Head], first: int, *, in_order: bool
) -> Iterator[Finding]:
    head: Head | None = None
    last = (files[-1], 0) if files else (Path(), 0)
    missing = set(expected)
    lines = (line for file in files for line in _lines(file))
    for line in lines if in_order else _put_in_order(lines):
        last = (line.file, line.number)
        before = head
        problem, head = _checked(line.text, before)
        if before is None and head is not None and head.seq > first:
            problem = "; ".join(filter(None, (problem, _missing(first, head.seq))))
        if problem:
            yield Finding(*last, line.unreadable or problem)
        if head is not None:
            missing.discard(head)
    if first > 1 and (head is None or head.seq < first):
        yield Finding(*last, f"record {first} is not there")
    for seq, digest in sorted(missing):
        yield Finding(*last, f"record {seq} with hash {digest[:12]}… is not there")


def _in_runs(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, but one of all lines in a row of which none is a record."""

    def run(numbered: tuple[int, Finding]) -> tuple[Path, int] | int:
        place, finding = numbered
        is_foreign = finding.problem == _NO_RECORD
        return (finding.file, finding.line - place) if is_foreign else place

    for _, lines in groupby(enumerate(findings), run):
        following, (_, last) = deque(enumerate(lines), maxlen=1)[0]
        yield _told(last, following) if following else last


def _told(last: Finding, following: int) -> Finding:
    """Return the finding of the first of some lines, none of which is a record."""
    first = last.line - following
    those = "is the line" if following == 1 else f"are the {following:,} lines"
    right = "; is it the right file?" if first == 1 else ""
    return Finding(last.file, first, f"{_NO_RECORD}, nor {those} after it{right}")


def _checked(line: bytes, before: Head | None) -> tuple[str, Head | None]:
    """Return what is wrong with a line after the one before, and where the trail is then."""
    link = _LINK.search(line)
    if link is None:
        return _foreign(line), before
    seq, prev, digest = int(link[1]), link[2].decode(), link[3].decode()
    begun = line[: line.rindex(b',"hash":"')]
    head = Head(seq, digest)
    if hashlib.sha256(begun).hexdigest() != digest:
        gone = before is not None and seq > before.seq + 1 and _missing(before.seq + 1, seq)
        also = f"; {gone}" if gone else ""
        return f"record {seq} was changed{also}", head
    return _misplaced(head, prev, before), head


def _foreign(line: bytes) -> str:
    """Say what a line is that does not end as a record does."""
    try:
        msgspec.json.decode(line)
    except UnicodeDecodeError:
        pass
    except msgspec.DecodeError:
        if line.startswith(b"{"):
            return "is a piece of a record: a loss of power cut its write short, or somebody cut it"
    return _NO_RECORD


def _misplaced(head: Head, prev: str, before: Head | None) -> str:
    """Return what is wrong with a record's place after another; empty if nothing is."""
    if before is None:
        # Older files may be gone; only the first record of all has nothing before it.
        fits = (head.seq == 1) == (prev == FIRST)
        return "" if fits else f"record {head.seq} begins no trail"
    if head.seq > before.seq + 1:
        return _missing(before.seq + 1, head.seq)
    if head.seq <= before.seq:
        return f"record {head.seq} is not in its place: {before.seq} stands before it"
    return "" if prev == before.hash else f"record {head.seq} does not follow the one before it"


def _missing(first: int, end: int) -> str:
    """Say that the records from one on, and before another, are missing."""
    if end == first + 1:
        return f"record {first} is missing"
    return f"records {first} to {end - 1} are missing"


def _put_in_order(lines: Iterable[_Line]) -> Iterator[_Line]:
    """Yield records by their numbers, each once, without what a shipper says of itself."""
    records: dict[tuple[int, bytes], _Line] = {}
    for line in lines:
        link = _LINK.search(line.text)
        if link is not None:
            records.setdefault((int(link[1]), line.text), line)
        elif not _OF_SHIPPER.match(line.text):
            yield line
    yield from (records[key] for key in sorted(records))


def _lines(file: Path) -> Iterator[_Line]:
    """Yield a file's lines; what cannot be read is a line that says so, and is no record."""
    number = 0
    try:
        with _opened(file) as reader:
            for number, text in enumerate(reader, start=1):
                yield _Line(file, number, text.rstrip(b"\n"))
    except (OSError, EOFError, zlib.error) as error:
        yield _Line(file, number + 1, b"", f"cannot be read: {error}")


def _opened(file: Path) -> BufferedReader | GzipFile:
    return GzipFile(file) if file.suffix == ".gz" else file.open("rb")


def _identity(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when anybody else writes to a file, or rotates it."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size
