"""``intentlog query``, run as a user runs it."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from intentlog.cli.intentlog import main; main()"]
AGENT = str(ROOT / "contracts" / "drawing-agent.toml")
LINES = [
    {"timestamp": "2026-01-15T10:30:45.123Z", "level": "ERROR", "category": "auth", "user_id": 42},
    {"timestamp": "2026-01-15T10:30:46.000Z", "level": "ERROR", "category": "http"},
    {"timestamp": "2026-01-15T10:30:47.000Z", "level": "ERROR", "category": "auth"},
]
TEXT = "".join(json.dumps(line) + "\n" for line in LINES)
COUNTS = [{"category": "auth", "errors": "2"}, {"category": "http", "errors": "1"}]


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Some lines."""
    path = tmp_path / "app.log"
    path.write_text(TEXT)
    return str(path)


def query(
    *arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **environment: str
) -> tuple[int, str, str]:
    """Run the command: exit code, standard output, standard error."""
    done = subprocess.run(
        [*COMMAND, "query", *arguments],
        input=stdin,
        cwd=cwd,
        env=os.environ | {"INTENTLOG_CONTRACT": AGENT, "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        check=False,
    )
    output, errors = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in errors
    return done.returncode, output, errors


def test_saved_query(file: str) -> None:
    """A saved query is asked by its name; JSON is an array of objects of texts."""
    code, output, errors = query("run", "errors-by-category", "--file", file, "--json")
    assert (code, json.loads(output), errors) == (0, COUNTS, f"# drawing-agent: {file}\n")


def test_text_of_ones_own(file: str) -> None:
    """A text is a query; Markdown is a table."""
    text = 'filter category = "auth" | fields @timestamp, user_id | sort @timestamp asc'
    assert query("run", text, "--file", file, "--md")[1] == (
        "| @timestamp | user_id |\n"
        "| --- | --- |\n"
        "| 2026-01-15 10:30:45.123 | 42 |\n"
        "| 2026-01-15 10:30:47.000 |  |\n"
    )


def test_csv(file: str) -> None:
    """CSV has a header, and nothing else that a program would stumble over."""
    output = query("run", "errors-by-category", "--file", file, "--csv")[1]
    assert list(csv.DictReader(io.StringIO(output))) == COUNTS


def test_parameters(file: str) -> None:
    """A saved query's parameter is set by its name."""
    code, output, _ = query("run", "user-activity", "--set", "user=42", "--file", file, "--json")
    assert (code, [row["category"] for row in json.loads(output)]) == (0, ["auth"])
    assert query("run", "user-activity", "--set", "user=43", "--file", file)[0] == 1


@pytest.mark.parametrize("stdin", [TEXT.encode(), gzip.compress(TEXT.encode())])
def test_standard_input(stdin: bytes) -> None:
    """Lines can be piped in, compressed ones too."""
    code, output, _ = query("run", "errors-by-category", "--file", "-", "--json", stdin=stdin)
    assert (code, json.loads(output)) == (0, COUNTS)


@pytest.mark.parametrize(
    "command",
    [
        f"{sys.executable} -c 'from intentlog.cli.diagnose import main; main()' report",
        f"{sys.executable} -c 'from intentlog.cli.intentlog import main; main()' preview",
    ],
    ids=["report", "preview"],
)
def test_a_page_asks_several_questions_of_what_can_be_read_once(
    tmp_path: Path, file: str, command: str
) -> None:
    """A page of standard input, or of what another command prints, is that of the file."""
    asked = {"named": file, "piped": "-", "printed": f"<(gzip -c {file})", "device": "/dev/stdin"}
    pages = {}
    for name, source in asked.items():
        page = tmp_path / f"{name}.html"
        script = f"{command} --contract {AGENT} --file {source} -o {page} < <(cat {file})"
        done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
        # The page says which files they were.
        pages[name] = [line for line in page.read_text().splitlines() if "<h1>" not in line]

    assert "auth" in str(pages["named"])
    assert all(lines == pages["named"] for lines in pages.values())


def test_time(file: str) -> None:
    """Only lines of the time that is asked for count."""
    times = ("--since", "2026-01-15T10:30:46", "--until", "2026-01-15T10:30:46.5")
    output = query("run", "errors-by-category", "--file", file, *times, "--json")[1]
    assert json.loads(output) == [{"category": "http", "errors": "1"}]


def test_garbage_is_told(tmp_path: Path) -> None:
    """What was passed over is said, apart from the answer."""
    file = tmp_path / "torn.log"
    file.write_text(TEXT + '{"timestamp":"2026-')
    code, output, errors = query("run", "errors-by-category", "--file", str(file), "--json")
    assert (code, json.loads(output)) == (0, COUNTS)
    assert "1 line" in errors


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("errors-by-categry",), 2, 'did you mean "errors-by-category"?'),
        (("stat count(*)",), 2, "^^^^"),
        (("fields @message | anomaly",), 2, "anomaly"),
        (("fields level", "--since", "noon"), 2, "noon"),
        (("user-activity", "--set", "usr=1"), 2, 'did you mean "user"?'),
        (('filter level = "DEBUG"',), 1, ""),
    ],
)
def test_what_goes_wrong(file: str, arguments: tuple[str, ...], code: int, said: str) -> None:
    """What is wrong, where, and what would be right; no row is no mistake, but tells."""
    found, output, errors = query("run", *arguments, "--file", file)
    assert (found, output) == (code, "")
    assert said in errors


