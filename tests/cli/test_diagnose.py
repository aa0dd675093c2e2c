"""``diagnose`` as somebody on call types it, on local files."""

import contextlib
import csv
import gzip
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import duckdb
import pytest

import intentlog
from intentlog.cli.diagnose import main

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
TRACE = "1-6968c2d5-0123456789abcdef01234567"


class Result(NamedTuple):
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def log_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five lines of the real logger, an old one, and something that is no line."""
    folder = tmp_path_factory.mktemp("logs")
    old = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="milliseconds")
    (folder / "app.log").write_text(
        f'{{"timestamp":"{old[:-6]}Z","level":"INFO","category":"system","message":"Long ago"}}\n'
        "not a line\n"
    )
    intentlog.init_logging(CONTRACT, log_dir=folder, console="off")
    auth = logging.getLogger("code_monet.auth.routes")
    with intentlog.bind_context(user_id=42):
        auth.info("Sent a magic link")
        auth.warning("Refused | twice")
    with intentlog.bind_context(user_id="42"):
        logging.getLogger("code_monet.agent").error("Turn failed", extra={"tool": "draw"})
    logging.getLogger("code_monet.http").critical("No disk")
    logging.getLogger("code_monet.http").info("GET /")
    intentlog.shutdown()
    return folder


def run_diagnose(*arguments: str, contract: Path | None = CONTRACT, cwd: Path = ROOT) -> Result:
    """Run the command in this process, for speed: a process of its own takes half a second."""
    chosen = {"INTENTLOG_CONTRACT": str(contract)} if contract else {}
    with (
        patch.object(sys, "argv", ["diagnose", *arguments]),
        patch.dict(os.environ, chosen),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(io.StringIO()) as output,
        contextlib.redirect_stderr(io.StringIO()) as errors,
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    return Result(code if isinstance(code, int) else 0, output.getvalue(), errors.getvalue())


@pytest.fixture
def diagnose(log_dir: Path) -> Run:
    """Run the command on those files."""

    def run(*arguments: str, contract: Path = CONTRACT) -> Result:
        return run_diagnose(*arguments, "--log-dir", str(log_dir), contract=contract)

    return run


def messages(result: Result) -> list[str]:
    """Return the message of each row of JSON."""
    return [row["message"] for row in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["logs", "30"],
            ["Sent a magic link", "Refused | twice", "Turn failed", "No disk", "GET /"],
        ),
        (["logs", "30", "--limit", "2"], ["No disk", "GET /"]),
        (["logs", "--since", "3h", "--until", "1h"], ["Long ago"]),
        (["logs", "--category", "auth"], ["Sent a magic link", "Refused | twice"]),
        (
            ["logs", "--category", "agent", "--category", "http", "--level", "error"],
            ["Turn failed"],
        ),
        (["logs", "--user", "42", "--grep", "draw"], ["Turn failed"]),
        (["logs-errors", "60"], ["Turn failed", "No disk"]),
        (["logs-errors", "60", "--category", "agent"], ["Turn failed"]),
        (["logs-user", "42", "60"], ["Sent a magic link", "Refused | twice", "Turn failed"]),
        (["logs-search", "magic link", "60"], ["Sent a magic link"]),
        (["logs-search", '"tool":"draw"'], ["Turn failed"]),
        (["user", "42"], ["Sent a magic link", "Refused | twice", "Turn failed"]),
        (["tail", "--limit", "1"], ["GET /"]),
    ],
)
def test_questions_find_their_lines(
    diagnose: Run, arguments: list[str], expected: list[str]
) -> None:
    """The latest lines that match, oldest first; a user's id may be a number or a text."""
    result = diagnose(*arguments, "--json")

    assert (result.returncode, messages(result)) == (0, expected)


