"""Asks a question of files, of CloudWatch Logs or of the archive, whichever the options name."""

from __future__ import annotations

import atexit
import math
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import typer

from intentlog.errors import IntentlogError
from intentlog.query import parse, sources
from intentlog.query.plan import MOST_ROWS
from intentlog.query.tree import Limit, Query
from intentlog.query.tree import Source as SourceCommand

from .account import NO_CONTRACT, Chosen, or_no_contract
from .conditions import conditions
from .lines import passed_over
from .moments import milliseconds, moment_of
from .most import Most, most
from .options import Options, Source
from .steady import steady

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intentlog.contract import Contract
    from intentlog.query.athena import Cost
    from intentlog.query.cloudwatch import Progress
    from intentlog.query.table import Table

HOUR: Final = timedelta(hours=1)
_MEGABYTE: Final = 2**20
# Clocks of two machines differ, and a log call and its write are not one moment.
_CLOCKS_DIFFER: Final = timedelta(hours=1)


class Asker:
    """Asks questions as the options of a command say.

    Attributes:
        options: The options.
        chosen: The contract and AWS that they choose.
        contract: The contract.
        source: Where it asks.
        place: The same in words, with the files or log groups; known once it was asked.
        start: The first moment that is asked about; None for no bound, which only files have.
        end: The last one; None for now.
    """

    def __init__(
        self, options: Options, *, minutes: int | None = None, back: timedelta | None = HOUR
    ) -> None:
        """Read the options.

        Args:
            options: The options.
            minutes: How far to look back, as an argument; it excludes ``--since``.
            back: How far to look back if nobody says it, if that is bounded at all. Files that
                are named are read whole.

        Raises:
            ContractError: There is no contract, or it is invalid.
            typer.BadParameter: Options do not fit together.
        """
        if minutes is not None and options.since is not None:
            raise typer.BadParameter("minutes or --since: choose one")
        self.options = options
        self.chosen = Chosen(options)
        self.contract: Contract = (
            or_no_contract(self.chosen) if options.file else self.chosen.contract
        )
        self.source = self._source()
        now = datetime.now(UTC)
        self.end = moment_of("--until", options.until)
        if minutes is not None:
            back = timedelta(minutes=minutes)
        self.start = moment_of("--since", options.since)
        if self.start is None and back and (minutes is not None or not options.file):
            self.start = (self.end or now) - back
        if self.start and self.end and self.start > self.end:
            raise typer.BadParameter("--since is later than --until")
        if self.start and not self.end and self.start >= now:
            raise typer.BadParameter("--since is not before now")
        self.place = ""
        self._told: set[str] = set()

    def answer(
        self,
        text: str,
        *,
        name: str = "query",
        streams: Sequence[str] = (),
        lookups: Mapping[str, Path] | None = None,
        bound: Most | None = None,
        between: tuple[datetime | None, datetime | None] | None = None,
        pointers: bool = False,
    ) -> Table:
        """Answer a query over the lines that the options mean, and say where it was asked.

        Args:
            text: The query.
            name: What it is called in errors.
            streams: Whose lines it asks. Default: the stream that has all of them.
            lookups: A CSV file for each table that it looks up; files only.
            bound: How many rows. Default: as ``--limit`` says, else the first 10,000.
            between: Another time than that of the options.
            pointers: Whether rows that are events end with ``@ptr``, as CloudWatch's do.

        Raises:
            QueryError: The query is malformed, or cannot run there.
            SourceError: A file cannot be read.
            BackendError: CloudWatch or Athena failed.
        """
        query = self._narrowed(parse(text, source=name), name)
        bound = bound or most(self.options.limit, MOST_ROWS)
        start, end = between or (self.start, self.end)
        match self.source:
            case Source.LOCAL:
                found = self._local(
                    _limited(query, bound), streams, lookups or {}, start, end, pointers
                )
            case Source.CLOUDWATCH:
                found = self._cloudwatch(query, streams, bound.rows, start, end, pointers)
            case Source.ARCHIVE:
                found = self._archive(_limited(query, bound), start, end, pointers)
        for note in (*passed_over(found), *found.notes):
            self._say(note)
        if not bound.beyond:
            return replace(found, rows=found.rows[: bound.rows])
        if len(found.rows) == bound.rows and not _has_limit(query):
            self._say(bound.beyond)
        return found

    @cached_property
    def directory(self) -> Path:
        """Where the contract's files are: in the application's eyes, or in the host's."""
        if self.options.log_dir is not None:
            return self.options.log_dir
        seen = (Path(self.contract.files.directory), Path(self.contract.host_directory))
        return next((path for path in seen if path.is_dir()), seen[0])

    def streams_or_whole(self, streams: Sequence[str] = ()) -> list[str]:
        """Return the streams that a question is asked of: the one that has all lines if none."""
        every = self.contract.streams
        whole = [name for name, stream in every.items() if not stream.where]
        return list(streams) or (whole or list(every))[:1]

    @cached_property
    def _named(self) -> tuple[str | Path, ...]:
        """The files of ``--file``, such that one question after the other can read them."""
        if not self.options.file:
            return ()
        copies = tempfile.TemporaryDirectory(prefix="intentlog-")
        atexit.register(copies.cleanup)
        return sources.kept(self.options.file, sys.stdin.buffer, Path(copies.name))

    def _rotated(self, streams: Sequence[str], since: datetime | None) -> tuple[Path, ...]:
        """Return the streams' files, those that rotation made among them.

        Raises:
            SourceError: There is none.
        """
        paths = self.written_files(streams)
        found = [file for path in paths for file in _files(path, since)]
        if not found:
            there = ", ".join(map(str, paths))
            how = "say where with --log-dir or --file, or ask --source cloudwatch"
            raise sources.SourceError(f"{there}: there is no such file; {how}")
        return tuple(found)

    def written_files(self, streams: Sequence[str] = ()) -> list[Path]:
        """Return the files that are being written to; they need not be there yet."""
        if self.options.file:
            return list(sources.find(self.options.file))
        return [
            self.directory / self.contract.streams[stream].file
            for stream in self.streams_or_whole(streams)
        ]

    @property
    def read_files(self) -> list[Path]:
        """The files that a question may read; none where others are asked.

        Raises:
            SourceError: One that was named is not there.
        """
        if self.source is not Source.LOCAL:
            return []
        if self.options.file:
            return list(sources.find(file for file in self.options.file if file != sources.STDIN))
        written = self.written_files(list(self.contract.streams))
        return [file for path in written for file in _files(path)]

    def _source(self) -> Source:
        given = self.options.source
        if self.options.file or self.options.log_dir:
            if given not in {None, Source.LOCAL}:
                option = "--file" if self.options.file else "--log-dir"
                raise typer.BadParameter(f"--source {given} and {option}: choose one")
            return Source.LOCAL
        return given or (Source.LOCAL if self.directory.is_dir() else Source.CLOUDWATCH)

    def _narrowed(self, query: Query, name: str) -> Query:
        """Return the query over those lines only that the options mean."""
        asked = conditions(self.contract, self.options)
        if not asked:
            return query
        where = f"filter {' and '.join(asked)}"
        origins = [each for each in query.commands if isinstance(each, SourceCommand)]
        rest = query.commands[len(origins) :]
        parts = [
            *([query.text[: origins[-1].at[1]]] if origins else []),
            where,
            *([query.text[rest[0].at[0] :]] if rest else []),
        ]
        return parse(" | ".join(parts), source=name)

    def _local(
        self,
        query: Query,
        streams: Sequence[str],
        lookups: Mapping[str, Path],
        start: datetime | None,
        end: datetime | None,
        pointers: bool,
    ) -> Table:
        from intentlog.query import local

        def list_files() -> tuple[Path, ...]:
            return sources.find(self._named) if self._named else self._rotated(streams, start)

        def ask(files: Sequence[Path]) -> Table:
            self._say_where(files_in_words(self.options.file or files))
            lines = local.Lines(paths=files, record=self.contract.record, lookups=lookups)
            return local.run(
                query,
                lines,
                start=milliseconds(start),
                end=milliseconds(end),
                pointers=pointers,
            )

        return steady(list_files, ask)

    def _cloudwatch(
        self,
        query: Query,
        streams: Sequence[str],
        most: int,
        start: datetime | None,
        end: datetime | None,
        pointers: bool,
    ) -> Table:
        from intentlog.query import cloudwatch

        groups = self.groups(streams)
        self._say_where(f"CloudWatch Logs, {', '.join(groups)}")
        with _Meter(self._progress_shown) as meter:
            return cloudwatch.run(
                query,
                groups,
                self.chosen.client("logs"),
                start=milliseconds(start) or 0,
                end=milliseconds(end or datetime.now(UTC)) or 0,
                limit=most,
                pointers=pointers,
                progress=meter.cloudwatch,
            )

    def groups(self, streams: Sequence[str] = ()) -> list[str]:
        """Return the log groups to ask.

        Raises:
            IntentlogError: A stream has none.
        """
        groups = self.contract.log_groups
        asked = self.streams_or_whole(streams)
        if missing := [stream for stream in asked if stream not in groups]:
            raise IntentlogError(
                f"{self.contract.service}: streams.{missing[0]} has no log_group: its lines are "
                "in files only; ask --source local"
            )
        return [groups[stream] for stream in asked]

    def _archive(
        self, query: Query, start: datetime | None, end: datetime | None, pointers: bool
    ) -> Table:
        from intentlog.query import athena

        from .archive_place import archive_place

        name, workgroup = self._archive_named()
        self._say_where(f"archive {name}")
        place = archive_place(self.chosen, name, workgroup, self.contract.record)
        with _Meter(self._progress_shown) as meter:
            return athena.run(
                query,
                place,
                start=milliseconds(start) or 0,
                end=milliseconds(end or datetime.now(UTC)) or 0,
                pointers=pointers,
                agree=self._agree,
                progress=meter.athena,
            )

    def _archive_named(self) -> tuple[str, str]:
        """Return the table that is asked and Athena's workgroup, the options' or the contract's.

        Raises:
            BadParameter: Neither says which.
        """
        from intentlog.contract import archive_table, archived_streams
        from intentlog.render import archive_database, archive_workgroup

        options = self.options
        if options.archive:
            return options.archive, options.workgroup or "primary"
        streams = [archived.stream for archived in archived_streams(self.contract)]
        if not streams:
            raise typer.BadParameter(
                "--source archive: the contract has no [archive]; say which with "
                "--archive DATABASE.TABLE"
            )
        whole = [stream for stream in self.streams_or_whole() if stream in streams]
        table = archive_table((whole or streams)[0])
        name = f"{archive_database(self.contract)}.{table}"
        return name, options.workgroup or archive_workgroup(self.contract)

    def _agree(self, cost: Cost) -> bool:
        amount = f"{cost.scanned / _MEGABYTE:,.1f} MB to scan, ${cost.dollars:.4f}"
        self._say(f"# {amount}")
        if cost.dollars <= self.options.pay:
            return True
        if not sys.stdin.isatty():
            enough = math.ceil(cost.dollars * 100) / 100
            self._say(f"that is more than --pay {self.options.pay:g}; to agree: --pay {enough:g}")
            return False
        return typer.confirm("Ask it?", err=True)

    @property
    def _progress_shown(self) -> bool:
        return sys.stderr.isatty()

    def _say_where(self, where: str) -> None:
        """Say which source answers, and about which time; once, though it is asked again."""
        self.place = where
        if any(told.startswith("# ") for told in self._told):
            return
        service = "no contract" if self.contract is NO_CONTRACT else self.contract.service
        self._say(f"# {service}: {where}{_time_in_words(self.start, self.end)}")

    def _say(self, sentence: str) -> None:
        """Say something beside the answer, once."""
        if sentence not in self._told:
            self._told.add(sentence)
            typer.echo(sentence, err=True)


