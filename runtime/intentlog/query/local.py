"""Runs a query over files of JSON lines, with DuckDB.

Everything is read-only but a temporary directory, where standard input is kept, damaged archives
are unpacked as far as they go, and DuckDB puts what does not fit into its memory.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from intentlog.errors import BackendError

from . import addresses, sources
from .duckdb_sql import ARRIVALS, duckdb_sql, in_order
from .lookups import check_columns, csv_table, malformed
from .plan import plan
from .reading import EVENT_MS, events, quoted, unreadable, untimed
from .refused_fill import TOO_MANY_BINS, refused_fill
from .refused_regex import refused_regex
from .sources import File, SourceError
from .table import Row, Statistics, Table
from .text_fields import with_text_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from intentlog.contract import Record

    from .relational import Relation, Scan
    from .tree import Query

# Each thread reads through a buffer of 32 MB; what does not fit into the rest goes to the disk.
_MOST_THREADS: Final = 4
_MEMORY: Final = "300MB"
_NO_MEMORY: Final = (
    f"; a question has {_MEMORY}: ask about a shorter time, or query fewer fields; if a line is of "
    "many megabytes (wc -L FILE tells), leave its file or its fields out"
)
_LONG_LINE: Final = (
    " A line is longer than 16 MB, or zeros were left by a crash or by copytruncate: "
    "tr -d '\\0' < FILE | diagnose … --file - asks the file without zeros, and wc -L FILE tells "
    "how long a line is"
)
_DAMAGED: Final = re.compile(r"GZIP stream: (.+)")


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """What a local query reads.

    Attributes:
        paths: Files or globs; ``-`` is standard input.
        record: What a line is.
        log: What ``@log`` says.
        arrival_ms: How long after its event each line arrived, for ``@ingestionTime``. Default:
            nobody knows.
        lookups: A CSV file for each table that a query looks up.
    """

    paths: Sequence[str | Path]
    record: Record
    log: str = "local"
    arrival_ms: int | None = None
    lookups: Mapping[str, Path] = {}


def run(
    query: Query,
    lines: Lines,
    *,
    start: int | None = None,
    end: int | None = None,
    pointers: bool = False,
    stdin: BinaryIO | None = None,
) -> Table:
    """Answer a query from files.

    Args:
        query: The query.
        lines: Where its events are.
        start: The first moment, in milliseconds since 1970. Default: no bound.
        end: The last one.
        pointers: Whether rows that are events end with ``@ptr``, as CloudWatch's do.
        stdin: What ``-`` reads. Default: the process's standard input.

    Raises:
        QueryError: It cannot run here.
        SourceError: A file cannot be read.
        BackendError: DuckDB gave up, for want of memory or disk for instance.
    """
    check_columns(query, lines.lookups)
    timestamp = lines.record.name_of("timestamp")
    planned = plan(query, start=start, end=end, pointers=pointers)
    relation = with_text_fields(planned, timestamp)
    with tempfile.TemporaryDirectory(prefix="intentlog-") as name:
        directory = Path(name)
        files = _opened(lines.paths, stdin or sys.stdin.buffer, directory)
        read = sum(file.size for file in files)
        notes = list(relation.notes)
        counting = False
        while True:
            provide = partial(
                events,
                files=files,
                timestamp=timestamp,
                strict=not counting,
                log=lines.log,
                arrival_ms=lines.arrival_ms,
            )
            try:
                rows, passed_over, timeless = answer(
                    relation, provide, directory, lines.lookups, counting=counting
                )
            except _UnreadableError:
                counting = True
            except _DamagedError as error:
                files, note = _without_damage(files, error.path, directory)
                notes.append(note)
            except BackendError as error:
                raise (refused_fill(query, error) or refused_regex(query) or error) from error
            else:
                notes += _left_out(timeless)
                statistics = Statistics(bytes_scanned=read, unreadable=passed_over)
                return Table(relation.columns, rows, statistics, tuple(notes))


def answer(
    relation: Relation,
    provide: Callable[[Scan], str],
    directory: Path,
    lookups: Mapping[str, Path] | None = None,
    *,
    counting: bool = True,
) -> tuple[list[Row], int, int]:
    """Run a relation over events of any origin.

    Args:
        relation: The query.
        provide: Returns the SELECT of a scan's events, as `reading.events` does.
        directory: For what does not fit into memory.
        lookups: A CSV file for each table that the query looks up.
        counting: Whether lines that cannot be read are counted, not refused.

    Returns:
        The rows, how many lines were no JSON, and how many had no time when one is asked about.

    Raises:
        SourceError: There is no file for a table.
        BackendError: DuckDB gave up.
    """
    from .database import duckdb  # noqa: PLC0415 -- only an answer should cost it

    with duckdb.connect() as connection:
        define = _counted if counting else _refused
        try:
            connection.execute(f"{_settings(directory)}; {EVENT_MS}; CREATE SEQUENCE {ARRIVALS}")
            passed_over = [define(connection, unreadable(scan)) for scan in relation.scans]
            left_out = [define(connection, untimed(scan)) for scan in relation.scans]
            for scan in relation.scans:
                connection.execute(f"CREATE VIEW {scan.table} AS {in_order(scan, provide(scan))}")
            for table in relation.tables:
                _provide_table(connection, table, lookups or {})
            sql = duckdb_sql(relation)
            if relation.holds_rows:
                # Each thread keeps rows of its own in memory: with two, long lines do not fit.
                connection.execute("SET threads = 1")
            addresses.register(connection, sql)
            rows = _fetched(connection, sql)
            # The scans of a join or a subquery read the same files.
            return rows, max(map(next, passed_over), default=0), max(map(next, left_out), default=0)
        except duckdb.Error as error:
            strict = not counting and isinstance(error, duckdb.InvalidInputException)
            raise _told(error, strict=strict) from error


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    lines = "1 line has" if count == 1 else f"{count:,} lines have"
    were = "was" if count == 1 else "were"
    return [f"{lines} no time that can be read and {were} left out"]


def _fetched(connection: DuckDBPyConnection, sql: str) -> list[Row]:
    """Return the rows of a SELECT, or stop at once at Ctrl-C and when the process is to end.

    While DuckDB works, nobody in its thread is told of a signal.
    """
    answer: list[list[Row] | Exception] = []
    answered = Event()  # Thread.join takes a thread for ended once a signal has interrupted it

    def fetch() -> None:
        try:
            answer.append(connection.execute(sql).fetchall())
        except Exception as error:  # noqa: BLE001 -- it is raised in the thread that asks
            answer.append(error)
        finally:
            answered.set()

    Thread(target=fetch).start()
    try:
        answered.wait()
    except BaseException:
        connection.interrupt()
        while not answered.wait(0.1):  # one that comes before DuckDB begins is lost
            connection.interrupt()
        raise
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]


def _told(error: Exception, *, strict: bool) -> Exception:
    """Return what an error of DuckDB's means here, or of its strict reading."""
    if found := malformed(str(error)):
        return found
    reason = str(error).partition("\n")[0]
    if damaged := _DAMAGED.search(reason):
        return _DamagedError(Path(damaged[1]))
    if strict and TOO_MANY_BINS not in reason:
        return _UnreadableError(reason)
    advice = _NO_MEMORY if reason.startswith("Out of Memory") else ""
    if "maximum_object_size" in reason:
        advice = _LONG_LINE
    return BackendError(f"DuckDB: {reason}{advice}")


