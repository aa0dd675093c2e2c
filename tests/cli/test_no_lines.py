"""What ``diagnose`` says where there is nothing, or where it may not look."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.terminal import DIAGNOSE, ROOT

CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
LINE = '{"timestamp":"2026-01-15T10:00:00.000Z","level":"ERROR","message":"Reagent use: a/b"}\n'

Ask = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run the command where one old line, and one that is no JSON, are in the contract's file."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text(f"{LINE}plain text\n")

    def run(*arguments: str, before: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*before, DIAGNOSE, *arguments],
            env=os.environ | {"INTENTLOG_CONTRACT": str(CONTRACT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


QUESTIONS = [
    ("logs",),
    ("logs-errors",),
    ("logs-user", "42"),
    ("logs-search", "x"),
    ("query", "stats count(*)"),
    ("query", "errors-by-category"),
    ("tail",),
    ("trace", "1-6968c2d5-0123456789abcdef01234567"),
    ("user", "42"),
    ("around", "2025-01-01"),
    ("top", "errors"),
    ("histogram",),
    ("fields",),
    ("tools",),
    ("export", "-o", "lines.csv"),
    ("report", "-o", "report.html"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids="-".join)
def test_a_time_without_lines_is_an_answer(ask: Ask, question: tuple[str, ...]) -> None:
    """Nothing was logged in the last hour: that is told, with exit code 1, by every question."""
    result = ask(*question, "--log-dir", "logs")

    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1] != ""


def test_a_text_in_other_capitals_is_hinted_at(ask: Ask) -> None:
    """And the hint, as it stands, finds it."""
    result = ask("logs-search", "reagent use: a/b", "--file", "logs/app.log")
    hint = r"diagnose query 'filter @message like /(?i)reagent use: a\/b/'"
    found = ask("query", r"filter @message like /(?i)reagent use: a\/b/", "--file", "logs/app.log")

    assert result.returncode == 1
    assert f"capitals count; else (options as here): {hint}\n" in result.stderr
    assert "Reagent use" in found.stdout


@pytest.mark.parametrize(
    ("where", "files"),
    [
        (("--file", "logs/app.log"), "logs/app.log"),
        (("--file", "logs/*.log"), "logs/*.log"),
        (("--log-dir", "logs"), "logs/app.log*"),
    ],
    ids=["file", "glob", "contract"],
)
def test_lines_that_are_no_json_are_searched_by_grep(
    ask: Ask, tmp_path: Path, where: tuple[str, str], files: str
) -> None:
    """A text that only they have is not said to be nowhere; the command to copy finds it."""
    for option in (("logs-search", "plain text"), ("logs", "--grep", "plain text")):
        result = ask(*option, *where)
        command = f"zgrep -F -e 'plain text' {files}"
        found = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
        )

        assert result.returncode == 1
        assert f"lines that are no JSON were not searched; in them: {command}\n" in result.stderr
        assert found.stdout.endswith("plain text\n")


def test_nothing_is_hinted_at_without_a_text(ask: Ask) -> None:
    """What nobody searched for is in no line's capitals."""
    result = ask("logs", "--level", "DEBUG", "--file", "logs/app.log")
    digits = ask("logs-search", "4711", "--file", "logs/app.log")

    assert result.stderr.endswith("\nno line matches\n")
    assert "capitals" not in digits.stderr


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (("--since", "now"), "--since is not before now"),
        (("--since", "0h"), "--since is not before now"),
        (("--since", "1h", "--until", "2h"), "--since is later than --until"),
    ],
)
def test_no_time_at_all_is_told_as_such(ask: Ask, since: tuple[str, ...], told: str) -> None:
    """Nobody is told of an --until that was not given."""
    result = ask("logs", *since, "--log-dir", "logs")

    assert result.returncode == 2
    assert result.stderr.endswith(f"Error: Invalid value: {told}\n")


