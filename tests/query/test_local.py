"""Queries over files: what the files can be like, and what is said of what is wrong in them."""

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from intentlog.contract import Record
from intentlog.errors import BackendError
from intentlog.query import QueryError, duckdb_sql, local, parse, plan
from intentlog.query.sources import SourceError
from intentlog.query.table import Row, Table

RECORD = Record(fields=("timestamp", "level", "message"))
COUNT = "stats count(*) as n by level | sort level"
LINES = [
    {"timestamp": "2026-01-15T10:30:45.123Z", "level": "ERROR", "message": "one"},
    {"timestamp": "2026-01-15T10:30:46.000Z", "level": "INFO", "message": "two"},
    {"timestamp": "2026-01-15T10:30:47.500Z", "level": "ERROR", "message": "three"},
]
TEXT = "".join(json.dumps(line) + "\n" for line in LINES)
ALL: list[Row] = [("ERROR", "2"), ("INFO", "1")]


def _ask(
    *paths: str | Path,
    query: str = COUNT,
    stdin: bytes = b"",
    start: int | None = None,
    end: int | None = None,
) -> Table:
    lines = local.Lines(paths=paths, record=RECORD)
    return local.run(parse(query), lines, stdin=io.BytesIO(stdin), start=start, end=end)


def _file(folder: Path, content: str | bytes, name: str = "app.log") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_one_file(tmp_path: Path) -> None:
    """A file is asked, and what was read is told."""
    table = _ask(_file(tmp_path, TEXT))
    assert Table(("level", "n"), ALL) == table
    assert table.statistics.bytes_scanned == len(TEXT)


def test_many_files_of_both_kinds(tmp_path: Path) -> None:
    """Compressed and plain files are one table, whatever they are called."""
    _file(tmp_path, TEXT)
    _file(tmp_path, gzip.compress(TEXT.encode()), "app.log.1.gz")
    _file(tmp_path, gzip.compress(TEXT.encode()), "app.log.2")
    assert _ask(f"{tmp_path}/app.log*").rows == [("ERROR", "6"), ("INFO", "3")]


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_standard_input(tmp_path: Path, compress: type[bytes]) -> None:
    """Standard input is one file among others, compressed or not."""
    file = _file(tmp_path, TEXT)
    assert _ask("-", stdin=compress(TEXT.encode())).rows == ALL
    assert _ask(file, "-", stdin=compress(TEXT.encode())).rows == [("ERROR", "4"), ("INFO", "2")]


@pytest.mark.parametrize("query", [COUNT, "stats count(@message) as n by level | sort level"])
@pytest.mark.parametrize(
    ("content", "unreadable"),
    [
        pytest.param(TEXT + '{"timestamp":"2026-01-15T10:30:48', 1, id="a torn last line"),
        pytest.param("Traceback:\n  File x\n" + TEXT, 2, id="a traceback"),
        pytest.param(TEXT.replace("\n", "\r\n"), 0, id="ends of lines of Windows"),
        pytest.param("\n\n" + TEXT.replace("\n", "\n\n"), 0, id="empty lines"),
        pytest.param(TEXT + "\0" * 100_000 + "\n", 1, id="zeros after a crash"),
        pytest.param(b'{"level": "\xff"}\n' + TEXT.encode(), 1, id="no UTF-8"),
        pytest.param(TEXT + '{"level":"X"} {"level":"Y"}\n', 1, id="two objects in a line"),
        pytest.param(TEXT + "{" * 200_000 + "\n", 1, id="a long line that is none"),
        pytest.param(TEXT.rstrip("\n"), 0, id="no end of the last line"),
    ],
)
def test_what_is_no_json(tmp_path: Path, query: str, content: str | bytes, unreadable: int) -> None:
    """Lines that are no JSON are counted and passed over, wherever they stand."""
    table = _ask(_file(tmp_path, content), query=query)
    assert (table.rows, table.statistics.unreadable) == (ALL, unreadable)


