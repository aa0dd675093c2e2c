"""``diagnose trace`` as somebody pastes an id into it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import DIAGNOSE, ROOT

DIGITS = "6968c2d50123456789abcdef01234567"
TRACE = f"1-{DIGITS[:8]}-{DIGITS[8:]}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four lines of a trace, one of another that another tracer named."""
    path = tmp_path / "app.log"
    ids = [TRACE] * 4 + ["Any-Other-Id"]
    lines = [
        {"timestamp": f"2026-01-15T10:00:0{second}.000Z", "message": f"{second}", "trace_id": name}
        for second, name in enumerate(ids)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def ask(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with a contract."""
    contract = str(ROOT / "contracts" / "drawing-agent.toml")
    return subprocess.run(
        [DIAGNOSE, *arguments],
        env=os.environ | {"INTENTLOG_CONTRACT": contract},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("spelled", [TRACE, TRACE.upper(), DIGITS, DIGITS.upper(), f" {TRACE} "])
def test_a_trace_is_found_however_it_is_spelled(file: Path, spelled: str) -> None:
    """As lines have it, as OpenTelemetry writes it, in capitals, with what was copied along."""
    asked = ask("trace", spelled, "--file", str(file), "--json")
    narrowed = ask("query", "stats count(*) as n", "--trace", spelled, "--file", str(file), "--csv")

    assert [row["message"] for row in json.loads(asked.stdout)] == ["0", "1", "2", "3"]
    assert narrowed.stdout == "n\n4\n"


def test_an_id_of_another_form_is_taken_as_it_is(file: Path) -> None:
    """Capitals count there: nobody knows whether they mean anything."""
    found = ask("trace", "Any-Other-Id", "--file", str(file), "--json")
    other = ask("trace", "any-other-id", "--file", str(file), "--json")

    assert [row["message"] for row in json.loads(found.stdout)] == ["4"]
    assert (other.returncode, other.stdout) == (1, "[]\n")


def test_a_timeline_that_a_limit_cuts_is_told(file: Path) -> None:
    """Its times do not begin with the trace."""
    cut = ask("trace", TRACE, "--file", str(file), "--limit", "2", "--json")
    whole = ask("trace", TRACE, "--file", str(file), "--limit", "5", "--json")

    told = "times count from the first of these, which may have others before it"
    assert [row["message"] for row in json.loads(cut.stdout)] == ["2", "3"]
    assert told in cut.stderr
    assert told not in whole.stderr


@pytest.mark.parametrize(
    "question",
    [("tail",), ("trace", TRACE), ("user", "42"), ("query", "fields message"), ("report",)],
    ids=lambda question: question[0],
)
def test_minutes_are_taken_by_every_question_about_a_time(
    file: Path, question: tuple[str, ...]
) -> None:
    """As by ``logs``: none of these lines is of the last half hour."""
    result = ask(*question, "30", "--file", str(file))
    both = ask(*question, "30", "--since", "2h", "--file", str(file))

    assert result.returncode == 1
    assert ", since " in result.stderr
    assert "minutes or --since: choose one" in both.stderr


def test_what_follows_has_no_end(file: Path) -> None:
    """Nothing can come in a time that is past: it would wait for ever."""
    result = ask("tail", "-f", "--until", "2026-01-16", "--file", str(file))

    assert result.returncode == 2
    assert "--follow and --until: choose one" in result.stderr
