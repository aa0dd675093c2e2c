"""The pages: ``diagnose report`` and ``intentlog preview``, read as HTML and in a real browser."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import aws_cdk as cdk
import pytest

from intentlog.cli.metric_math import MathError, evaluate
from intentlog.cli.plots import Series, over_time
from intentlog.cli.view import view
from intentlog.contract import load, load_environment
from intentlog.query.table import Table
from stacks import add_application

ROOT = Path(__file__).parents[2]
CONTRACTS = [ROOT / "contracts" / f"{name}.toml" for name in ("drawing-agent", "chimera")]
MORNING = ROOT / "docs" / "morning.log"
_CONSOLE = re.compile(r":CONSOLE[^\]]*\] (.*)")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


def command(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project."""
    path = Path(sys.executable).with_name(name)
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a morning, with a message that would be HTML."""
    folder = tmp_path_factory.mktemp("report")
    lines = folder / "app.log"
    event = json.loads(MORNING.read_text().splitlines()[6])
    bad = event | {"message": "<script>console.error('from a line')</script>\u202e"}
    lines.write_text(f"{MORNING.read_text()}{json.dumps(bad)}\n")
    page = folder / "report.html"
    result = command("diagnose", "report", "--file", str(lines), "-o", str(page))
    assert (result.returncode, result.stdout) == (0, "")
    return page


@pytest.fixture(scope="module", params=CONTRACTS, ids=lambda path: path.stem)
def preview(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preview of a dashboard that was really synthesized."""
    contract = load(request.param)
    folder = tmp_path_factory.mktemp("cdk.out")
    app = cdk.App(
        outdir=str(folder), context=json.loads((ROOT / "cdk.json").read_text())["context"]
    )
    environment = load_environment(ROOT / "environments.toml", "dev")
    add_application(app, contract=contract, environment=environment, account="123456789012")
    app.synth()
    page = folder / "preview.html"
    named = ("--contract", str(request.param), "--env", "dev", "-o", str(page))
    result = command("intentlog", "preview", str(folder), *named)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    return page


class Read(HTMLParser):
    """A page as far as tests look at it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.titles: list[str] = []
        self.text = ""
        self._heading = False
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        self._heading = tag == "h2"

    def handle_data(self, data: str) -> None:
        """Take note of a text."""
        self.text += data
        if self._heading:
            self.titles.append(data)
            self._heading = False


def test_a_report_says_what_failed_for_whom_and_what_was_slow(report: Path) -> None:
    """Numbers, plots and tables, all of it in one file."""
    page = Read(report)

    assert page.titles[:4] == ["Lines", "Errors", "Share of errors", "Users seen"]
    assert "Users touched by errors: 2" in page.titles
    assert page.tags.count("svg") == 3
    assert "Turn <n> failed after <n> ms" in page.text
    assert "500 for POST /api/turns" not in page.text  # it is <n> for POST …
    assert "31,498.2" in page.text
    assert [address for address in page.addresses if not address.startswith("data:")] == []


def test_a_report_says_what_it_was_asked(tmp_path: Path) -> None:
    """It goes into a ticket: where the lines are from, and which of them it is about."""
    page = tmp_path / "report.html"
    only = ("--category", "agent", "--grep", "Turn")
    result = command("diagnose", "report", "--file", str(MORNING), *only, "-o", str(page))
    assert result.returncode == 0, result.stderr

    assert f"{MORNING}, 2026-" in Read(page).text
    assert 'Only lines where category in ["agent"] and (message like "Turn"' in Read(page).text


def test_what_a_line_contains_is_text(report: Path) -> None:
    """A message cannot be a script of the page, nor turn round what stands beside it."""
    page = Read(report)

    assert "script" not in page.tags
    assert "<script>console.error(<text>)</script>\\u202e" in page.text
    assert "\u202e" not in page.text


def test_a_page_can_go_to_standard_output() -> None:
    """As - is standard input for --file."""
    result = command("diagnose", "report", "--file", str(MORNING), "-o", "-")

    assert result.stdout.startswith("<!doctype html>")
    assert "written" not in result.stderr


def test_a_report_of_nothing_is_none(tmp_path: Path) -> None:
    """No file is written, and that is said."""
    lines, page = tmp_path / "app.log", tmp_path / "report.html"
    lines.write_text("")
    result = command("diagnose", "report", "--file", str(lines), "-o", str(page))

    assert result.returncode == 1
    assert "no line matches" in result.stderr
    assert not page.exists()


def test_a_report_of_very_many_categories_and_long_messages(tmp_path: Path) -> None:
    """Each colour means one thing: the rest is one; of a long message the rest can be unfolded."""
    lines, page = tmp_path / "app.log", tmp_path / "report.html"
    event = json.loads(MORNING.read_text().splitlines()[6])
    lines.write_text(
        "".join(
            json.dumps(event | {"category": f"area-{number}", "message": "so long " * 100}) + "\n"
            for number in range(20)
            for _ in range(number + 1)
        )
    )
    result = command("diagnose", "report", "--file", str(lines), "-o", str(page))
    assert result.returncode == 0, result.stderr
    read = Read(page)
    plot = page.read_text().partition("Errors by category")[2].partition("</section>")[0]

    assert re.findall(r"</i>([^<]*)</span>", plot) == [
        *(f"area-{number}" for number in range(19, 12, -1)),
        "13 others",
    ]
    assert "13 others: 91" in read.text
    assert read.tags.count("details") == 1
    assert "so long " * 99 in read.text


def test_a_report_without_errors_says_so_once(tmp_path: Path) -> None:
    """Not by four empty boxes."""
    lines, page = tmp_path / "app.log", tmp_path / "report.html"
    lines.write_text(MORNING.read_text().splitlines()[0])
    command("diagnose", "report", "--file", str(lines), "-o", str(page))

    read = Read(page)
    assert read.titles[4:] == ["Errors by category", "Users touched by errors", "Slow steps"]
    assert "no error" in read.text


def test_a_report_of_lines_without_a_logger(tmp_path: Path) -> None:
    """Failures are told apart by what lines have, under the contract's names."""
    contract, lines = tmp_path / "tram.toml", tmp_path / "tram.log"
    contract.write_text(
        'service = "tram"\nnamespace = "Tram"\n[record]\nfields = ["ts", "sev", "what"]\n'
        '[record.names]\ntimestamp = "ts"\nlevel = "sev"\nmessage = "what"\n'
        '[streams.all]\nfile = "tram.log"\n'
    )
    lines.write_text('{"ts":"2026-05-04T09:00:00.000Z","sev":"ERROR","what":"doors jammed"}\n')
    page = tmp_path / "report.html"
    named = ("--contract", str(contract), "--file", str(lines), "-o", str(page))
    result = command("diagnose", "report", *named)

    assert result.returncode == 0, result.stderr
    assert "Errors by sev, in parts of 1s" in Read(page).titles


