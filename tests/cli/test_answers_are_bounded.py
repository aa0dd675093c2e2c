"""How many rows ``diagnose`` shows, and that nobody takes a part for the whole."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import DIAGNOSE, ROOT

CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
TRACE = "1-6968c2d5-0123456789abcdef01234567"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 10,050 lines 1,200 are errors, of 25 kinds, in one trace of one user."""
    path = tmp_path_factory.mktemp("many") / "app.log"
    with path.open("w") as lines:
        for number in range(10_050):
            line = {
                "timestamp": f"2026-01-15T10:{number // 600:02}:{number // 10 % 60:02}.000Z",
                "level": "INFO",
                "category": "agent",
                "message": f"line {number}",
            }
            if number < 1200:
                kind = chr(ord("a") + number % 25)
                wrong = {"level": "ERROR", "message": f"wrong {kind} {number}"}
                line |= wrong | {"user_id": "42", "trace_id": TRACE}
            lines.write(json.dumps(line) + "\n")
    return path


def ask(file: Path, *arguments: str) -> tuple[list[dict[str, str]], str]:
    """Return the rows of an answer, and what stands on standard error."""
    command = [DIAGNOSE, *arguments, "--file", str(file), "--contract", str(CONTRACT), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    rows: list[dict[str, str]] = json.loads(result.stdout)
    return rows, result.stderr


@pytest.mark.parametrize(
    "question",
    [
        ("logs",),
        ("logs-errors",),
        ("logs-user", "42"),
        ("logs-search", "wrong"),
        ("trace", TRACE),
        ("user", "42"),
    ],
    ids=lambda question: question[0],
)
def test_where_lines_may_be_cut_is_told(file: Path, question: tuple[str, ...]) -> None:
    """Somebody who counts 1,000 lines must not take them for all; who wishes for so many knows."""
    told = "these are the latest 1,000; if there are more, --limit shows them\n"
    cut, warned = ask(file, *question)
    more, silent = ask(file, *question, "--limit", "1100")

    assert (len(cut), len(more)) == (1000, 1100)
    assert told in warned
    assert "these are" not in silent


def test_what_is_all_is_not_called_cut(file: Path) -> None:
    """Nor is an answer whose query has a limit of its own."""
    few, silent = ask(file, "logs", "--since", "2026-01-15T10:16:40")
    own, quiet = ask(file, "query", "fields message | limit 10000")

    assert (len(few), len(own)) == (50, 10_000)
    assert "these are" not in silent + quiet


def test_where_a_query_may_be_cut_is_told(file: Path) -> None:
    """The language's own 10,000 rows, which nobody sees in a query's text."""
    rows, told = ask(file, "query", "fields message")
    more, silent = ask(file, "query", "fields message", "--limit", "20000")

    assert (len(rows), len(more)) == (10_000, 10_050)
    assert "these are the first 10,000; if there are more, --limit shows them\n" in told
    assert "these are" not in silent


@pytest.mark.parametrize("limit", [1, 3, 25])
def test_a_limit_leaves_counts_as_they_are(file: Path, limit: int) -> None:
    """It is one of the groups that are shown, not of what is counted for them."""
    groups, told = ask(file, "top", "errors", "--limit", str(limit))

    assert [group["count"] for group in groups] == ["48"] * limit
    assert "these are" not in told


def test_groups_that_are_not_shown_are_told(file: Path) -> None:
    """Twenty of them are shown by default."""
    groups, told = ask(file, "top", "errors")

    assert len(groups) == 20
    assert "these are 20 of 25; --limit shows more\n" in told


def test_a_limit_of_a_histogram_is_one_of_bars(file: Path) -> None:
    """Their lines are counted all the same, and how many bars are left out is told."""
    rows, told = ask(file, "histogram", "--width", "1m", "--limit", "2")

    assert [(row["lines"], row["errors"]) for row in rows] == [("600", "600"), ("600", "600")]
    assert "these are the first 2 bars; 15 are left out\n" in told


def test_a_limit_leaves_a_report_as_it_is(file: Path, tmp_path: Path) -> None:
    """Its numbers are of all lines."""
    page = tmp_path / "report.html"
    command = [DIAGNOSE, "report", "-o", str(page), "--file", str(file), "--limit", "1"]
    subprocess.run([*command, "--contract", str(CONTRACT)], check=True, capture_output=True)

    assert page.read_text().count(">48<") >= 12


def test_an_export_has_more_than_is_shown(file: Path, tmp_path: Path) -> None:
    """It is for other tools: it ends at a million rows."""
    output = str(tmp_path / "lines.jsonl")
    command = [DIAGNOSE, "export", "-o", output, "--file", str(file), "--contract", str(CONTRACT)]
    whole = subprocess.run(command, capture_output=True, text=True, check=True)

    assert f"{output}: 10,050 rows" in whole.stderr
    assert "these are" not in whole.stderr
