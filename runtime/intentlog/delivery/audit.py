"""A trail that shows whether it was tampered with: each record is chained to the one before.

A record ends with ``"_audit":{"seq":N,"prev":"…","hash":"…"}``. ``hash`` is the SHA-256 of the
line as it stands, up to and including ``prev`` and its closing quote, in hexadecimal; ``prev`` is
the hash of the record before, so that a change of any record changes all that follow.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

FIRST: Final = "0" * 64
"""What the first record of a trail has as the hash before it."""

_LINK: Final = re.compile(
    rb',"_audit":\{"seq":(\d+),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\}$'
)
_TAIL_BYTES: Final = 300_000  # more than the longest line


class Head(NamedTuple):
    """Where a trail ends.

    Attributes:
        seq: The number of its last record; 0 for a trail without any.
        hash: That record's hash.
    """

    seq: int = 0
    hash: str = FIRST


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


def verify(files: list[Path], *, expected: Head | None = None) -> Iterator[Finding]:
    """Yield what is wrong with a trail: edits, removals, insertions, another order, a cut-off end.

    Args:
        files: Its files, oldest first; compressed ones end with ``.gz``.
        expected: Where it must at least reach, as CloudWatch was told. Default: any end is fine.
    """
    head: Head | None = None
    last = (files[-1], 0) if files else (Path(), 0)
    reached: dict[int, str] = {}
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            last = (file, number)
            problem, head = _checked(line, head)
            if problem:
                yield Finding(file, number, problem)
            if head is not None and expected is not None and head.seq == expected.seq:
                reached[head.seq] = head.hash
    if expected is not None and reached.get(expected.seq) != expected.hash:
        yield Finding(*last, f"record {expected.seq} with hash {expected.hash[:12]}… is not there")


def _checked(line: bytes, before: Head | None) -> tuple[str, Head | None]:
    """Return what is wrong with a line after the one before, and where the trail is then."""
    link = _LINK.search(line)
    if link is None:
        return "is no record of the trail", before
    seq, prev, digest = int(link[1]), link[2].decode(), link[3].decode()
    begun = line[: line.rindex(b',"hash":"')]
    head = Head(seq, digest)
    if hashlib.sha256(begun).hexdigest() != digest:
        return f"record {seq} was changed", head
    if before is None or (seq == before.seq + 1 and prev == before.hash):
        return "", head
    if seq > before.seq + 1:
        return f"records {before.seq + 1} to {seq - 1} are missing", head
    if seq <= before.seq:
        return f"record {seq} is not in its place: {before.seq} stands before it", head
    return f"record {seq} does not follow the record before it", head


def _lines(file: Path) -> Iterator[bytes]:
    import gzip  # noqa: PLC0415 -- only here

    opened = gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")
    with opened as reader:
        for line in reader:
            yield line.rstrip(b"\n")
