"""``diagnose tail -f``: lines as they arrive, in files that rotate or in CloudWatch Logs."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import typer

from intentlog.contract import matcher
from intentlog.errors import BackendError
from intentlog.expression import ExpressionError
from intentlog.query.sources import STDIN
from intentlog.query.table import Table
from intentlog.render.filters import where_pattern

from .conditions import conditions
from .lines import POINTER, TIME, as_text, lines_table, read_line
from .options import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .asking import Asker

_POLL_SECONDS: Final = 0.2
_BLOCK: Final = 2**16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def follow(asker: Asker) -> Iterator[Table]:
    """Return new lines, each as a table of one row, until somebody presses Ctrl-C.

    Files are looked at from now on, not from the first look at the result on.

    Raises:
        BackendError: CloudWatch ends the session, as it does after three hours.
    """
    where = " and ".join(conditions(asker.contract, asker.options, text=False))
    if asker.end is not None:
        raise typer.BadParameter("--follow and --until: choose one; what follows comes from now on")
    if STDIN in (asker.options.file or ()):
        raise typer.BadParameter("--follow: standard input is read once; name files")
    if asker.source is Source.LOCAL:
        new = _in_files([Followed(path) for path in asker.written_files()])
    elif asker.source is Source.CLOUDWATCH:
        new = _in_cloudwatch(asker, where)
    else:
        raise typer.BadParameter("--follow: nothing arrives in an archive line by line")
    return _matching(asker, where, new)


def _matching(asker: Asker, where: str, new: Iterator[str]) -> Iterator[Table]:
    wanted = matcher(where)
    text = asker.options.grep or ""
    record = asker.contract.record
    for line in new:
        event = read_line(line)
        if text in line and (wanted(event) if event is not None else not where):
            cells = {field: as_text(value) for field, value in (event or {}).items()}
            time, pointer = _named(line, cells.get(record.name_of("timestamp")))
            here = asker.source is Source.LOCAL  # CloudWatch has pointers of its own
            row = (time, pointer if here else None, line, *cells.values())
            yield lines_table(record, Table((TIME, POINTER, "@message", *cells), [row]))


def _named(line: str, timestamp: str | None) -> tuple[str, str] | tuple[None, None]:
    """Return a line's time and pointer, as an answer from files has them."""
    try:
        time = datetime.fromisoformat(timestamp or "")
    except ValueError:
        return None, None
    time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    milliseconds = (time - _EPOCH) // timedelta(milliseconds=1)
    digest = hashlib.md5(line.strip().encode(), usedforsecurity=False).hexdigest()
    shown = f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03}"
    return shown, f"{milliseconds}-{digest[:12]}"


def new_ones(latest: Table, following: Iterator[Table]) -> Iterator[Table]:
    """Yield what follows, without lines that the latest ones have: both saw them being written."""
    place = latest.columns.index(POINTER)
    shown = Counter(row[place] for row in latest.rows)
    for table in following:
        pointer = table.rows[0][place]
        if pointer is not None and shown[pointer]:
            shown[pointer] -= 1
        else:
            yield table


def _in_files(followed: list[Followed]) -> Iterator[str]:
    """Yield what is written to files."""
    try:
        while True:
            for file in followed:
                yield from file.lines()
            time.sleep(_POLL_SECONDS)
    finally:
        for file in followed:
            file.close()


def _in_cloudwatch(asker: Asker, where: str) -> Iterator[str]:
    """Yield what arrives in the log groups (StartLiveTail)."""
    logs = asker.chosen.client("logs")
    groups = asker.groups()
    try:
        pattern = where_pattern(where)
    except ExpressionError:  # more than a pattern can say; it is looked at here
        pattern = ""
    session = logs.start_live_tail(
        logGroupIdentifiers=[_arn(logs, group) for group in groups], logEventFilterPattern=pattern
    )
    for event in session["responseStream"]:
        for result in event.get("sessionUpdate", {}).get("sessionResults", ()):
            yield result["message"]
        for name, told in event.items():
            if name.startswith("Session"):  # SessionTimeoutException, SessionStreamingException
                raise BackendError(f"CloudWatch: {told.get('message', name)}")


def _arn(logs: Any, group: str) -> str:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group)
    for page in pages:
        for each in page["logGroups"]:
            if each["logGroupName"] == group:
                return str(each.get("logGroupArn") or each["arn"].removesuffix(":*"))
    raise BackendError(f'CloudWatch: no log group "{group}"')


class Followed:
    """A file that is written to: its new lines, also after it was renamed or cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        self._file: BinaryIO | None = path.open("rb") if path.is_file() else None
        if self._file:
            self._file.seek(0, os.SEEK_END)

    def lines(self) -> Iterator[str]:
        """Yield the whole lines that were written since the last time."""
        replaced = self._was_replaced()
        yield from self._written()  # of the renamed one, to its end
        if replaced:
            self._open_again()
            yield from self._written()

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()

    def _open_again(self) -> None:
        """Open the file that has the name now; at the next look if it was renamed, too."""
        self.close()
        self._rest = b""
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            self._file = None

    def _written(self) -> Iterator[str]:
        if self._file is None:
            return
        if os.fstat(self._file.fileno()).st_size < self._file.tell():
            self._file.seek(0)
            self._rest = b""
        while block := self._file.read(_BLOCK):
            *whole, self._rest = (self._rest + block).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)

    def _was_replaced(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return self._file is None or not os.path.samestat(there, os.fstat(self._file.fileno()))
