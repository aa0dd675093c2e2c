"""How DuckDB reads JSON lines: the SQL of the table of events that a scan reads.

Two ways, each in one pass and by all threads. Where the line itself is not asked for, only the
keys of the scan are taken out of it, as members of one struct: that struct is null exactly where
a line is no JSON. Otherwise each line is read whole, and its keys are taken from it, which costs
half as much again.

Lines are read strictly: where one is no JSON, DuckDB gives up, and what it does not mind itself,
such as ``null`` or a time that cannot be read, is given to a function that fails. Then they are
read again, and that function counts. Passing over such lines costs 4 % of the time even where there
are none, and a function that can count 0.1 s. A sequence of DuckDB's would count, too, but makes it
read with one thread only.
"""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .relational import Scan
    from .sources import File

EVENT_MS: Final = """
CREATE MACRO event_ms(t) AS CASE
  WHEN suffix(t, 'Z') THEN epoch_us(TRY_CAST(t AS TIMESTAMP)) // 1000
  WHEN TRY_CAST(t AS DOUBLE) < 1e11 THEN CAST(TRY_CAST(t AS DOUBLE) * 1000 AS BIGINT)
  ELSE coalesce(TRY_CAST(t AS BIGINT), epoch_us(TRY_CAST(t AS TIMESTAMPTZ)) // 1000)
END
"""
"""The time of a timestamp's text, in milliseconds since 1970: ISO 8601, or seconds or
milliseconds since 1970, as a number. UTC is tried first: that is what the logger writes. Parts of
a millisecond are cut off; DuckDB's ``epoch_ms`` would round them, into the next minute even."""

_OF_THE_LINE: Final = {"@message", "@ptr"}
_OF_THE_TIME: Final = {"@timestamp", "@ingestionTime", "@ptr"}


def unreadable(scan: Scan) -> str:
    """Return the name of the function that counts a scan's lines that are no JSON."""
    return f"unreadable{scan.number}"


def untimed(scan: Scan) -> str:
    """Return the name of the function that counts a scan's lines whose time cannot be read."""
    return f"untimed{scan.number}"


def events(  # noqa: PLR0913 -- what is read, from where, and how
    scan: Scan,
    files: Sequence[File],
    timestamp: str,
    *,
    strict: bool = False,
    log: str = "local",
    arrival_ms: int | None = None,
) -> str:
    """Return the SELECT that provides a scan's events.

    It needs `EVENT_MS`, and functions called ``unreadable(scan)`` and ``untimed(scan)``, which
    return true. Only where a time is asked about does a line need one, and is the latter called.

    Args:
        scan: What is read, and of which time.
        files: Where from.
        timestamp: The key that has the time of the event.
        strict: Whether DuckDB gives up where a line is no JSON.
        log: What ``@log`` says.
        arrival_ms: How long after its event a line arrived, for ``@ingestionTime``. Default:
            nobody knows, and it is null.
    """
    keys = _keys(scan, timestamp)
    named = ", filename = true" if "@logStream" in scan.system else ""
    options = f"ignore_errors = {str(not strict).lower()}{named}"
    whole = reads_whole_lines(scan, timestamp)
    way = _whole_lines(keys, options) if whole else _members(keys, scan.texts, options)
    read = f"event_ms({way.member(timestamp)} ->> '$')" if timestamp in keys else "NULL"
    time = "moment" if _is_bounded(scan) else read
    system = {
        "@timestamp": time,
        "@ingestionTime": "NULL::BIGINT" if arrival_ms is None else f"{time} + {arrival_ms}",
        "@message": "line::VARCHAR",
        "@logStream": "parse_filename(filename)",
        "@log": quoted(log),
        "@ptr": f"{time} || '-' || md5(line::VARCHAR)[:12]",
    }
    columns = [f"{way.member(key)} AS {scan.column(key)}" for key in scan.keys]
    columns += [f"{system[name]} AS {scan.column(name)}" for name in scan.system]
    condition = f"{way.json} AND {_within(scan, time)}"
    selected = ", ".join(columns) or "1"
    of_each_kind = [
        f"SELECT {selected} FROM ({_timed(scan, way, read, same)}) WHERE {condition}"  # noqa: S608
        for same in (
            [file for file in files if not file.gzipped],
            [file for file in files if file.gzipped],
        )
        if same
    ]
    return " UNION ALL ".join(of_each_kind)