def test_a_preview_without_lines_says_why(tmp_path: Path) -> None:
    """Else every widget is empty, and nobody knows that examples are missing."""
    contract = ROOT / "tests" / "sandbox" / "web-shop.toml"
    page = tmp_path / "preview.html"
    command("intentlog", "preview", "--contract", str(contract), "-o", str(page))

    assert "no saved query has an example; name files with --file" in Read(page).text


@pytest.mark.slow
def test_a_preview_has_every_widget_of_the_dashboard(preview: Path) -> None:
    """Each answered: by the queries' examples, which every query of these contracts has."""
    body = next(preview.parent.glob("*-insights.template.json")).read_text()
    widgets = len(re.findall(r'\\"type\\":\\"(?:log|metric|alarm)\\"', body))
    page = Read(preview)

    assert len(page.titles) == widgets > 0
    assert "no row" not in page.text
    assert "is not shown here" not in page.text
    assert page.tags.count("svg") >= 5
    assert page.addresses == ["data:,"]


def test_a_preview_of_files_shows_what_they_have(tmp_path: Path) -> None:
    """Real lines instead of examples, and the contract's dashboard without a synth."""
    page = tmp_path / "preview.html"
    named = ("--contract", str(CONTRACTS[0]), "--file", str(MORNING), "-o", str(page))
    result = command("intentlog", "preview", *named)

    assert result.returncode == 0, result.stderr
    shown = dict(re.findall(r"<h2>([^<]*)</h2>(.*?)</section>", page.read_text(), re.DOTALL))
    assert "generate_image" in shown["Agent tool usage"]
    top = shown["Most frequent error messages"]
    assert "Turn 18 failed after 30899 ms" in top
    assert "Tool use" not in top  # it asks a log group that has errors only


def test_a_preview_tells_lines_that_are_no_json(tmp_path: Path) -> None:
    """Else its widgets lack them, and nobody knows."""
    lines, page = tmp_path / "app.log", tmp_path / "preview.html"
    lines.write_text(f"{MORNING.read_text()}rubbish\nmore\n")
    named = ("--contract", str(CONTRACTS[0]), "--file", str(lines), "-o", str(page))
    result = command("intentlog", "preview", *named)

    assert result.stderr == f"2 lines are no JSON and were passed over\n{page}: written\n"


def test_a_dashboard_that_is_not_there_is_told(tmp_path: Path) -> None:
    """What is there instead; no assembly at all."""
    nothing = command("intentlog", "preview", str(tmp_path), "--contract", str(CONTRACTS[0]))

    assert nothing.returncode == 2
    assert "no cloud assembly there" in nothing.stderr


def console(page: Path) -> list[str]:
    """Open a page in a headless browser, and return what it says on its console."""
    assert CHROMIUM is not None
    result = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            "--v=0", f"--user-data-dir={page.parent / 'profile'}", "--dump-dom", page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )  # fmt: skip
    assert "<main>" in result.stdout
    return _CONSOLE.findall(result.stderr)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
