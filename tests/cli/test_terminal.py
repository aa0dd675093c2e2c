"""``diagnose`` in a real pseudo-terminal, and followed files."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from intentlog.cli.asking import Asker
from intentlog.cli.lines import lines_query, lines_table
from intentlog.cli.most import Most
from intentlog.cli.options import Options
from intentlog.cli.tail import Followed, follow, new_ones
from tests.cli.terminal import DIAGNOSE, ROOT, Terminal

TRACE = "1-6968c2d5-0123456789abcdef01234567"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two lines; one would ring the terminal's bell and clear it."""
    path = tmp_path / "app.log"
    write(path, "ERROR", "Turn failed \x1b[2J\a for a reason that is told in rather many words")
    write(path, "INFO", "Tool use: draw_path")
    return path


def write(path: Path, level: str, message: str) -> None:
    """Write a line."""
    line = {
        "timestamp": "2026-01-15T10:30:45.123Z",
        "level": level,
        "category": "agent",
        "logger": "code_monet.agent",
        "message": message,
    }
    with path.open("a") as lines:
        lines.write(json.dumps(line) + "\n")


def test_a_terminal_gets_columns_that_fit_and_levels_in_colour(
    terminal: type[Terminal], file: Path
) -> None:
    """No line is longer than the terminal; what a message contains does not command it."""
    shown = terminal("logs", "--file", str(file), columns=90)

    assert shown.ended() == 0
    assert re.search(r"\x1b\[31m[^\n]*Turn failed", shown.text)
    assert "\a" not in shown.text
    assert "[2J" not in shown.text.replace("\\x1b[2J", "")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.text).splitlines()[2:]
    assert max(map(len, plain)) == 90
    assert plain[1].endswith("…")


def test_what_does_not_fit_of_the_costs_is_named(terminal: type[Terminal]) -> None:
    """Rows stay rows: a narrow terminal gets those columns for which it has room."""
    narrow, wide = terminal("cost", columns=80), terminal("cost", columns=120)

    assert (narrow.ended(), wide.ended()) == (0, 0)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", narrow.text).splitlines()
    assert max(map(len, plain)) <= 80
    assert "# too narrow for: Do without" in narrow.text
    assert "too narrow" not in wide.text
    assert "retention_days" in wide.text