def test_filtered_garbage_is_counted(tmp_path: Path) -> None:
    """Garbage is counted before any filter of the query, also between a million lines."""
    lines = [TEXT] * 20_000
    lines.insert(10_000, "garbage\n" * 7)
    file = _file(tmp_path, "".join(lines))
    table = _ask(file, query='filter level = "INFO" | stats count(*) as n')
    assert (table.rows, table.statistics.unreadable) == ([("20000",)], 7)


def test_long_line(tmp_path: Path) -> None:
    """A line of some megabytes is a line."""
    long = json.dumps({"level": "INFO", "message": "x" * 3_000_000}) + "\n"
    table = _ask(_file(tmp_path, TEXT + long), query="stats max(strlen(message)) as longest")
    assert table.rows == [("3000000",)]


def test_json_that_is_no_object(tmp_path: Path) -> None:
    """A number or a list is an event without fields, as it is in CloudWatch."""
    table = _ask(
        _file(tmp_path, TEXT + "42\n[1]\n"), query="stats count(*) as n, count(level) as l"
    )
    assert (table.rows, table.statistics.unreadable) == ([("5", "3")], 0)


def test_damaged_archive(tmp_path: Path) -> None:
    """An archive that is cut off is read as far as it goes, and a note says so."""
    salted = [json.dumps({**LINES[0], "salt": os.urandom(9).hex()}) for _ in range(20_000)]
    whole = gzip.compress("\n".join(salted).encode())
    damaged = _file(tmp_path, whole[: len(whole) // 2], "app.log.1.gz")
    table = _ask(_file(tmp_path, TEXT), damaged, query="stats count(*) as n")
    assert 8_000 < int(table.rows[0][0] or "") < 12_000
    assert [note for note in table.notes if f"{damaged} is damaged" in note]


def test_empty_file(tmp_path: Path) -> None:
    """An empty file has no rows; the columns are those of the query."""
    assert Table(("level", "n"), []) == _ask(_file(tmp_path, ""))


def test_names_that_sql_and_globs_would_read(tmp_path: Path) -> None:
    """A file is called what it is called."""
    odd = _file(tmp_path, TEXT, "it's [1] *.log")
    _file(tmp_path, TEXT, "it's 1 x.log")
    assert _ask(odd, query="stats count(*) as n by @logStream").rows == [("it's [1] *.log", "3")]


@pytest.mark.parametrize("key", ["a b", 'q"x', "sl/ash", "til~de", "back\\slash", "it's", "Ümlaut"])
@pytest.mark.parametrize("also", ["", ", @message"])
def test_keys_that_sql_would_read(tmp_path: Path, key: str, also: str) -> None:
    """A field is called what it is called, also where the whole line is read."""
    file = _file(tmp_path, json.dumps({**LINES[0], key: "found"}) + "\n")
    assert _ask(file, query=f"fields `{key}`{also}").rows[0][0] == "found"


@pytest.mark.parametrize("also", ["", ", @message"])
def test_keys_that_differ_in_case(tmp_path: Path, also: str) -> None:
    """Names of fields are case-sensitive."""
    file = _file(tmp_path, '{"Level":"a","level":"b"}\n{"level":"c"}\n')
    table = _ask(file, query=f"fields Level, level{also} | sort level")
    assert [row[:2] for row in table.rows] == [("a", "b"), (None, "c")]


def test_system_fields(tmp_path: Path) -> None:
    """Where a line comes from is known; when it arrived is not, unless somebody says."""
    file = _file(tmp_path, json.dumps(LINES[0]) + "\n")
    query = parse("fields @timestamp, @logStream, @log, @ingestionTime, @message")
    found = local.run(query, local.Lines(paths=[file], record=RECORD, log="/shop/app"))
    expected = ("2026-01-15 10:30:45.123", "app.log", "/shop/app", None, json.dumps(LINES[0]))
    assert found.rows == [expected]
    found = local.run(query, local.Lines(paths=[file], record=RECORD, arrival_ms=1500))
    assert found.rows[0][3] == "2026-01-15 10:30:46.623"


def test_pointer(tmp_path: Path) -> None:
    """A line has the same pointer when its file was rotated and compressed."""
    file = _file(tmp_path, TEXT)
    archive = _file(tmp_path, gzip.compress(TEXT.encode()), "app.log.1.gz")
    first, second = (_ask(path, query="fields @ptr").rows for path in (file, archive))
    assert first == second
    assert len(set(first)) == 3


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-01-15T10:30:45.123Z", "10:30:45.123"),
        ("2026-01-15T10:30:59.999999Z", "10:30:59.999"),
        ("2026-01-15T12:30:45.123+02:00", "10:30:45.123"),
        ("2026-01-15T10:30:45", "10:30:45.000"),
        ("2026-01-15 10:30:45.5", "10:30:45.500"),
        (1768473045123, "10:30:45.123"),
        (1768473045, "10:30:45.000"),
        (1768473045.25, "10:30:45.250"),
    ],
)
def test_forms_of_timestamps(tmp_path: Path, timestamp: object, expected: str) -> None:
    """The forms that loggers write are one time."""
    file = _file(tmp_path, json.dumps({"timestamp": timestamp}) + "\n")
    assert _ask(file, query="fields @timestamp").rows == [(f"2026-01-15 {expected}",)]


