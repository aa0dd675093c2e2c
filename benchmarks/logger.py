"""What a log call costs, beside other loggers: ``make bench``; ``--help`` says what else.

Each round measures every case once, each in a new process, so that a machine that slows down slows
all of them; medians over the rounds are compared. All write files in the same directory.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.logger_costs import imports, page, processes
from benchmarks.logger_costs.cases import GROUPS, Case
from benchmarks.logger_costs.results import Figures, Results, with_summary
from benchmarks.logger_costs.tables import tables
from benchmarks.pages.machine import machine
from benchmarks.pages.tables import as_text

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "bench" / "logger.json"
_BUSY = 0.1
"""Above this share of time in which others had the processor, the figures are worth little."""


class Extent(NamedTuple):
    """How much is measured.

    Attributes:
        rounds: How often.
        seconds: How long a case takes in a round.
        lines: What each of the four processes writes.
        events: What is logged to see whether memory grows.
    """

    rounds: int = 7
    seconds: float = 0.2
    lines: int = 250_000
    events: int = 200_000


QUICK = Extent(rounds=1, seconds=0.01, lines=500, events=1000)


def main() -> None:
    """Measure, print tables, write ``build/bench/logger.json``; or write the documentation."""
    options = _options()
    if options.write_docs:
        page.write(msgspec.json.decode(options.results.read_bytes(), type=Results))
        return
    extent = QUICK if options.quick else Extent()
    if options.events:
        extent = extent._replace(events=options.events)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.results.parent) as directory:
        results = with_summary(_measure(extent, Path(directory)))
    options.results.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    _print(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try it out: the figures mean nothing")
    parser.add_argument("--events", type=int, help="how many events memory is observed for")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file")
    parser.add_argument(
        "--write-docs", action="store_true", help="measure nothing: write docs/ from the JSON file"
    )
    return parser.parse_args()


def _measure(extent: Extent, directory: Path) -> Results:
    measured: dict[str, dict[str, list[Figures]]] = defaultdict(lambda: defaultdict(list))
    imported: dict[str, list[Figures]] = defaultdict(list)
    skipped: dict[str, str] = {}
    brought_along: set[str] = set()
    for number in range(extent.rounds):
        print(f"round {number + 1} of {extent.rounds}", file=sys.stderr)
        for group, (_, cases) in GROUPS.items():
            for name, case in cases.items():
                try:
                    figures = _figures(group, name, extent.seconds, directory)
                except subprocess.CalledProcessError as error:
                    skipped[f"{group}.{name}"] = _reason(case, error)
                else:
                    measured[group][name].append(figures)
        for module in imports.MODULES:
            try:
                figures, with_it = imports.measure(module)
            except ImportError as error:
                skipped[f"import.{module}"] = str(error)
                continue
            imported[module].append(figures)
            brought_along.update(with_it if module == "intentlog" else ())
    return Results(
        machine=machine(directory),
        versions=_versions(),
        rounds=extent.rounds,
        seconds=extent.seconds,
        measured=measured,
        skipped=skipped,
        imports=imported,
        brought_along=sorted(brought_along),
        processes=processes.measure(extent.lines, directory),
        memory=_run("memory", str(extent.events), str(directory)),
    )


def _figures(group: str, case: str, seconds: float, directory: Path) -> Figures:
    return _run("worker", group, case, str(seconds), str(directory))


def _run(module: str, *arguments: str) -> Figures:
    command = [sys.executable, "-m", f"benchmarks.logger_costs.{module}", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(run.stdout)
    return figures


def _reason(case: Case, error: subprocess.CalledProcessError) -> str:
    """Say why a peer cannot be measured; what is ours must be.

    Raises:
        CalledProcessError: It is ours.
    """
    if not case.package:
        sys.stderr.write(error.stderr)
        raise error
    try:
        version(case.package)
    except PackageNotFoundError:
        return f"{case.package} is not installed; requirements-bench.txt says where there is one"
    return str(error.stderr).strip().rpartition("\n")[2]


def _versions() -> dict[str, str]:
    packages = {case.package for group in GROUPS.values() for case in group.cases.values()}
    versions = {}
    for package in sorted({"msgspec", *packages} - {""}):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _print(results: Results) -> None:
    for table in tables(results):
        print(as_text(table))
    for case, reason in results.skipped.items():
        print(f"not measured: {case}: {reason}")
    for aim in results.aims:
        if not aim.is_met:
            print(f"missed: {aim.what}: {aim.measured:.3g} {aim.unit}, the aim is {aim.limit:g}")
    if results.waited() > _BUSY:
        print(f"Other programs had the processor for {results.waited():.0%} of the time: use the")
        print("columns of the best, and run it again on a quiet machine.")


if __name__ == "__main__":
    main()