def _timed(scan: Scan, way: _Way, time: str, files: Sequence[File]) -> str:
    """Return SQL's table of some files, with the time of each line where it is asked about."""
    lines = way.source(files, unreadable(scan))
    if not _is_bounded(scan):
        return lines
    timed = _counted("true", f"{way.json} AND moment IS NULL", untimed(scan))
    kept = ", ".join(
        f"CASE WHEN timed THEN {column} END AS {column}" for column in (*way.columns, "moment")
    )
    moments = f"SELECT *, {time} AS moment FROM ({lines})"  # noqa: S608
    return f"SELECT * REPLACE ({kept}) FROM (SELECT *, {timed} AS timed FROM ({moments}))"  # noqa: S608


def _is_bounded(scan: Scan) -> bool:
    return scan.start is not None or scan.end is not None


def reads_whole_lines(scan: Scan, timestamp: str) -> bool:
    """Tell whether a scan's lines are read whole, and its keys taken from them."""
    keys = _keys(scan, timestamp)
    # Members of a DuckDB struct may not differ in case only.
    return bool(_OF_THE_LINE & set(scan.system)) or len({key.lower() for key in keys}) < len(keys)


def _keys(scan: Scan, timestamp: str) -> list[str]:
    keys = list(scan.keys)
    if timestamp not in keys and (_is_bounded(scan) or not keys or _OF_THE_TIME & set(scan.system)):
        keys.append(timestamp)
    return keys


class _Way(msgspec.Struct, frozen=True):
    """How lines are read.

    Attributes:
        source: Makes SQL's table of some files, compressed alike, in which a function is called
            for each line that is no JSON.
        columns: What the table has of a line.
        member: Makes the SQL of a key's value, as JSON or as a text.
        json: The SQL that is true for a line that is JSON.
    """

    source: Callable[[Sequence[File], str], str]
    columns: tuple[str, ...]
    member: Callable[[str], str]
    json: str


def _members(keys: Sequence[str], texts: Sequence[str], options: str) -> _Way:
    struct = ", ".join(f"{_name(key)} {'VARCHAR' if key in texts else 'JSON'}" for key in keys)

    def source(files: Sequence[File], counter: str) -> str:
        columns = f"{{'event': {quoted(f'STRUCT({struct})')}}}"
        form = f"columns = {columns}, records = 'false', format = 'newline_delimited', {options}"
        event = _counted("event", "event IS NULL", counter)
        return f"SELECT * REPLACE ({event} AS event) FROM read_json({_files(files)}, {form})"  # noqa: S608

    return _Way(source, ("event",), lambda key: f"event.{_name(key)}", "event IS NOT NULL")


def _whole_lines(keys: Sequence[str], options: str) -> _Way:
    def source(files: Sequence[File], counter: str) -> str:
        line = _counted("json", "coalesce(json, 'null') = 'null'", counter)
        lines = f"read_ndjson_objects({_files(files)}, {options})"
        counted = f"SELECT * REPLACE ({line} AS json) FROM {lines}"  # noqa: S608
        return f"SELECT *, json AS line, {found_in('json', keys)} AS found FROM ({counted})"  # noqa: S608

    is_json = "coalesce(line, 'null') <> 'null'"
    return _Way(source, ("line", "found"), lambda key: member(keys.index(key)), is_json)


def _counted(value: str, wrong: str, counter: str) -> str:
    """Return a value as it is, reading which counts the lines that something is wrong with.

    In a condition beside those of the query, DuckDB would be free to test these first and to
    count less; but it moves no condition past a value that is another one each time.
    """
    return f"CASE WHEN {wrong} AND {counter}() THEN NULL ELSE {value} END"


def found_in(line: str, keys: Sequence[str]) -> str:
    """Return the SQL of a list, called ``found``, of the values of keys of a JSON line."""
    # One list of pointers (RFC 6901): each line is parsed once.
    pointers = (quoted("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
    return f"json_extract({line}, [{', '.join(pointers)}]::VARCHAR[])"


def member(index: int) -> str:
    """Return the SQL of a value of `found_in`, null for JSON's null."""
    return f"nullif(found[{index + 1}], 'null')"


def _files(files: Sequence[File]) -> str:
    paths = ", ".join(quoted(glob.escape(str(file.path))) for file in files)
    compression = "gzip" if files[0].gzipped else "none"
    return f"[{paths}], compression = '{compression}'"


def _within(scan: Scan, time: str) -> str:
    bounds = []
    if scan.start is not None:
        bounds.append(f"{time} >= {scan.start}")
    if scan.end is not None:
        bounds.append(f"{time} <= {scan.end}")
    return " AND ".join(bounds) or "true"


def _name(key: str) -> str:
    return '"' + key.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