class _UnreadableError(Exception):
    """Lines were read strictly, and one is no JSON or has no time."""


class _DamagedError(Exception):
    """A gzip file is cut off, or is none after its first bytes."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def _settings(directory: Path) -> str:
    settings = {
        "autoinstall_known_extensions": "false",  # nothing is fetched from anywhere
        "autoload_known_extensions": "false",
        "enable_progress_bar": "false",
        "memory_limit": quoted(_MEMORY),
        "preserve_insertion_order": "false",
        "temp_directory": quoted(str(directory / "spilled")),
        "threads": str(min(os.cpu_count() or 1, _MOST_THREADS)),
        "TimeZone": "'UTC'",
    }
    return "; ".join(f"SET {name} = {value}" for name, value in settings.items())


def _opened(paths: Sequence[str | Path], stdin: BinaryIO, directory: Path) -> list[File]:
    kept = sources.kept(paths, stdin, directory)
    return [sources.opened(path) for path in sources.find(kept)]


def _without_damage(files: list[File], damaged: Path, directory: Path) -> tuple[list[File], str]:
    """Replace a damaged file by what can be read of it.

    Raises:
        SourceError: It is a table that is looked up: half of one would answer wrongly.
    """
    at = next((index for index, file in enumerate(files) if file.path == damaged), None)
    if at is None:
        raise SourceError(f"{damaged}: cannot be read: this gzip file is damaged")
    readable, note = sources.salvaged(files[at], directory)
    return [*files[:at], readable, *files[at + 1 :]], note


def _provide_table(connection: DuckDBPyConnection, table: str, lookups: Mapping[str, Path]) -> None:
    if table not in lookups:
        known = f"; there are: {', '.join(lookups)}" if lookups else ""
        how = f"give it with --lookup {table}=FILE"
        raise SourceError(f'lookup {table}: no file for the table "{table}"{known}; {how}')
    if not lookups[table].is_file():
        raise SourceError(f"lookup {table}: {lookups[table]}: there is no such file")
    name = table.replace('"', '""')
    connection.execute(f'CREATE VIEW "{name}" AS {csv_table(lookups[table])}')


def _refused(connection: DuckDBPyConnection, name: str) -> Iterator[int]:
    """Define a function of SQL that fails; return an iterator whose next value is 0."""
    connection.execute(f"CREATE MACRO {name}() AS error('a line cannot be read')")
    return count()


def _counted(connection: DuckDBPyConnection, name: str) -> Iterator[int]:
    """Define a function of SQL; return an iterator whose next value is how often it was called.

    Defining it makes DuckDB import NumPy where that is installed: 0.1 s, which only files that
    have such lines should cost.
    """
    calls = count()

    def call() -> bool:
        next(calls)
        return True

    connection.create_function(name, call, [], "BOOLEAN", side_effects=True)
    return calls