def test_file_that_is_not_there(file: str) -> None:
    """The file that was probably meant is told."""
    code, _, errors = query("run", "fields level", "--file", file.replace("app", "ap"))
    assert code == 2
    assert f"did you mean {file}?" in errors


def test_a_question_brings_in_nothing_that_it_does_not_need(file: str) -> None:
    """Other commands' rooms, AWS and validators of options would double what its start costs."""
    program = (
        "import sys\n"
        "from intentlog.cli.intentlog import app\n"
        "try:\n"
        "    app(sys.argv[1:])\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    arguments = ["query", "run", "stats count(*)", "--jsonl", "--file", file]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--contract", AGENT],
        capture_output=True,
        text=True,
        check=True,
    )

    brought = set(done.stderr.splitlines()[-1].split())
    assert {"intentlog.query.local", "_duckdb"} <= brought
    rooms = {f"intentlog.{room}" for room in ("assembly", "delivery", "logger", "render")}
    packages = {"boto3", "duckdb", "numpy", "pydantic", "rich"}
    parts = {"importlib.metadata", "intentlog.expression.pattern", "logging"}
    assert brought.isdisjoint(rooms | packages | parts)


def test_lint(tmp_path: Path) -> None:
    """Saved queries are checked, or one's own; the place is underlined."""
    assert query("lint") == (0, "", "")
    code, output, _ = query("lint", 'filter lvel == "ERROR"')
    assert code == 1
    assert "query: line 1, column 8: no line has a field lvel; did you mean level?\n" in output
    assert "  filter lvel ==" in output
    assert "         ^^^^" in output
    wrong = tmp_path / "wrong.toml"
    saved = Path(AGENT).read_text().replace("by bin(5m), category", "by bin(300s), category")
    wrong.write_text(saved)
    code, output, _ = query("lint", "--contract", str(wrong))
    assert code == 1
    assert "errors-over-time: line 2, column 35: 300s is taken as 60s" in output


def test_a_text_is_linted_without_a_contract(tmp_path: Path) -> None:
    """Which fields lines have is not known then; the saved queries of none cannot be looked at."""

    def lint(*text: str) -> tuple[int, str, str]:
        return query("lint", *text, cwd=tmp_path, INTENTLOG_CONTRACT="")

    assert lint("filter anything = 1 | stats count(*)") == (0, "", "")
    code, output, errors = lint("filter level = ERROR | limit 5")
    assert (code, errors) == (1, "")
    assert 'this names a field; a text is written "ERROR"' in output
    code, output, errors = lint()
    assert (code, output) == (2, "")
    assert "--contract: which one?" in errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "filter level = ERROR",
            (
                "query: line 1, column 16: "
                'this names a field; a text is written "ERROR" [field-as-value]\n'
            ),
        ),
        (
            'filter leve = "ERROR" | stats count(*)',
            (
                "query: line 1, column 8: "
                "no line has a field leve; did you mean level? [unknown-field]\n"
            ),
        ),
        (
            'filter level = "WARN"',
            'query: line 1, column 16: no level "WARN"; did you mean "WARNING"? [unknown-value]\n',
        ),
        (
            'fields level\n| filter @timestamp > "2026-03-01"',
            "query: line 2, column 10: a timestamp is a number of milliseconds, not a date; ",
        ),
    ],
)
def test_asking_tells_what_the_linter_knows(file: str, text: str, said: str) -> None:
    """A line beside the answer, which would else be no row without a reason."""
    code, output, errors = query("run", text, "--file", file, "--json")
    assert (code, output) == (1, "[]\n")
    assert errors.startswith(said)
    assert errors.splitlines()[1:] == [f"# drawing-agent: {file}", "no row"]