@pytest.mark.parametrize(
    ("hidden", "question"),
    [
        ("logs", ("logs", "--contract", str(CONTRACT), "--file", "logs/app.log")),
        ("logs", ("logs", "--file", "logs/*")),
        ("logs/app.log", ("logs", "--log-dir", "logs")),
        ("logs/app.log", ("tail", "-f", "--file", "logs/app.log")),
    ],
    ids=["directory", "glob", "file", "followed"],
)
def test_files_of_somebody_else_are_told(
    ask: Ask, tmp_path: Path, hidden: str, question: tuple[str, ...]
) -> None:
    """Which ones, and who may read them; as a wrong input, not as an error's number."""
    before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if not os.getuid() else ()
    (tmp_path / hidden).chmod(0)
    try:
        result = ask(*question, before=before)
    finally:
        (tmp_path / hidden).chmod(0o755)

    assert (result.returncode, result.stdout) == (2, "")
    said = result.stderr.splitlines()[-1]
    assert said.startswith("logs/")
    assert "Permission denied; ask as somebody who may: sudo, or" in said


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_as_if_nobody_read_them(ask: Ask, closed: str) -> None:
    """As cron jobs and daemons start commands."""
    command = f"{DIAGNOSE} logs --file logs/app.log {closed}"
    result = ask(before=("bash", "-c", command))

    assert result.returncode == 0
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told_with_what_was_written(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    """Of an answer that goes into a file by the shell, too."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    command = f"{DIAGNOSE} logs --file logs/app.log > /dev/full"
    result = ask(before=("bash", "-c", command))

    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        "standard output: cannot be written: No space left on device"
    )


@pytest.mark.parametrize("program", ["diagnose", "intentlog"])
def test_a_report_of_a_fault_can_say_the_version(program: str) -> None:
    """As installed."""
    command = [str(Path(DIAGNOSE).with_name(program)), "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    name, number = result.stdout.split()
    assert name == "intentlog"
    assert number[0].isdigit()


def test_a_link_needs_a_name_before_a_region(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong at once is told at once; a missing region is that of every question of AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    nowhere = ask("open", "errors-by-category")
    nothing = ask("open", "erors-by-category")

    assert (nowhere.returncode, nothing.returncode) == (3, 2)
    assert nowhere.stderr == "which region? Say it with --region, or set AWS_REGION\n"
    assert 'no query, stream or dashboard "erors-by-category"' in nothing.stderr


def test_a_broken_connection_is_no_answer(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy or VPN that closes it: told as AWS's, with what to look at, and not as "no row"."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_each() -> None:
            with suppress(OSError):  # until the server is closed
                while True:
                    server.accept()[0].close()

        thread = threading.Thread(target=close_each, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_MAX_ATTEMPTS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        result = ask("logs", "--source", "cloudwatch", "--region", "eu-west-1")
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)

    assert (result.returncode, result.stdout) == (3, "")
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("AWS: Connection was closed")
    assert "is there a network, or a proxy or VPN that breaks the connection?" in result.stderr


def test_a_table_to_look_up_is_asked_for_as_it_is_given(ask: Ask) -> None:
    """By the option that gives it, in the form that it takes."""
    query = ("query", "lookup teams level OUTPUT team", "--file", "logs/app.log")
    missing = ask(*query)
    malformed = ask(*query, "--lookup", "teams")

    assert 'no file for the table "teams"; give it with --lookup teams=FILE' in missing.stderr
    assert "--lookup teams: write TABLE=FILE" in malformed.stderr


@pytest.mark.parametrize(
    ("count", "told"), [(2, "nor is the line after it"), (600, "nor are the 599 lines after it")]
)
def test_a_wrong_file_is_no_trail_and_says_it_once(
    ask: Ask, tmp_path: Path, count: int, told: str
) -> None:
    """Not with a line for each of its own, which may be millions."""
    lines = [json.dumps({"number": number}) for number in range(count)]
    (tmp_path / "other.log").write_text("\n".join(lines) + "\n")
    result = ask("audit", "verify", "other.log")

    assert result.returncode == 1
    assert result.stdout == (
        f"other.log:1: is no record of the trail, {told}; is it the right file?\n"
    )


@pytest.mark.parametrize("command", ["logs", "tail", "around", "fields", "report"])
def test_a_line_nested_too_deep_ends_no_question(tmp_path: Path, command: str) -> None:
    """A line nested a thousand levels deep is shown beside the others, not a traceback."""
    file = tmp_path / "deep.log"
    deep = "[" * 1000 + "]" * 1000
    file.write_text(LINE + LINE.replace('"level"', f'"extra":{{"x":{deep}}},"level"'))
    point = ["2026-01-15T10:00:00"] if command == "around" else []
    output = ["-o", str(tmp_path / "r.html")] if command == "report" else ["--jsonl"]
    answer = subprocess.run(
        [DIAGNOSE, command, *point, "--file", str(file), *output],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in answer.stderr
    assert answer.returncode == 0
    if command in {"logs", "tail", "around"}:
        assert [json.loads(row)["message"] for row in answer.stdout.splitlines()] == [
            "Reagent use: a/b"
        ] * 2
