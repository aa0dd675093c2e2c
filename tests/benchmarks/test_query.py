"""The benchmark of questions: it runs, names who is missing, and its page is its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from benchmarks.pages.published import DOCS
from benchmarks.query_costs import page
from benchmarks.query_costs.results import Results, with_aims

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def published() -> Results:
    """What the page in docs/ was written from."""
    return msgspec.json.decode(page.DATA.read_bytes(), type=Results)


@pytest.mark.slow
def test_a_quick_run_measures_everything_that_is_there(tmp_path: Path) -> None:
    """Programs that are not installed are left out and named; what is ours never is."""
    file, programs = tmp_path / "query.json", tmp_path / "bin"
    programs.mkdir()
    (programs / "stat").symlink_to(shutil.which("stat") or "")

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.query", "--quick", "--results", file],
        cwd=ROOT,
        env=os.environ | {"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    results = json.loads(file.read_bytes())
    for kind in ("plain", "gzip"):
        answers = results["files"][kind]["processes"]
        assert {"intentlog", "DuckDB by hand, texts", "DuckDB by hand, JSON"} <= set(answers)
        assert all(took["seconds"] > 0 for took in answers.values())
    for name in ("jq", "lnav"):
        assert f"not measured: {name}: {name} is not installed" in run.stdout


def test_the_page_is_what_its_results_say(published: Results) -> None:
    """``--write-docs`` would change nothing."""
    written = page.files(published)

    assert {name: (DOCS / name).read_text() for name in written} == written


def test_the_results_say_what_their_figures_say(published: Results) -> None:
    """Aims are those of the figures, not edited afterwards."""
    assert with_aims(published) == published


def test_an_aim_that_is_missed_is_told(published: Results) -> None:
    """One megabyte above the limit is NO."""
    asked = published.files["plain"]
    ours = asked.processes["intentlog"] | {"megabytes": 201}
    heavy = msgspec.structs.replace(asked, processes=asked.processes | {"intentlog": ours})
    results = msgspec.structs.replace(published, files={"plain": heavy})

    assert "plain, peak memory" in [a.what for a in with_aims(results).aims if not a.is_met]


def test_the_picture_shows_every_answer(published: Results) -> None:
    """It is well-formed, and each program has a bar in each panel."""
    picture = ET.fromstring(page.svg(published))  # noqa: S314 -- made here

    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    for name in published.files["plain"].processes:
        assert texts.count(name) == len(published.files)