def test_a_pipe_gets_all_of_the_text(diagnose: Run, log_dir: Path) -> None:
    """Columns without colour and without an end cut off; what was asked stands on stderr."""
    result = diagnose("logs-errors", "60")

    head, first, second = result.stdout.splitlines()
    assert re.split(r" {2,}", head) == [
        "timestamp", "level", "category", "logger", "message", "user_id", "trace_id", "extra",
    ]  # fmt: skip
    assert re.split(r" {2,}", first)[1:] == [
        "ERROR", "agent", "code_monet.agent", "Turn failed", "42", '{"tool":"draw"}',
    ]  # fmt: skip
    assert "No disk" in second
    assert "\x1b" not in result.stdout
    where, passed_over = result.stderr.splitlines()
    assert where.startswith(f"# drawing-agent: {log_dir}/app.log, since ")
    assert passed_over == "1 line is no JSON and was passed over"


def test_markdown_is_a_table(diagnose: Run) -> None:
    """A cell keeps its bars, escaped."""
    result = diagnose("logs-search", "twice", "--md")

    head, rule, row = result.stdout.splitlines()
    assert head.startswith("| timestamp | level | category | logger | message |")
    assert rule.count("---") == 8
    assert "| WARNING | auth | code_monet.auth.routes | Refused \\| twice | 42 |" in row


def test_forms_say_the_same(diagnose: Run) -> None:
    """JSON, JSON lines and CSV: every value is a text, and nothing is there that is not."""
    array = json.loads(diagnose("logs", "--json").stdout)
    lines = [json.loads(line) for line in diagnose("logs", "--jsonl").stdout.splitlines()]
    table = list(csv.DictReader(io.StringIO(diagnose("logs", "--csv").stdout)))

    assert array == lines == [{k: v for k, v in row.items() if v} for row in table]
    assert array[2]["user_id"] == "42"
    assert array[2]["extra"] == '{"tool":"draw"}'
    assert "user_id" not in array[3]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", array[2]["@timestamp"])


def test_rotated_files_are_asked_once_and_those_of_the_time_only(tmp_path: Path) -> None:
    """A copy beside its original has no lines of its own; old files are not even opened."""
    line = '{"timestamp":"%s","level":"INFO","category":"system","message":"%s"}\n'
    now = datetime.now(UTC)
    for name, minutes in (
        ("app.log", 0),
        ("app.log.1", 10),
        ("app.log.2", 100),
        ("app.log.3", 300),
    ):
        when = now - timedelta(minutes=minutes)
        (tmp_path / name).write_text(line % (f"{when:%Y-%m-%dT%H:%M:%S}Z", name))
        os.utime(tmp_path / name, (when.timestamp(),) * 2)
    copy = tmp_path / "app.log.1.gz"
    copy.write_bytes(gzip.compress((tmp_path / "app.log.1").read_bytes()))
    os.utime(copy, ((now - timedelta(minutes=10)).timestamp(),) * 2)

    found = run_diagnose("logs", "30", "--json", "--log-dir", str(tmp_path))

    assert messages(found) == ["app.log.1", "app.log"]
    assert f"{tmp_path}/app.log.1, {tmp_path}/app.log, since " in found.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["logs-search", "nowhere"], 1, "no line matches"),
        (["logs", "--category", "auht"], 2, '--category: no category "auht"; did you mean "auth"?'),
        (["logs", "--level", "warn"], 2, '--level: no level "WARN"; did you mean "WARNING"?'),
        (["logs", "soon"], 2, "minutes"),
        (["logs", "0"], 2, "minutes"),
        (["logs", "99999999999"], 2, "minutes"),
        (["histogram", "--width", "1ms"], 2, '--width: "1ms" is no width; write 1s to 60s'),
        (["histogram", "--since", "30d", "--width", "1s"], 2, "--width 1s: that is 2,592,000 bars"),
        (["histogram", "--width", "300s"], 2, '--width: "300s" is no width'),
        (["logs", "5", "--since", "2h"], 2, "minutes or --since: choose one"),
        (["logs", "--since", "tuesday"], 2, '--since: "tuesday" is no moment; write 2h, 30m'),
        (["logs", "--since", "1h", "--until", "2h"], 2, "--since is later than --until"),
        (["logs", "--json", "--md"], 2, "--json or --md: choose one"),
        (["logs", "--limit", "0"], 2, "0 is not in the range x>=1"),
        (["logs", "--source", "cloudwatch"], 2, "--source cloudwatch and --log-dir: choose one"),
        (["logz"], 2, "logz"),
        (["logs-user"], 2, "Missing argument"),
        (["logs", "--contract", "nowhere.toml"], 2, "nowhere.toml: cannot be read"),
        (
            ["query", "erors-by-category"],
            2,
            'no query "erors-by-category"; did you mean "errors-by',
        ),
        (
            ["query", "user-activity", "--set", "usr=1"],
            2,
            'no parameter "usr"; did you mean "user"',
        ),
        (["query", "fields a", "--set", "user=1"], 2, "--set: only a saved query has parameters"),
        (["query", "stat count(*)"], 2, "  stat count(*)\n  ^^^^\n"),
        (["export", "-o", "lines.xlsx"], 2, "lines.xlsx: end it with .parquet, .csv, .jsonl"),
        (["open", "dashbord", "--region", "eu-west-1"], 2, "dashbord"),
        (
            ["open", "user-activity", "--set", "usr=1", "--region", "eu-west-1"],
            2,
            'no parameter "usr"; did you mean "user"?',
        ),
        (["tail", "-f", "--file", "-"], 2, "--follow: standard input is read once; name files"),
        (
            ["query", "lookup t level OUTPUT b", "--lookup", "t=no.csv"],
            2,
            "lookup t: no.csv: there is no such file",
        ),
    ],
)
def test_what_cannot_be_answered_is_told(
    diagnose: Run, arguments: list[str], code: int, told: str
) -> None:
    """With the exit code that stands for it, and no traceback."""
    with_files = arguments[0] not in {"open", "logz"} and "-" not in arguments
    result = diagnose(*arguments) if with_files else run_diagnose(*arguments)

    assert (result.returncode, result.stdout) == (code, "")
    assert told in result.stderr