class TestInABrowser:
    """What a real one has to say against a page."""

    def test_a_report_has_no_error(self, report: Path) -> None:
        """Nor does what a line contains run."""
        assert console(report) == []

    def test_a_preview_has_no_error(self, preview: Path) -> None:
        """Nothing is missing, nothing is refused."""
        assert console(preview) == []

    def test_an_error_would_be_seen(self, report: Path, tmp_path: Path) -> None:
        """A page that has one is told apart."""
        wrong = tmp_path / "wrong.html"
        script = "<script>throw new Error('seen')</script>"
        wrong.write_text(report.read_text().replace("<main>", f"<main>{script}"))

        assert any("Uncaught Error: seen" in each for each in console(wrong))


def places(svg: str, shape: str) -> list[float]:
    """Return where the shapes of a plot stand, from the left."""
    return [float(found) for found in re.findall(rf'<{shape} [cx]+="([0-9.]+)"', svg)]


@pytest.mark.parametrize(("stacked", "shape"), [(True, "rect"), (False, "circle")])
def test_times_stand_as_far_apart_as_they_are(*, stacked: bool, shape: str) -> None:
    """An hour without a value is twelve times as wide as five minutes, and full hours are named."""
    values = {f"2026-11-26 {time}:00.000": 1.0 for time in ("10:00", "10:05", "11:05")}
    drawn = over_time(
        Series(list(values), {"errors": values}, stacked=stacked), width=600, height=200
    )

    first, second, third = places(drawn, shape)
    assert third - second == pytest.approx(12 * (second - first), abs=1)
    assert re.findall(r">([0-9]+:[0-9]+)<", drawn) == ["10:00", "10:15", "10:30", "10:45", "11:00"]


def test_a_short_time_is_told_in_seconds() -> None:
    """Four times the same minute would tell nothing; there is no half of a line."""
    values = {f"2026-11-26 10:00:0{second}.000": 1.0 for second in range(3)}
    drawn = over_time(Series(list(values), {"errors": values}), width=600, height=200)

    assert re.findall(r">(10:00:0[0-9])<", drawn) == ["10:00:00", "10:00:01", "10:00:02"]
    assert ">0.5</text>" not in drawn


def test_large_numbers_have_room_beside_a_plot() -> None:
    """Their first digit is not cut off."""
    values = {"2026-11-26 10:00:00.000": 150_000_000.0}
    drawn = over_time(Series(list(values), {"bytes": values}), width=600, height=200)

    (right,) = re.findall(r'<text x="([0-9.]+)"[^>]*>200,000,000<', drawn)
    assert float(right) > len("200,000,000") * 6


def test_averages_are_lines_as_in_cloudwatch() -> None:
    """Adding them up would draw what nobody measured; a group without a key has a name."""
    rows: list[tuple[str | None, ...]] = [
        (f"2026-11-26 10:0{minute}:00.000", key, "4", "9")
        for minute in (0, 5)
        for key in ("AU-1", None)
    ]
    table = Table(("bin(5m)", "analyzer", "mean", "worst"), rows)
    drawn = view(table, "timeSeries", columns=12)

    assert drawn.count("<polyline") == 4
    assert ">10</text>" in drawn  # the axis ends above 9, not above 26
    assert "none mean" in drawn


def test_periods_without_lines_count_nothing(tmp_path: Path) -> None:
    """A metric's sum is 0 there: the time is not left out."""
    lines, page = tmp_path / "app.log", tmp_path / "preview.html"
    event = json.loads(MORNING.read_text().splitlines()[6]) | {"level": "ERROR"}
    times = ("2026-11-22T10:00:00.000Z", "2026-11-22T10:20:00.000Z")
    lines.write_text("".join(json.dumps(event | {"timestamp": time}) + "\n" for time in times))
    named = ("--contract", str(CONTRACTS[0]), "--file", str(lines), "-o", str(page))
    result = command("intentlog", "preview", *named)
    assert result.returncode == 0, result.stderr

    assert "2026-11-22 10:00 to 2026-11-22 10:20 UTC" in Read(page).text
    shown = dict(re.findall(r"<h2>([^<]*)</h2>(.*?)</section>", page.read_text(), re.DOTALL))
    one, other = places(shown["Lines at ERROR"], "rect")
    assert other - one > 100


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(FILL(total, 0) >= 20, 100 * FILL(part, 0) / FILL(total, 0), 0)", 25.0),
        ("IF(FILL(total, 0) > 100, 1, 0)", 0.0),
        ("FILL(missing, 3) + part", 13.0),
        ("missing + part", None),
        ("part / (total - 40)", None),
    ],
)
def test_metric_math(expression: str, expected: float | None) -> None:
    """A missing value makes the rest missing; nothing is divided by zero."""
    assert evaluate(expression, {"part": 10, "total": 40, "missing": None}) == expected


def test_unknown_metric_math_is_refused() -> None:
    """Rather than reckoned wrongly, or run as Python."""
    for expression in (
        "ANOMALY_DETECTION_BAND(m1, 2)",
        "__import__('os')",
        "m1 if m1 else 0",
        "m2",
    ):
        with pytest.raises(MathError):
            evaluate(expression, {"m1": 1.0})
