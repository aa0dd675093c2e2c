"""How long a question takes over a gigabyte of lines, beside what else could answer it.

2.5 million lines as the application logs them are counted by category where the level is ERROR:
by ``intentlog query run``, by the best SQL for DuckDB that was found by hand, by jq, lnav and
polars, where they are there; over the plain file and over the same one compressed. Each is a
process of its own, and what it takes is the whole process's: wall time, processor time, peak
memory. "The answer alone" is what the engine takes within such a process, imports left out. Runs
alternate, so that a machine that slows down slows all of them; medians are compared.

The two files are made once, in ``build/bench/``.
"""

import argparse
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks.pages.machine import machine
from benchmarks.pages.tables import as_text
from benchmarks.query_costs import page
from benchmarks.query_costs.answerers import (
    CONTRACT,
    FOLDER,
    OURS,
    QUERY,
    absentees,
    answerers,
    ours,
)
from benchmarks.query_costs.lines import LINES, counted, make
from benchmarks.query_costs.measuring import alone, medians, milliseconds
from benchmarks.query_costs.results import Asked, Results, with_aims
from intentlog.query import duckdb_sql, parse, plan
from intentlog.query.examples import cases_of

RUNS = 9
QUICK_LINES = 10_000
SMALL_BYTES = 10_000_000


def main() -> None:
    """Measure, print tables, write ``build/bench/query.json``; or write the documentation."""
    options = _options()
    if options.write_docs:
        page.write(msgspec.json.decode(options.results.read_bytes(), type=Results))
        return
    options.results.parent.mkdir(parents=True, exist_ok=True)
    if options.quick:
        results = _measure(options.results.with_name("quick.jsonl"), QUICK_LINES, 1)
    else:
        results = _measure(FOLDER / "lines.jsonl", LINES, RUNS)
    options.results.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    for table in page.tables(results):
        print(as_text(table))
    for name, why in results.skipped.items():
        print(f"not measured: {name}: {why}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try it out: the figures mean nothing")
    parser.add_argument("--results", type=Path, default=FOLDER / "query.json", help="the JSON file")
    parser.add_argument(
        "--write-docs", action="store_true", help="measure nothing: write docs/ from the JSON file"
    )
    return parser.parse_args()


def _measure(file: Path, lines: int, rounds: int) -> Results:
    load = os.getloadavg()[0]
    make(file, lines)
    expected = counted(file)
    return with_aims(
        Results(
            machine=machine(file.parent) | {"load": f"{load:.1f}"},
            versions=_versions(),
            lines=lines,
            rounds=rounds,
            files={
                kind: _asked(path, rounds, expected)
                for kind, path in (("plain", file), ("gzip", Path(f"{file}.gz")))
            },
            small=_small(file, rounds),
            skipped=absentees(),
        )
    )


def _asked(file: Path, rounds: int, expected: dict[str, int]) -> Asked:
    print(f"asking {file.name}", file=sys.stderr)
    commands = {name: command(file) for name, command in answerers().items()}
    return Asked(file.stat().st_size, medians(commands, rounds, expected), alone(file, rounds))


def _small(file: Path, rounds: int) -> dict[str, float]:
    """Measure what does not depend on how many lines there are, or on a few only."""
    small = file.with_name("small.jsonl")
    with file.open("rb") as lines:
        small.write_bytes(b"".join(lines.readlines(SMALL_BYTES)))
    help_ = [str(Path(sys.executable).with_name("diagnose")), "--help"]
    processes = medians({OURS: ours(small), "diagnose --help": help_}, rounds)
    cases = cases_of(CONTRACT)
    per_case = milliseconds(lambda: [case.difference() for case in cases], rounds) / len(cases)
    return {
        "parse_and_compile_ms": milliseconds(lambda: duckdb_sql(plan(parse(QUERY))), 50),
        "local_10_mb_ms": round(processes[OURS]["seconds"] * 1000),
        "diagnose_help_ms": round(processes["diagnose --help"]["seconds"] * 1000),
        "hundred_saved_query_tests_seconds": round(per_case * 100 / 1000, 2),
    }


def _versions() -> dict[str, str]:
    there = answerers()
    packages = ["duckdb", *(["polars"] if "polars" in there else [])]
    versions = {name: version(name) for name in packages}
    for name in ("jq", "lnav"):
        if name in there:
            run = subprocess.run([name, "--version"], capture_output=True, text=True, check=True)
            versions[name] = run.stdout.split()[-1].removeprefix("jq-")
    return versions


if __name__ == "__main__":
    main()