def test_no_row_is_still_json(diagnose: Run) -> None:
    """A program that reads the answer gets an empty array."""
    result = diagnose("logs-search", "nowhere", "--json")

    assert (result.returncode, json.loads(result.stdout)) == (1, [])


def test_a_record_without_users_is_told(diagnose: Run) -> None:
    """Not every contract has a user_id, or categories."""
    chimera = ROOT / "contracts" / "chimera.toml"
    user = diagnose("logs-user", "42", contract=chimera)
    category = diagnose("logs", "--category", "system", contract=chimera)

    assert (user.returncode, user.stderr) == (2, "chimera: record: no line has a user_id\n")
    assert (category.returncode, category.stderr) == (
        2,
        "chimera: record: no line has a category\n",
    )


def test_it_runs_as_a_script_too(log_dir: Path) -> None:
    """``python scripts/diagnose.py`` is the same."""
    script = [sys.executable, "scripts/diagnose.py", "logs-errors", "--level", "ERROR", "--json"]
    result = subprocess.run(
        [*script, "--contract", str(CONTRACT), "--log-dir", str(log_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert [row["message"] for row in json.loads(result.stdout)] == ["Turn failed"]


STORY = [
    ("10:00:00.000", "INFO", "http", "POST /api/turns/17", None),
    ("10:00:00.250", "INFO", "agent", "Tool use: draw_path", None),
    ("10:00:05.500", "ERROR", "agent", "Turn 17 failed after 5250 ms", "TimeoutError"),
    ("10:09:00.000", "ERROR", "agent", "Turn 18 failed after 31 ms", "TimeoutError"),
    ("10:10:00.000", "ERROR", "agent", "Turn 19 failed after 2 ms", "ValueError"),
]


@pytest.fixture
def story(tmp_path: Path) -> Run:
    """Lines of a morning, asked as files."""
    lines = [
        {
            "timestamp": f"2026-01-15T{time}Z",
            "level": level,
            "category": category,
            "logger": f"code_monet.{category}",
            "message": message,
            "trace_id": TRACE if time < "10:05" else "1-00000000-000000000000000000000000",
            "extra": {"items": [{"id": 3}], "request-id": 5}
            | ({"exception": {"type": kind}} if kind else {}),
        }
        for time, level, category, message, kind in STORY
    ]
    file = tmp_path / "morning.log"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def run(*arguments: str) -> Result:
        return run_diagnose(*arguments, "--file", str(file), cwd=tmp_path)

    return run


def rows(result: Result) -> list[dict[str, str]]:
    """Return the rows of JSON."""
    assert result.returncode == 0, result.stderr
    found: list[dict[str, str]] = json.loads(result.stdout)
    return found


def test_files_that_are_named_are_read_whole(story: Run) -> None:
    """However old their lines are; a time can still be asked for."""
    since = story("logs", "--since", "2026-01-15T10:09", "--until", "2026-01-15T10:09:30", "--json")

    assert len(rows(story("logs", "--json"))) == 5
    assert [row["message"] for row in rows(since)] == ["Turn 18 failed after 31 ms"]


def test_a_trace_is_a_timeline(story: Run) -> None:
    """One request through all categories, and the time between its lines."""
    result = story("trace", TRACE, "--json")

    assert [(row["after"], row.get("gap"), row["category"]) for row in rows(result)] == [
        ("0 ms", None, "http"),
        ("250 ms", "250 ms", "agent"),
        ("5.500 s", "5.250 s", "agent"),
    ]
    assert "# 3 lines within 5.500 s; http, agent; 1 failed" in result.stderr


@pytest.mark.parametrize(
    "pasted",
    [
        f" {TRACE} ",
        TRACE.upper(),
        TRACE.removeprefix("1-").replace("-", ""),
        f"00-{TRACE.removeprefix('1-').replace('-', '')}-00f067aa0ba902b7-01",
    ],
)
def test_a_trace_is_found_however_its_id_is_spelled(story: Run, pasted: str) -> None:
    """It is copied from OpenTelemetry, from a header, or with a blank behind it."""
    assert len(rows(story("trace", pasted, "--json"))) == 3


def test_an_old_trace_is_looked_for_where_it_began(tmp_path: Path) -> None:
    """X-Ray's ids tell when, so that nobody has to say it."""
    moment = datetime.now(UTC) - timedelta(days=9)
    trace = f"1-{int(moment.timestamp()):08x}-0123456789abcdef01234567"
    written = {"timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.500Z", "level": "INFO", "message": "old"}
    (tmp_path / "app.log").write_text(json.dumps(written | {"trace_id": trace}))

    found = run_diagnose(
        "trace", trace, "--json", "--contract", str(CONTRACT), "--log-dir", str(tmp_path)
    )
    assert [row["message"] for row in rows(found)] == ["old"]
    assert f", until {moment + timedelta(days=1):%Y-%m-%d %H:%M} UTC" in found.stderr


@pytest.mark.parametrize(
    "question", [("trace", "1-ffffffff-ffffffffffffffffffffffff"), ("user", "0")]
)
def test_a_timeline_of_nothing_is_told(story: Run, question: tuple[str, str]) -> None:
    """As with every question that no line answers."""
    result = story(*question)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "no line matches"


def test_lines_around_a_moment_and_around_a_line(story: Run) -> None:
    """So many before, so many after; the line itself is marked."""
    at_moment = rows(story("around", "2026-01-15T10:00:01", "-n", "1", "--json"))
    pointer = rows(story("logs", "--json"))[3]["@ptr"]
    at_line = rows(story("around", pointer, "-n", "1", "--json"))

    assert not re.search("since|until", story("around", pointer).stderr)  # a bound of nobody's
    assert [row["message"][:7] for row in at_moment] == ["Tool us", "Turn 17", "Turn 18"]
    assert [(row.get(""), row["message"][:7]) for row in at_line] == [
        (None, "Turn 17"),
        (">", "Turn 18"),
        (None, "Turn 19"),
    ]


def test_a_pointer_that_no_line_has_is_told(story: Run) -> None:
    """No other line is marked as if it were it; what is no pointer at all is told with the form."""
    pointer = rows(story("logs", "--json"))[3]["@ptr"]
    gone = story("around", f"{pointer[:-1]}{'0' if pointer[-1] != '0' else '1'}", "--json")
    wrong = story("around", "1768473045123-xx")

    assert [row.get("") for row in rows(gone)] == [None] * 5
    assert "is it in another file, or gone?" in gone.stderr
    assert wrong.returncode == 2
    assert "or a line's @ptr, as --json tells it" in wrong.stderr


def test_failures_that_are_the_same_are_counted_as_one(story: Run) -> None:
    """Type and message without numbers; how often, when first, when last, and a sparkline."""
    first, second = rows(story("top", "errors", "--json"))

    assert (first["type"], first["message"]) == ("TimeoutError", "Turn <n> failed after <n> ms")
    assert (first["count"], first["first"], first["last"]) == (
        "2", "2026-01-15 10:00:05", "2026-01-15 10:09:00",
    )  # fmt: skip
    assert set(first["when"]) == {"█", "·"}
    assert first["when"].count("█") == 2
    assert (second["type"], second["count"]) == ("ValueError", "1")


def test_a_histogram_counts_lines_and_failures(story: Run) -> None:
    """Times without a line are there, too."""
    found = rows(story("histogram", "--width", "5m", "--json"))

    assert [(row["time"][11:16], row["lines"], row["errors"]) for row in found] == [
        ("10:00", "3", "1"), ("10:05", "1", "1"), ("10:10", "1", "1"),
    ]  # fmt: skip
    assert "█" * 40 in story("histogram", "--width", "5m").stdout


def test_a_histogram_tells_lines_that_have_no_bar(tmp_path: Path) -> None:
    """A line whose time cannot be read is at no time; it is told, though nobody bounds the time."""
    file = tmp_path / "app.log"
    line = '{"timestamp":"2026-01-15T10:00:00.000Z","level":"ERROR","message":"x"}\n'
    file.write_text(line + line.replace("2026-01-15", "yesterday "))

    answer = run_diagnose("histogram", "--file", str(file), "--json")

    assert [row["lines"] for row in rows(answer)] == ["1"]
    assert "1 line has no time that can be read and was left out" in answer.stderr
    assert "1970" not in answer.stderr


def test_fields_are_told_as_queries_name_them(story: Run) -> None:
    """Nested ones by dots and positions, with how many lines have them."""
    found = {row["field"]: row for row in rows(story("fields", "--json"))}

    assert found["extra.items.0.id"]["example"] == "3"
    assert "`extra.request-id`" in found
    assert found["extra.exception.type"]["share"] == "60%"
    assert (found["extra.exception.type"]["values"], found["level"]["kind"]) == ("2", "text")


def test_tools_are_those_of_the_saved_query(story: Run) -> None:
    """A contract that says what a tool is, is asked; another one tells that it does not."""
    assert rows(story("tools", "--json")) == [{"tool_name": "draw_path", "calls": "1"}]
    other = story("tools", "--contract", str(ROOT / "contracts" / "chimera.toml"))
    assert other.returncode == 2
    assert 'none has "tool" in its name' in other.stderr


def test_queries_are_narrowed_by_options(story: Run) -> None:
    """Conditions come first, after SOURCE; a comment and a bar at the start do no harm."""
    expected = [{"count(*)": "2"}]
    narrow = ("--level", "ERROR", "--grep", "1")
    for text in (
        "stats count(*)",
        "SOURCE '/any' | stats count(*)",
        "# how many\n| stats count(*)",
    ):
        counted = story("query", text, "--trace", "1-00000000-000000000000000000000000", *narrow)
        assert "2" in counted.stdout
        assert rows(story("query", text, *narrow, "--until", "2026-01-15T10:09:30", "--json")) == (
            expected
        )


def test_a_limit_holds_for_queries_too(story: Run) -> None:
    """Also where the query has a greater one of its own."""
    query = ("query", "fields message | sort @timestamp asc | limit 4", "--limit", "2", "--json")

    assert [row["message"][:4] for row in rows(story(*query))] == ["POST", "Tool"]


def test_an_export_is_typed_as_far_as_nothing_changes(story: Run, tmp_path: Path) -> None:
    """Parquet has numbers and times where the texts are such; CSV and JSON lines have texts."""
    text = (
        'fields @timestamp, extra.items.0.id as id, concat("0", id) as code | sort @timestamp asc'
    )
    for name in ("rows.parquet", "rows.csv", "rows.jsonl"):
        result = story("export", text, "-o", str(tmp_path / name))
        assert (result.returncode, result.stdout) == (0, "")
        assert f"{name}: 5 rows" in result.stderr
    found = duckdb.read_parquet(str(tmp_path / "rows.parquet")).fetchall()
    assert found[0] == (datetime(2026, 1, 15, 10), 3, "03")  # noqa: DTZ001 -- as DuckDB has it
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert lines[0] == {"@timestamp": "2026-01-15 10:00:00.000", "id": "3", "code": "03"}
    assert lines == list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text())))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "-o", "rows.csv", "--json"], "--json: the file's name says its form"),
        (["report", "--csv"], "--csv: a report is a page of HTML; diagnose export writes rows"),
    ],
)
def test_a_form_of_rows_is_refused_where_none_are_printed(
    diagnose: Run, arguments: list[str], said: str
) -> None:
    """Else somebody waits for what was asked for."""
    result = diagnose(*arguments)

    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())