@pytest.mark.parametrize("timestamp", ["yesterday", None, True, [1], {"a": 1}])
def test_no_timestamp(tmp_path: Path, timestamp: object) -> None:
    """A line without a time is there, unless a time is asked for."""
    file = _file(tmp_path, json.dumps({"timestamp": timestamp, "level": "INFO"}) + "\n")
    assert _ask(file).rows == [("INFO", "1")]
    assert _ask(file, start=0).rows == []


def test_bounds_of_time(tmp_path: Path) -> None:
    """Both bounds belong to the time that is asked about."""
    file = _file(tmp_path, TEXT)
    query = "fields message | sort @timestamp asc"
    assert _ask(file, query=query, start=1768473045123, end=1768473046000).rows == [
        ("one",),
        ("two",),
    ]
    assert _ask(file, query=query, start=1768473045124).rows == [("two",), ("three",)]
    assert _ask(file, query=query, end=1768473045122).rows == []


@pytest.mark.parametrize("count", [3, 1001, 2_000])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_first_rows_of_an_order(tmp_path: Path, count: int, direction: str) -> None:
    """Few and many first rows come in order, those without a value last."""
    numbers = [*range(1500), None, None]
    lines = [json.dumps({"n": n} if n is not None else {"m": 1}) for n in numbers]
    file = _file(tmp_path, "\n".join(lines[::-1]))
    rows = _ask(file, query=f"fields n | sort n {direction} | limit {count}").rows
    ordered = [str(n) for n in (range(1500) if direction == "asc" else range(1499, -1, -1))]
    assert [cell for (cell,) in rows] == [*ordered, None, None][:count]


def test_table_to_look_up_without_a_file(tmp_path: Path) -> None:
    """A table that nobody gave is told, with those that are there."""
    file = _file(tmp_path, TEXT)
    lines = local.Lines(paths=[file], record=RECORD, lookups={"teams": file})
    with pytest.raises(SourceError, match='no file for the table "users"; there are: teams'):
        local.run(parse("lookup users id as message OUTPUT name"), lines)


@pytest.mark.parametrize(
    "query", ["lookup users id as message OUTPUT nope", "lookup users nope as message OUTPUT name"]
)
def test_column_that_a_table_lacks(tmp_path: Path, query: str) -> None:
    """A column that is not there is told where it was asked for, with those that are."""
    file = _file(tmp_path, TEXT)
    table = _file(tmp_path, "id;name\n1;x\n", "users.csv")
    lines = local.Lines(paths=[file], record=RECORD, lookups={"users": table})
    with pytest.raises(QueryError) as caught:
        local.run(parse(f"fields level | {query}"), lines)
    (problem,) = caught.value.problems
    assert problem.message == "the table users has no column nope"
    assert (problem.hint, problem.column) == ("there are id, name", 16)