@pytest.mark.parametrize(("columns", "there"), [(70, "category"), (40, "message")])
def test_a_narrow_terminal_shows_messages(
    terminal: type[Terminal], file: Path, columns: int, there: str
) -> None:
    """The day is said once, and columns before the message give way: logger, then category."""
    shown = terminal("logs", "--file", str(file), columns=columns)

    assert shown.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.text).splitlines()
    assert plain[1] == "# all on 2026-01-15"
    assert re.split(" +", plain[2].rstrip("…"))[:3] == ["timestamp", "level", there]
    assert "10:30:45.123Z  INFO " in plain[4]
    assert "Tool use" in plain[4]
    assert max(map(len, plain)) <= max(columns, len(plain[0]))


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Two lines of a request, with ids and data; one message is long."""
    path = tmp_path / "trace.log"
    for second, message in ((45, "Turn began"), (46, "Turn failed: no answer in 30 s")):
        line = {
            "timestamp": f"2026-01-15T10:30:{second}.123Z",
            "level": "ERROR",
            "category": "websocket",
            "logger": "code_monet.websocket.connections",
            "message": message,
            "user_id": "42",
            "trace_id": TRACE,
            "extra": {"duration_ms": 31379, "exception": {"type": "TimeoutError"}},
        }
        with path.open("a") as lines:
            lines.write(json.dumps(line) + "\n")
    return path


@pytest.mark.parametrize(
    ("columns", "shown", "missing"),
    [
        (64, "timestamp level category message", "logger, user_id, trace_id, extra"),
        (80, "timestamp level category message user_id", "logger, trace_id, extra"),
        (120, "timestamp level category logger message user_id", "trace_id, extra"),
        (160, "timestamp level category logger message user_id trace_id", "extra"),
    ],
)
def test_what_stands_behind_the_message_gets_what_it_leaves(
    terminal: type[Terminal], trace: Path, columns: int, shown: str, missing: str
) -> None:
    """The message is whole, an id is whole or not there, and what has no room is named."""
    asked = terminal("logs", "--file", str(trace), columns=columns)

    assert asked.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", asked.text).splitlines()
    assert plain[2].split() == shown.split()
    assert "Turn failed: no answer in 30 s" in plain[4]
    assert plain[-1] == f"# too narrow for: {missing}"
    assert max(map(len, plain[2:-1])) <= columns


def test_a_long_message_leaves_some_of_a_wide_terminal(
    terminal: type[Terminal], trace: Path
) -> None:
    """Cut off it is anyway; ids are there for the others."""
    write(trace, "INFO", "very long " * 100)
    asked = terminal("logs", "--file", str(trace), columns=200)

    assert asked.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", asked.text).splitlines()
    assert plain[2].split()[-3:] == ["message", "user_id", "trace_id"]
    assert TRACE in asked.text
    assert re.search(r"(very long ){7,}.*…", asked.text)


def test_a_narrow_timeline_keeps_the_category(terminal: type[Terminal], trace: Path) -> None:
    """One request goes through several; the time since the first line gives way before."""
    asked = terminal("trace", TRACE, "--file", str(trace), columns=70)

    assert asked.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", asked.text).splitlines()
    assert plain[3].split() == ["gap", "timestamp", "level", "category", "message"]
    assert re.search("1.000 s .* websocket  Turn failed: no answer", plain[5])


@pytest.mark.parametrize("columns", [50, 60])
def test_a_narrow_terminal_shows_what_failed_most(
    terminal: type[Terminal], trace: Path, columns: int
) -> None:
    """The message, before when that was."""
    asked = terminal("top", "errors", "--file", str(trace), columns=columns)

    assert asked.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", asked.text)
    assert "Turn failed: no answer in <n> s" in plain
    assert "when" in plain.splitlines()[-1]


def test_long_cells_give_way_before_columns_do(terminal: type[Terminal], file: Path) -> None:
    """What stands behind a long message is still there, in letters of two cells, too."""
    write(file, "INFO", "漢字" * 40)
    query = "fields message, level, category"
    shown = terminal("query", query, "--file", str(file), columns=50)

    assert shown.ended() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.text).splitlines()[-3:]
    assert sorted(line.split()[-2:] for line in plain) == [
        ["ERROR", "agent"],
        ["INFO", "agent"],
        ["INFO", "agent"],
    ]
    assert sum("…" in line for line in plain) == 2


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--csv", "--md"])
def test_no_form_lets_a_message_command_the_terminal(
    terminal: type[Terminal], file: Path, form: str
) -> None:
    """It is spelled out there; a program that reads from a pipe gets CSV as it is."""
    shown = terminal("logs", "--file", str(file), form)

    assert shown.ended() == 0
    assert "\a" not in shown.text
    assert "\x1b" not in shown.text
    command = [DIAGNOSE, "logs", "--file", str(file), "--csv"]
    piped = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "docs")
    assert "Turn failed \x1b[2J\a for" in piped.stdout


@pytest.mark.parametrize(
    ("arguments", "variable"), [(["--no-color"], ""), ([], "1")], ids=["option", "variable"]
)
def test_colour_can_be_declined(
    terminal: type[Terminal], file: Path, arguments: list[str], variable: str
) -> None:
    """By an option, and by the variable that many programs know."""
    shown = terminal("logs", "--file", str(file), *arguments, NO_COLOR=variable)

    assert shown.ended() == 0
    assert "Turn failed" in shown.text
    assert "\x1b" not in shown.text.replace("\\x1b", "")


def test_an_answer_without_rows_ends_with_1(terminal: type[Terminal], file: Path) -> None:
    """And says so."""
    shown = terminal("logs-search", "nowhere", "--file", str(file))

    assert shown.ended() == 1
    assert "no line matches" in shown.text


def test_tail_follows_a_file_until_ctrl_c(terminal: type[Terminal], file: Path) -> None:
    """New lines that match, through a rotation; Ctrl-C is no error."""
    shown = terminal("tail", "-f", "--level", "ERROR", "--file", str(file))
    shown.read_until("Turn failed")
    write(file, "INFO", "is not shown")
    write(file, "ERROR", "second")
    shown.read_until("second")
    file.rename(file.with_suffix(".log.1"))
    write(file, "ERROR", "third")
    shown.read_until("third")
    os.kill(shown.process.pid, signal.SIGINT)

    assert shown.ended() == 0
    assert "is not shown" not in shown.text
    assert "Traceback" not in shown.text


def test_what_is_written_while_tail_begins_is_shown_once(file: Path) -> None:
    """It is among the latest lines already, and is read again where the file is followed from."""
    contract = ROOT / "contracts" / "drawing-agent.toml"
    asker = Asker(Options(contract=contract, file=[str(file)]))
    following = follow(asker)
    write(file, "ERROR", "between")
    write(file, "ERROR", "between")
    record = asker.contract.record
    latest = lines_table(record, asker.answer(lines_query(record), bound=Most(10)))
    write(file, "ERROR", "between")
    write(file, "ERROR", "after")
    new = new_ones(latest, following)
    shown = [dict(zip(latest.columns, next(new).rows[0], strict=True)) for _ in range(2)]

    assert [row["message"] for row in shown] == ["between", "after"]
    again = lines_table(record, asker.answer(lines_query(record), bound=Most(10)))
    named = {row["@ptr"]: row["@timestamp"] for row in shown}
    assert named.items() <= {row[-1]: row[-2] for row in again.rows}.items()


def test_followed_files_lose_no_line(tmp_path: Path) -> None:
    """Torn lines are put together; what is renamed is read to its end, what is cut off anew."""
    path = tmp_path / "app.log"
    path.write_text("old\n")
    followed = Followed(path)
    assert list(followed.lines()) == []
    with path.open("a") as file:
        file.write("one\ntw")
        file.flush()
        assert list(followed.lines()) == ["one"]
        file.write("o\n")
    assert list(followed.lines()) == ["two"]
    path.rename(tmp_path / "app.log.1")
    with (tmp_path / "app.log.1").open("a") as file:
        file.write("three\n")
    assert list(followed.lines()) == ["three"]
    path.write_text("four\n")
    assert list(followed.lines()) == ["four"]
    path.write_text("5\n")
    assert list(followed.lines()) == ["5"]
    followed.close()


def test_a_file_that_is_not_there_yet_is_awaited(tmp_path: Path) -> None:
    """From its first line on."""
    followed = Followed(tmp_path / "later.log")
    assert list(followed.lines()) == []
    (tmp_path / "later.log").write_text("first\n")

    assert list(followed.lines()) == ["first"]
    followed.close()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_names(shell: str) -> None:
    """Commands, categories of the contract, saved queries."""
    words = {
        "": "logs-errors",
        "logs --category a": "auth",
        "logs --level e": "error",
        "logs --level E": "ERROR",
        "query errors-": "errors-over-time",
    }
    for typed, expected in words.items():
        line = f"diagnose {typed}"
        variables = {
            "_DIAGNOSE_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(line.split(" ")) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "INTENTLOG_CONTRACT": str(ROOT / "contracts" / "drawing-agent.toml"),
        }
        result = subprocess.run(
            [DIAGNOSE], env=os.environ | variables, capture_output=True, text=True, check=True
        )
        assert expected in result.stdout