def test_a_line_that_is_too_long_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Of 20 MB: not even DuckDB says which line it was; other fields are still answered."""
    file = tmp_path / "huge.log"
    line = {"timestamp": "2026-01-15T10:30:45.123Z", "level": "ERROR", "message": "x" * 20_000_000}
    file.write_text(json.dumps(line) + "\n")
    shown = run_diagnose("logs", "--file", str(file))
    counted = run_diagnose("query", "stats count(*) as n by level", "--file", str(file), "--csv")

    assert shown.returncode == 3
    assert "ask about a shorter time, or query fewer fields" in shown.stderr
    assert (counted.returncode, counted.stdout) == (0, "level,n\nERROR,1\n")


@pytest.mark.usefixtures("story")
def test_files_need_no_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is named and there is no only one, the usual names of fields hold."""
    monkeypatch.delenv("INTENTLOG_CONTRACT", raising=False)
    file = next(tmp_path.glob("*.log"))
    result = run_diagnose("logs-errors", "--file", str(file), "--json", contract=None, cwd=tmp_path)

    assert rows(result)[0]["message"] == "Turn 17 failed after 5250 ms"
    assert result.stderr.startswith("# no contract: ")


def test_a_line_without_a_message_is_shown_whole(tmp_path: Path) -> None:
    """Somebody else's lines would be empty rows; nor does anybody know their categories."""
    file = tmp_path / "other.log"
    file.write_text('{"ts":"2026-01-15T10:00:00Z","msg":"theirs"}\n')
    ask = ("logs", "--file", str(file), "--json")
    theirs = run_diagnose(*ask, contract=None, cwd=tmp_path)
    category = run_diagnose(*ask, "--category", "any", contract=None, cwd=tmp_path)

    assert rows(theirs)[0]["message"] == '{"ts":"2026-01-15T10:00:00Z","msg":"theirs"}'
    assert (category.returncode, category.stdout) == (1, "[]\n")