def test_column_of_a_table_is_spelled_as_there(tmp_path: Path) -> None:
    """Names of columns are exact, and those that differ in case only are not told apart."""
    file = _file(tmp_path, TEXT)
    table = _file(tmp_path, "id,name,Team,team\n1,x,a,b\n", "users.csv")
    lines = local.Lines(paths=[file], record=RECORD, lookups={"users": table})
    with pytest.raises(QueryError) as caught:
        local.run(parse("lookup users id as message OUTPUT NAME, team"), lines)
    assert [problem.message for problem in caught.value.problems] == [
        "the table users has no column NAME",
        "the table users has several columns team",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\n1\n2,b,c\n", "line 2: 1 cell instead of 2"),
        ("id,name\n1,'x,y'\n", "line 2: 3 cells instead of 2"),
        ('id,name\n1,"x\n2,y\n', "line 2: a quote that begins here is not closed"),
        ("", "line 1: the names of the columns are missing"),
        (b"\x00\xff" * 50, "cannot be read: 'utf-8' codec"),
        ("id,name\r\n1,x\n2,y\r\n", "this is no CSV: its lines must all end alike"),
    ],
)
def test_table_that_is_no_csv(tmp_path: Path, text: str | bytes, says: str) -> None:
    """The line is told, and what is wrong with it."""
    file = _file(tmp_path, TEXT)
    table = _file(tmp_path, text, "users.csv")
    lines = local.Lines(paths=[file], record=RECORD, lookups={"users": table})
    with pytest.raises(SourceError, match=rf"users.csv[,:] {says}"):
        local.run(parse("lookup users id as message OUTPUT name"), lines)


def test_damaged_table_is_not_read_in_part(tmp_path: Path) -> None:
    """What is left of lines answers; half of a table would say that the rest is not there."""
    file, table = _file(tmp_path, TEXT), tmp_path / "users.csv.gz"
    table.write_bytes(gzip.compress(b"id,name\n" + os.urandom(99).hex().encode() + b",x\n")[:-40])
    lines = local.Lines(paths=[file], record=RECORD, lookups={"users": table})
    with pytest.raises(SourceError, match=r"users\.csv\.gz: cannot be read: "):
        local.run(parse("lookup users id as message OUTPUT name"), lines)


def test_table_is_read_as_it_is_quoted(tmp_path: Path) -> None:
    """Also where a quote comes after many rows without, and after a byte order mark."""
    file = _file(tmp_path, '{"message":"x"}\n{"message":"late"}\n')
    rows = "".join(f"{number},plain\n" for number in range(30_000))
    text = f'\ufeffid,name\nx,\'single\'\n{rows}late,"a, ""b"""\n'
    table = _file(tmp_path, text, "users.csv")
    lines = local.Lines(paths=[file], record=RECORD, lookups={"users": table})

    found = local.run(parse("lookup users id as message OUTPUT name | display name"), lines)

    assert sorted(row[0] or "" for row in found.rows) == ["'single'", 'a, "b"']