@pytest.mark.parametrize(
    "text",
    [
        "dedup level | sort level",
        "stats topk(2, level), count(*)",
        " | ".join(["stats count(*) as a"] * 11),
        "filter level like /a/ | outlier level",
    ],
)
def test_what_is_refused_is_told_once(file: str, text: str) -> None:
    """The error says it, with its place; the linter does not say it before that."""
    code, output, errors = query("run", text, "--file", file)
    assert (code, output) == (2, "")
    assert [line for line in errors.splitlines() if line.startswith("query: ")] == [
        next(line for line in errors.splitlines() if not line.startswith("#"))
    ]


def test_json_names_each_line_that_is_a_row(file: str) -> None:
    """As CloudWatch does: `diagnose around` takes the @ptr. A count is no line, and has none."""
    rows = json.loads(query("run", "fields level | limit 1", "--file", file, "--json")[1])
    (line,) = query("run", "fields level | limit 1", "--file", file, "--jsonl")[1].splitlines()
    assert [list(row) for row in (rows[0], json.loads(line))] == [["level", "@ptr"]] * 2
    assert query("run", "fields level | limit 1", "--file", file)[1] == "level\nERROR\n"
    counted = query("run", "stats count(*) as n", "--file", file, "--json")[1]
    assert json.loads(counted) == [{"n": "3"}]


@pytest.mark.parametrize("word", ["filter", "limit", "stats"])
def test_a_word_that_begins_a_query_is_no_name(file: str, word: str) -> None:
    """What is missing after it is told, not that no saved query is called so."""
    code, _, errors = query("run", word, "--file", file)
    assert code == 2
    assert errors.startswith("query: ")
    assert f"  {word}\n" in errors


def test_a_saved_query_of_no_contract(file: str, tmp_path: Path) -> None:
    """Files can be asked without one, but then nobody knows the name."""
    code, _, errors = query(
        "run", "errors-by-category", "--file", file, cwd=tmp_path, INTENTLOG_CONTRACT=""
    )
    assert code == 2
    assert '"errors-by-category": whose query? Say it with --contract' in errors


def test_a_clean_query_is_only_answered(file: str) -> None:
    """Nor does one whose place is underlined get the same once more."""
    text = 'filter category = "auth" | stats count(*) as n by category'
    assert query("run", text, "--file", file)[2] == f"# drawing-agent: {file}\n"
    refused = query("run", "fields @message | anomaly", "--file", file)[2]
    assert refused.count("anomaly runs in CloudWatch only") == 1


def test_examples() -> None:
    """Each example of each contract is tried."""
    assert query("test", AGENT)[:2] == (0, "9 examples, 0 otherwise than expected\n")


def test_examples_that_differ(tmp_path: Path) -> None:
    """What is answered otherwise is shown; a contract without examples passes no test."""
    text = Path(AGENT).read_text()
    wrong, bare = tmp_path / "wrong.toml", tmp_path / "bare.toml"
    wrong.write_text(text.replace('category = "agent", errors = "2"', 'category = "agent"'))
    malformed = tmp_path / "malformed.toml"
    malformed.write_text(text.replace("| sort errors desc", "| sort errors desc\n| limit ten", 1))
    without = text[: text.index("[queries.")]
    bare.write_text(without.replace('query          = "errors-by-category"', ""))
    code, output, _ = query("test", str(wrong))
    assert code == 1
    assert '+{"category":"agent","errors":"2"}' in output
    code, output, _ = query("test", str(malformed))
    assert code == 2
    assert f"{malformed}: errors-by-category[0]: line 4, column " in output
    assert "9 examples, 1 otherwise than expected" in output
    assert query("test", str(bare))[:2] == (1, "0 examples, 0 otherwise than expected\n")