@pytest.fixture
def odd(tmp_path: Path) -> Run:
    """A line whose message has bars, tags and line ends of two kinds, and one with wide letters."""
    file = tmp_path / "odd.log"
    messages = ["a|b\\|c <n>\r\nd\ne \x1b[2J", "漢字 e\u0301"]
    lines = [{"level": "INFO", "category": "auth", "message": message} for message in messages]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return lambda *arguments: run_diagnose(
        "query", "fields message, level | sort message", *arguments, "--file", str(file)
    )


def test_csv_keeps_line_ends_in_quotes(odd: Run) -> None:
    """A cell with a line end is one cell (RFC 4180), whichever line end it is."""
    text = odd("--csv").stdout

    assert '"a|b\\|c <n>\r\nd\ne \x1b[2J",INFO\n' in text
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in read[1:]] == ["a|b\\|c <n>\r\nd\ne \x1b[2J", "漢字 e\u0301"]


def test_markdown_keeps_its_cells(odd: Run) -> None:
    """Bars are no borders, also behind a backslash; tags are no HTML, which would vanish."""
    assert odd("--md").stdout.splitlines()[2] == (r"| a\|b\\\|c \<n><br>d<br>e \x1b[2J | INFO |")


def test_columns_are_as_wide_as_they_are_shown(odd: Run) -> None:
    """Chinese letters take two cells of a terminal, an accent of its own none."""
    head, first, second = odd().stdout.splitlines()

    assert head.index("level") == first.index("INFO") == second.index("INFO") + 1


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    """As with `| head`: there were rows, and nobody gets a traceback."""
    file = tmp_path / "many.log"
    file.write_text('{"level":"INFO","message":"again and again"}\n' * 20_000)
    options = ["--file", str(file), "--contract", str(CONTRACT), "--limit", "9000", "--jsonl"]
    with subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "diagnose.py", "logs", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "again" in process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, f"# drawing-agent: {file}\n")


