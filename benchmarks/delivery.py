"""What delivery costs and what it loses, beside other libraries: ``make bench``.

All deliver to the same strict service on loopback, one after the other in each round; medians over
the rounds are compared. Writes ``build/bench/delivery.json``; ``--help`` says what else.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.delivery_costs import losses
from benchmarks.delivery_costs.backlog import backlog
from benchmarks.delivery_costs.worker import Figures
from sandbox.strict_logs import SECRET

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "bench" / "delivery.json"
PACKAGES = ("boto3", "concurrent-log-handler", "watchtower")
AIM = 4.0
CONTRACT = """
service   = "shop"
namespace = "Shop"

[record]
timestamp = "milliseconds"
fields    = ["timestamp", "level", "logger", "message"]
optional  = ["extra"]
data      = "extra"

[files.rotation]
by   = "process"
keep = 100

[streams.app]
file      = "app.log"
log_group = "/shop/app"

[delivery]
by = "process"
"""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try it out: the figures mean nothing")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file")
    options = parser.parse_args()
    results = _measure(quick=options.quick)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(results, indent=2) + "\n")
    for name, figures in (*results["cases"].items(), *results["losses"].items()):
        print(f"{name:<32}", "  ".join(f"{key} {value:,.4g}" for key, value in figures.items()))
    for aim, (measured, limit, is_met) in results["aims"].items():
        print(f"{'met' if is_met else 'MISSED'}: {aim}: {measured:.3g}, the aim is {limit:g}")


def _measure(*, quick: bool) -> dict[str, Any]:
    lines, rounds = (2000, 1) if quick else (100_000, 3)
    measured: dict[str, list[Figures]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for case in _there(("shipper", "watchtower", "boto3")):
            measured.setdefault(case, []).append(_run(case, lines))
    measured["log call"] = [_run("log call", 100 if quick else 2000)]
    measured["live"] = [_run("live", 2 if quick else 10)]
    measured["three lines"] = [_backlog(3)]
    measured["backlog"] = [_backlog(20_000 if quick else 3_800_000)]
    cases = {case: _median(figures) for case, figures in measured.items()}
    lost = _losses(quick=quick)
    ours = sum(figures["lost"] for name, figures in lost.items() if name.endswith("intentlog"))
    aims = {
        **_against_watchtower(cases),
        "own memory, MB": _at_most(cases["shipper"]["own_mb"], 64),
        "more memory for a backlog of a gigabyte than for three lines, MB": _at_most(
            cases["backlog"]["peak_mb"] - cases["three lines"]["peak_mb"], 32
        ),
        "share of a processor at 1,000 lines/s": _at_most(cases["live"]["cpu_share"], 0.1),
        "more for a log call": _at_most(cases["log call"]["more"], 0.05),
        "lines lost": _at_most(ours, 0),
    }
    return {
        "versions": {package: version(package) for package in _there(PACKAGES)},
        "processors": os.cpu_count(),
        "rounds": rounds,
        "events": lines,
        "cases": cases,
        "losses": lost,
        "aims": aims,
    }


def _there(names: Iterable[str]) -> list[str]:
    """Leave out what is not installed: `make bench` installs it."""
    there = []
    for name in names:
        try:
            version(name if name in PACKAGES else "intentlog")
        except PackageNotFoundError:
            print(f"not measured: {name}: it is not installed", file=sys.stderr)
        else:
            there.append(name)
    return there


def _against_watchtower(cases: dict[str, Figures]) -> dict[str, tuple[float, float, bool]]:
    """Compare by the clock, and by processor time, which others on the machine do not disturb."""
    if "watchtower" not in cases:
        return {}
    ours, theirs = cases["shipper"], cases["watchtower"]
    by_clock = ours["events_per_second"] / theirs["events_per_second"]
    by_processor = theirs["cpu_us"] / ours["cpu_us"]
    return {
        "events a second, times watchtower's": (by_clock, AIM, by_clock >= AIM),
        "events a second of processor time, times watchtower's": (
            by_processor,
            AIM,
            by_processor >= AIM,
        ),
    }


def _at_most(measured: float, limit: float) -> tuple[float, float, bool]:
    return measured, limit, measured <= limit


def _median(figures: list[Figures]) -> Figures:
    return {key: statistics.median(figure[key] for figure in figures) for key in figures[0]}


def _losses(*, quick: bool) -> dict[str, dict[str, float]]:
    lost: dict[str, dict[str, float]] = {}
    for way in _there(losses.WAYS):
        with _place() as directory:
            span = (3.0, 1.0) if quick else (18.0, 10.0)
            lost[f"10 s outage, {way}"] = {
                **losses.outage(way, directory, seconds=span[0], down=span[1])
            }
        with _place() as directory:
            lost[f"forked workers, {way}"] = {**losses.forks(way, directory, 500)}
    for way in _there(losses.ROTATORS):
        with _place() as directory:
            lines = 1000 if quick else 10_000
            lost[f"rotation, 4 processes, {way}"] = losses.rotation(way, directory, lines)
    return lost


def _run(case: str, count: int) -> Figures:
    with _place() as directory, _service() as environment:
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.delivery_costs.worker", case, directory, str(count)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures: Figures = json.loads(run.stdout)
        return figures


def _backlog(lines: int) -> Figures:
    with _place() as directory, _service() as environment:
        return backlog(directory, lines, environment)


@contextmanager
def _place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="delivery-") as directory:
        (Path(directory) / "shop.toml").write_text(CONTRACT)
        yield Path(directory)


@contextmanager
def _service() -> Iterator[dict[str, str]]:
    """Run the service in a process of its own; what it refuses is an error.

    Raises:
        RuntimeError: It refused a batch.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.strict_logs"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        asked, answered = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        yield {
            "AWS_ENDPOINT_URL": answered.readline().strip(),
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        asked.close()
        if json.loads(answered.readline())["refusals"]:
            raise RuntimeError("a batch was refused")


if __name__ == "__main__":
    main()