class _Meter:
    """Shows on a terminal how far a query is, and takes it away in the end.

    Elsewhere it says only, once, that a service is busy.
    """

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._busy = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._show("")

    def cloudwatch(self, progress: Progress) -> None:
        """Show what CloudWatch tells."""
        from intentlog.query.cloudwatch import BUSY

        if progress.status == BUSY and not (self._shown or self._busy):
            self._busy = True
            typer.echo("# CloudWatch is busy; asking again", err=True)
        scanned = progress.statistics.scanned or 0
        megabytes = (progress.statistics.bytes_scanned or 0) / _MEGABYTE
        self._show(f"{progress.status}: {scanned:,} lines, {megabytes:,.1f} MB scanned")

    def athena(self, state: str) -> None:
        """Show what Athena tells."""
        self._show(state.capitalize())

    def _show(self, text: str) -> None:
        if self._shown:
            typer.echo(f"\r\x1b[K{text}", err=True, nl=False)


def _limited(query: Query, bound: Most) -> Query:
    """Return the query with a limit, where it has none itself, and another one than by default."""
    if bound.rows == MOST_ROWS or _has_limit(query):
        return query
    return Query((*query.commands, Limit(bound.rows)), text=query.text, at=query.at)


def _has_limit(query: Query) -> bool:
    return any(isinstance(command, Limit) for command in query.commands)


def _files(path: Path, since: datetime | None = None) -> Iterator[Path]:
    """Yield a stream's files, but for rotated ones whose last line is certainly older."""
    from intentlog.delivery.stream_files import stream_files

    after = (since - _CLOCKS_DIFFER).timestamp() if since else 0
    for file in stream_files(path):
        # A file is written to until its last line.
        with suppress(FileNotFoundError):  # renamed just now
            if file.path.is_file() and (file.active or file.path.stat().st_mtime >= after):
                yield file.path


def files_in_words(files: Sequence[str | Path]) -> str:
    """Return what some files are called, the last ones by name."""
    names = ["standard input" if file == sources.STDIN else str(file) for file in files]
    shown = ", ".join(names[-2:])
    return shown if len(names) < 3 else f"{shown} and {len(names) - 2} more"  # noqa: PLR2004


def _time_in_words(start: datetime | None, end: datetime | None) -> str:
    since = f", since {start:%Y-%m-%d %H:%M}" if start else ""
    until = f", until {end:%Y-%m-%d %H:%M}" if end else ""
    return f"{since}{until}{' UTC' if start or end else ''}"