def test_a_terminal_that_does_not_know_every_letter(tmp_path: Path) -> None:
    """Gets a question mark for those that it cannot show."""
    file = tmp_path / "letters.log"
    file.write_text('{"level":"INFO","message":"Größe 漢"}\n')
    result = subprocess.run(
        [sys.executable, ROOT / "scripts" / "diagnose.py", "logs", "--file", file, "--jsonl"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "INTENTLOG_CONTRACT": str(CONTRACT)},
        capture_output=True,
        check=True,
    )

    assert json.loads(result.stdout.decode("latin-1"))["message"] == "Größe ?"


def test_links_lead_into_the_console() -> None:
    """To a saved query with its parameters, to a log group's lines, to the dashboard."""
    query = run_diagnose("open", "user-activity", "30", "--set", "user=7", "--region", "eu-west-1")
    stream = run_diagnose("open", "errors", "--region", "eu-west-1")
    dashboard = run_diagnose("open", "dashboard", "--region", "eu-west-1")

    assert "user_id*20*3d*207" in query.stdout.replace("$2a", "*").replace("$", "%")
    assert "start~-1800" in query.stdout
    assert "drawing-agent*2ferrors" in stream.stdout
    assert dashboard.stdout == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
        "#dashboards/dashboard/drawing-agent\n"
    )