def test_file_that_cannot_be_read() -> None:
    """The reason is the system's own: a socket can be named, and not be opened."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{folder}/log")
        with pytest.raises(SourceError, match=r"/log: cannot be read: No such device or address"):
            _ask(f"{folder}/log")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the working directory nor the temporary one has more files than before."""
    file = _file(tmp_path, TEXT)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    _ask(file, "-", stdin=TEXT.encode())
    assert list(scratch.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.log", "tmp"]


def test_duckdb_gives_up(tmp_path: Path) -> None:
    """What DuckDB cannot do is its failure, not the question's: texts of 4 GB do not fit."""
    file = _file(tmp_path, TEXT)
    lines = local.Lines(paths=[file], record=RECORD)
    doubled = " | ".join(f"fields concat(a{n}, a{n}) as a{n + 1}" for n in range(32))
    with pytest.raises(BackendError, match=r"^DuckDB: "):
        local.run(parse(f'fields concat(level, "") as a0 | {doubled} | display strlen(a32)'), lines)


@pytest.fixture(scope="module")
def long_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lines that are more than the memory that they may take."""
    line = json.dumps({**LINES[0], "salt": "x" * 1000})
    path = tmp_path_factory.mktemp("long") / "app.log"
    with path.open("w") as file:
        for second in range(400_000):
            stamp = (
                f"2026-01-15T{second // 36_000:02}:{second // 600 % 60:02}:{second // 10 % 60:02}"
            )
            file.write(line.replace("2026-01-15T10:30:45", stamp) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "rows", "most"),
    [
        ("fields @timestamp, @message", 10_000, 350),
        # The first rows are chosen before they are numbered.
        ("fields @timestamp, @message | accum nothing as total", 10_000, 350),
        # These look at all rows: DuckDB's 300 MB, and what it takes beside them.
        ("autoregress level | filter level_p1 = 1 | display @message", 0, 450),
        ("sessionize level maxspan 1s | filter session_id > 1 | display @message", 0, 450),
        ("display @message | dedup @logStream, level", 1, 450),
    ],
    ids=["sort", "accum", "autoregress", "sessionize", "dedup"],
)
def test_memory_is_bounded(long_lines: Path, query: str, rows: int, most: int) -> None:
    """Lines that are more than the memory that they may take are answered all the same."""
    code = (
        "from pathlib import Path\n"
        "from intentlog.contract import Record\n"
        "from intentlog.query import local, parse\n"
        "record = Record(fields=('timestamp', 'level', 'message'))\n"
        f"lines = local.Lines(paths=[{str(long_lines)!r}], record=record)\n"
        f"table = local.run(parse({query!r}), lines)\n"
        # Not ru_maxrss, which has the memory of whoever started the process, too.
        "status = Path('/proc/self/status').read_text()\n"
        "print(len(table.rows), int(status.partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found, megabytes = map(int, done.stdout.split())
    assert found == rows
    assert megabytes < most


@pytest.mark.parametrize("among", ["filter id in [{}]", "filter id = {}"], ids=["in", "or"])
def test_many_numbers_cost_a_line_about_as_much_as_many_texts(among: str) -> None:
    """The number of a field is found once a line, however many it is compared with."""
    between = ", " if "[" in among else " or id = "

    def length(count: int) -> int:
        return len(duckdb_sql(plan(parse(among.format(between.join(map(str, range(count))))))))

    assert length(301) - length(2) < 299 * len("300e0, ")


def test_bins_that_no_memory_holds_are_refused_where_they_are_asked_for(tmp_path: Path) -> None:
    """One line of 1970 makes 29 million minutes; before, minutes of 1970 alone were shown."""
    file = tmp_path / "app.log"
    file.write_text(f'{{"timestamp": "1970-01-01T00:00:00.000Z"}}\n{TEXT}')
    query = "stats count(*) as n by bin({}) as b | fillmissing with 0 for n"

    with pytest.raises(QueryError, match="column 39: fillmissing would make more than 1,000,000"):
        _ask(file, query=query.format("1m"))

    assert len(_ask(file, query=query.format("1d")).rows) == 10_000
    assert _ask(file, query=query.format("1m"), start=1).rows == [("2026-01-15 10:30:00.000", "3")]


def test_zeros_that_fill_more_than_a_line_can_be_are_explained(tmp_path: Path) -> None:
    """Who has such a file is told what it is, and how to ask it all the same."""
    file = _file(tmp_path, TEXT)
    os.truncate(file, 40_000_000)
    with pytest.raises(BackendError, match=r"zeros were left .*tr -d '\\0' < FILE"):
        _ask(file)
