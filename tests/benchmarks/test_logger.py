"""The benchmark of the logger: it runs, it notices what it is there for, its page is its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from benchmarks.logger_costs import page, processes
from benchmarks.logger_costs.cases import GROUPS
from benchmarks.logger_costs.event import missing
from benchmarks.logger_costs.plot import svg
from benchmarks.logger_costs.results import Results, with_summary
from benchmarks.logger_costs.tables import tables
from benchmarks.pages.published import DOCS
from benchmarks.pages.tables import as_text

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def published() -> Results:
    """What the page in docs/ was written from."""
    return msgspec.json.decode(page.DATA.read_bytes(), type=Results)


@pytest.mark.slow
def test_a_quick_run_measures_everything_but_the_peers_that_are_not_there(tmp_path: Path) -> None:
    """A peer that cannot be imported is left out with its reason; nothing of ours ever is."""
    (tmp_path / "loguru.py").write_text("raise ImportError('broken on this machine')\n")
    file = tmp_path / "logger.json"

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.logger", "--quick", "--results", file],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    results = msgspec.json.decode(file.read_bytes(), type=Results)
    assert "event.loguru" in results.skipped
    assert "not measured: event.loguru: " in run.stdout
    for group, (_, cases) in GROUPS.items():
        for name, case in cases.items():
            assert results.has(group, name) or (
                f"{group}.{name}" in results.skipped and not case.is_ours
            )
    assert all(
        figure > 0
        for group in results.measured.values()
        for rounds in group.values()
        for figures in rounds
        for figure in figures.values()
    )
    counts = {what: results.processes[what] for what in ("torn", "lost", "twice", "written")}
    assert counts == {"torn": 0, "lost": 0, "twice": 0, "written": 2000}
    assert results.brought_along == []
    assert [aim.what for aim in results.aims if aim.what not in run.stdout] == []


def test_lines_of_processes_are_told_one_by_one(tmp_path: Path) -> None:
    """Torn, lost and repeated lines are counted, each for itself."""
    file = tmp_path / "app.log"
    lines = [
        json.dumps({"message": "User signed in", "extra": {"process": process, "line": line}})
        for process in range(4)
        for line in range(3)
    ]
    repeated, lost, torn = lines[0], lines[5], lines[7]
    kept = [line for line in lines if line != lost]
    spoilt = ["\n".join((torn[:20], torn[20:])) if line == torn else line for line in kept]
    file.write_text("\n".join([*spoilt, repeated]) + "\n")

    assert processes.count(file, 3) == {"torn": 2, "lost": 2, "twice": 1}

    file.write_text("\n".join(lines) + "\n")

    assert processes.count(file, 3) == {"torn": 0, "lost": 0, "twice": 0}


def test_a_peer_that_leaves_data_out_is_noticed() -> None:
    """What a line lacks of the event is named."""
    line = {
        "level": "info",
        "logger": "code_monet.auth.routes",
        "event": "User signed in",
        "user_id": 42,
        "method": "magic_link",
        "path": "/auth/verify",
        "duration_ms": 12.7,
        "first_visit": False,
    }

    assert missing(json.dumps(line)) == ["trace_id", "1-67431b2a-a006233531f99c4b57a7ab3c"]


def test_an_aim_that_is_missed_is_told(published: Results) -> None:
    """One lost line among a million is not rounded away."""
    lossy = with_summary(
        msgspec.structs.replace(published, processes=published.processes | {"lost": 1})
    )

    assert "lines of four processes: lost" in [a.what for a in lossy.aims if not a.is_met]
    text = as_text(next(iter(tables(lossy))))
    (row,) = [line for line in text.splitlines() if "processes: lost" in line]
    assert row.split()[-1] == "NO"


def test_the_page_is_what_its_results_say(published: Results) -> None:
    """``--write-docs`` would change nothing."""
    written = page.files(published)

    assert {name: (DOCS / name).read_text() for name in written} == written


def test_the_results_say_what_their_figures_say(published: Results) -> None:
    """Summary and aims are those of the rounds' figures, not edited afterwards."""
    assert with_summary(published) == published


def test_the_picture_shows_every_logger(published: Results) -> None:
    """It is well-formed, and each case has its bar and its figure."""
    picture = ET.fromstring(svg(published))  # noqa: S314 -- made here

    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    titles = [GROUPS["event"].cases[name].title for name in published.measured["event"]]
    assert set(titles) <= set(texts)
    for name in published.measured["event"]:
        assert any(f"· {published.floors(name):.1f} F" in (text or "") for text in texts)