def test_what_aws_lacks_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credentials, no region, no such profile: no answer, and how to get one."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    ask = ("logs", "--source", "cloudwatch")
    credentials = run_diagnose(*ask, "--region", "eu-west-1")
    region = run_diagnose(*ask)
    profile = run_diagnose(*ask, "--profile", "nobody")

    assert [credentials.returncode, region.returncode, profile.returncode] == [3, 3, 3]
    assert "log in (aws sso login)" in credentials.stderr
    assert "say which with --region" in region.stderr
    assert "nobody" in profile.stderr


def test_cost_is_that_of_the_contract() -> None:
    """The same as `intentlog cost`, of the contract that is chosen like everywhere."""
    result = run_diagnose("cost", "--json")

    assert [each["service"] for each in json.loads(result.stdout)["contracts"]] == ["drawing-agent"]


@pytest.mark.parametrize("arguments", [["--help"], ["logs", "--help"]])
def test_help_brings_in_nothing_heavy(arguments: list[str]) -> None:
    """What answers questions is imported when one is asked: help is there at once."""
    rooms = [f"intentlog.{room}" for room in ("contract", "logger", "query")]
    heavy = [*rooms, "_duckdb", "boto3", "rich"]
    program = (
        "import sys\n"
        "from intentlog.cli.diagnose import app\n"
        "try:\n"
        "    app(sys.argv[1:])\n"
        "finally:\n"
        f"    print([name for name in {heavy} if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )

    assert result.stderr == "[]\n"


def test_a_local_question_does_without_aws(log_dir: Path) -> None:
    """And without the logger: that is a third of what a short question would cost."""
    program = (
        "import sys\n"
        "from intentlog.cli.diagnose import app\n"
        "try:\n"
        "    app(sys.argv[1:])\n"
        "finally:\n"
        "    heavy = {'boto3', 'intentlog.logger', 'intentlog.render', 'rich'}\n"
        "    print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, "logs", "--jsonl", "--contract", str(CONTRACT)]
    result = subprocess.run(
        [*command, "--log-dir", str(log_dir)], capture_output=True, text=True, check=True
    )

    assert result.stdout.splitlines()[-1] == "[]"
