"""How long a question takes over a gigabyte of lines, beside what else could answer it.

2.5 million lines as the application logs them are counted by category where the level is ERROR:
by ``intentlog query run``, by the best SQL for DuckDB that was found by hand, by jq, lnav and
polars, where they are there; over the plain file and over the same one compressed. Each is a
process of its own, and what it takes is the whole process's: wall time, processor time, peak
memory. "The answer alone" is what the engine takes within such a process, imports left out. Runs
alternate, so that a machine that slows down slows all of them; medians are compared.

The two files are made once, in ``build/bench/``.
"""

import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypeAlias

import msgspec

from intentlog.query import duckdb_sql, parse, plan
from intentlog.query.examples import cases_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
LINES = 2_500_000
SMALL_BYTES = 10_000_000
RUNS = 5
OURS = "intentlog"
BY_HAND = "DuckDB by hand"
SELECTS = {
    f"{BY_HAND}, texts": (
        "{level: 'VARCHAR', category: 'VARCHAR'}",
        "level = 'ERROR'",
        "category",
    ),
    f"{BY_HAND}, JSON": (
        "{level: 'JSON', category: 'JSON'}",
        "level = '\"ERROR\"'",
        "category ->> '$'",
    ),
}
QUERY = 'filter level = "ERROR" | stats count(*) as n by category | sort n desc'
BAR = 40
_SHARE = 0.5  # of lines that have a user, or a trace
_LNAV_FORMAT = {
    "title": "the application",
    "json": True,
    "file-pattern": "lines\\.jsonl",
    "timestamp-field": "timestamp",
    "level-field": "level",
    "body-field": "message",
    "hide-extra": True,
    "line-format": [{"field": "__timestamp__"}, " ", {"field": "message"}],
    "value": {
        "category": {"kind": "string", "identifier": True},
        "logger": {"kind": "string"},
    },
}
_ENVIRONMENT = os.environ | {"LC_ALL": "C", "NO_COLOR": "1"}


Measured: TypeAlias = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Taken:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    megabytes: float


# What answers the question ----------------------------------------------------------------------


def ours(file: Path) -> list[str]:
    """Return the command that is measured."""
    command = str(Path(sys.executable).with_name("intentlog"))
    return [command, "query", "run", QUERY, "--file", str(file), "--contract", str(CONTRACT)]


def duckdb(
    columns: str, level: str, category: str, *, alone: bool = False
) -> Callable[[Path], list[str]]:
    """Return what makes the command of a SELECT by hand, or one that tells what it takes alone."""

    def command(file: Path) -> list[str]:
        sql = (
            f"SELECT {category} AS category, count(*) AS n FROM read_json('{file}', "  # noqa: S608
            f"columns = {columns}, format = 'newline_delimited') "
            f"WHERE {level} GROUP BY 1 ORDER BY 2 DESC"
        )
        if alone:
            return _timed("import duckdb", f"duckdb.sql({sql!r}).fetchall()")
        code = f"import duckdb\nfor row in duckdb.sql({sql!r}).fetchall(): print(*row)"
        return [sys.executable, "-c", code]

    return command


def engine(file: Path) -> list[str]:
    """Return the command that tells what our answer alone takes."""
    return _timed(
        "from intentlog.contract import load\nfrom intentlog.query import local, parse",
        f"lines = local.Lines(paths=[{str(file)!r}], record=load({str(CONTRACT)!r}).record)\n"
        f"local.run(parse({QUERY!r}), lines)",
    )


def _timed(imports: str, work: str) -> list[str]:
    watch = "(time.perf_counter(), time.process_time())"
    code = f"import time\n{imports}\nbegan = {watch}\n{work}\nended = {watch}\n"
    return [sys.executable, "-c", f"{code}print(*(b - a for a, b in zip(began, ended)))"]


def polars(file: Path) -> list[str]:
    """Return the command for polars, which reads compressed files too."""
    code = (
        "import polars as p\n"
        "schema = {'level': p.String, 'category': p.String}\n"
        f"lines = p.scan_ndjson({str(file)!r}, schema=schema)\n"
        "found = lines.filter(p.col('level') == 'ERROR').group_by('category').len()\n"
        "for row in found.collect().rows(): print(*row)"
    )
    return [sys.executable, "-c", code]


def jq(file: Path) -> list[str]:
    """Return the command for jq."""
    read = "gzip -dc" if file.suffix == ".gz" else "cat"
    count = "jq -r 'select(.level == \"ERROR\").category' | sort | uniq -c"
    return ["sh", "-c", f"{read} {file} | {count}"]


def lnav(file: Path) -> list[str]:
    """Return the command for lnav, which is told what the lines are."""
    formats = FOLDER / "lnav" / "formats" / "agent"
    formats.mkdir(parents=True, exist_ok=True)
    (formats / "format.json").write_text(json.dumps({"agent_log": _LNAV_FORMAT}))
    sql = "SELECT category, count(*) AS n FROM agent_log WHERE log_level = 'error' GROUP BY 1"
    answer = ["-c", f";{sql}", "-c", ":write-csv-to -"]
    return ["lnav", "-n", "-I", str(FOLDER / "lnav"), *answer, str(file)]


def answerers() -> dict[str, Callable[[Path], list[str]]]:
    """Return what is there of all that could answer, by name."""
    by_hand = {name: duckdb(*select) for name, select in SELECTS.items()}
    others = {
        **({"polars": polars} if find_spec("polars") else {}),
        **({"jq": jq} if shutil.which("jq") else {}),
        **({"lnav": lnav} if shutil.which("lnav") else {}),
    }
    return {OURS: ours, **by_hand, **others}


# Measuring --------------------------------------------------------------------------------------


def taken(command: list[str], expected: dict[str, int] | None = None) -> Taken:
    """Run a command and return what it took, its own children included.

    Raises:
        RuntimeError: It failed, or its answer has not the expected categories and counts.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        answer = output.read().decode()
    words = set(re.findall(r"\w+", answer))
    wanted = {*(expected or {}), *map(str, (expected or {}).values())}
    if process.returncode or not wanted <= words:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {answer[-500:]}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def medians(commands: dict[str, list[str]], expected: dict[str, int] | None = None) -> Measured:
    """Run all commands in turn, several times; return each one's medians.

    What takes more than ten times as long as ours is run once only.
    """
    rounds: dict[str, list[Taken]] = {name: [] for name in commands}
    for number in range(RUNS + 1):  # the first one warms up
        for name, command in commands.items():
            slow = number > 1 and rounds[name][0].seconds > 10 * rounds[OURS][0].seconds
            if not slow:
                run = taken(command, expected)
                rounds[name] += [run] if number else []
    return {
        name: {
            "seconds": round(median(run.seconds for run in runs), 3),
            "cpu_seconds": round(median(run.cpu_seconds for run in runs), 3),
            "megabytes": round(max(run.megabytes for run in runs)),
            "runs": len(runs),
        }
        for name, runs in rounds.items()
    }


def alone(file: Path) -> Measured:
    """Measure what answers take within their processes."""
    commands = {OURS: engine(file)} | {
        name: duckdb(*select, alone=True)(file) for name, select in SELECTS.items()
    }
    rounds: dict[str, list[list[float]]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rounds[name].append([float(word) for word in done.stdout.split()[-2:]])
    return {
        name: {
            "seconds": round(median(wall for wall, _ in runs), 3),
            "cpu_seconds": round(median(cpu for _, cpu in runs), 3),
        }
        for name, runs in rounds.items()
    }


def milliseconds(work: Callable[[], object], times: int = 50) -> float:
    """Return the median of what something takes in this process."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return round(median(found), 2)


# The lines --------------------------------------------------------------------------------------


def make(file: Path) -> None:
    """Write the lines, and the same compressed, unless they are there."""
    if file.exists() and file.with_suffix(".jsonl.gz").exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    print(f"making {LINES:,} lines", flush=True)
    with file.open("w") as plain, gzip.open(f"{file}.gz", "wt", compresslevel=3) as packed:
        for block in _blocks():
            plain.write(block)
            packed.write(block)


def _blocks() -> Iterator[str]:
    some = random.Random(7)  # noqa: S311 -- the same lines everywhere
    categories = ("auth", "agent", "websocket", "drawing", "workspace", "system", "http")
    levels = ("DEBUG",) * 20 + ("INFO",) * 65 + ("WARNING",) * 10 + ("ERROR",) * 4 + ("CRITICAL",)
    paths = ["/api/" + f"{some.getrandbits(1000):x}"[: some.randint(135, 235)] for _ in range(500)]
    began = datetime(2026, 1, 15, tzinfo=UTC)
    for first in range(0, LINES, 1000):
        block = []
        for number in range(first, first + 1000):
            stamp = (began + timedelta(milliseconds=30 * number)).isoformat(timespec="milliseconds")
            category = some.choice(categories)
            user = f'"user_id":{some.randint(1, 500)},' if some.random() < _SHARE else ""
            trace = (
                f'"trace_id":"1-{some.getrandbits(32):08x}-{some.getrandbits(96):024x}",'
                if some.random() < _SHARE
                else ""
            )
            block.append(
                f'{{"timestamp":"{stamp[:-6]}Z","level":"{some.choice(levels)}",'
                f'"category":"{category}","logger":"code_monet.{category}",'
                f'"message":"Tool use: step {number % 997}",{user}{trace}"extra":'
                f'{{"duration_ms":{some.random() * 100:.3f},"path":"{some.choice(paths)}"}}}}\n'
            )
        yield "".join(block)


def counted(file: Path) -> dict[str, int]:
    """Count the errors of each category by reading every line, for what answers are held to."""
    found: Counter[str] = Counter()
    with file.open("rb") as lines:
        for line in lines:
            if b'"level":"ERROR"' in line:
                found[msgspec.json.decode(line)["category"]] += 1
    return dict(found)


# The results ------------------------------------------------------------------------------------


def main() -> None:
    """Measure everything, print it, write ``build/bench/query.json``."""
    file = FOLDER / "lines.jsonl"
    make(file)
    expected = counted(file)
    figures: dict[str, object] = {"lines": LINES, "bytes": file.stat().st_size, "runs": RUNS}
    for kind, path in (("plain", file), ("gzip", file.with_name("lines.jsonl.gz"))):
        size = path.stat().st_size / 1e6
        commands = {name: command(path) for name, command in answerers().items()}
        found = medians(commands, expected)
        engines = alone(path)
        figures[kind] = {
            "processes": found | _ratios(found),
            "the answer alone": engines | _ratios(engines),
        }
        print(f"\n{LINES:,} lines, {kind}, {size:,.0f} MB: errors by category")
        _draw(found)
        for what, ratios in (("", _ratios(found)), (", the answer alone", _ratios(engines))):
            for name, ratio in ratios.items():
                print(f"  {name.replace('_', ' ')}{what}: {ratio:.2f}")
    figures |= _small(file)
    target = FOLDER / "query.json"
    target.write_text(json.dumps(figures, indent=2) + "\n")


def _small(file: Path) -> dict[str, float]:
    """Measure what does not depend on how many lines there are, or on a few only."""
    small = FOLDER / "small.jsonl"
    with file.open("rb") as lines:
        small.write_bytes(b"".join(lines.readlines(SMALL_BYTES)))
    help_ = [str(Path(sys.executable).with_name("diagnose")), "--help"]
    processes = medians({OURS: ours(small), "diagnose --help": help_})
    cases = cases_of(CONTRACT)
    per_case = milliseconds(lambda: [case.difference() for case in cases], times=5) / len(cases)
    found = {
        "parse_and_compile_ms": milliseconds(lambda: duckdb_sql(plan(parse(QUERY)))),
        "local_10_mb_ms": round(processes[OURS]["seconds"] * 1000),
        "diagnose_help_ms": round(processes["diagnose --help"]["seconds"] * 1000),
        "hundred_saved_query_tests_seconds": round(per_case * 100 / 1000, 2),
    }
    print()
    for name, value in found.items():
        print(f"{name.replace('_', ' '):36} {value:8.2f}")
    return found


def _ratios(found: Measured) -> dict[str, float]:
    """Compare ours with the best by hand, and with jq."""
    best = min((found[name] for name in found if BY_HAND in name), key=lambda it: it["seconds"])
    ratios = {
        "ours_to_best_by_hand": found[OURS]["seconds"] / best["seconds"],
        "ours_to_best_by_hand_cpu": found[OURS]["cpu_seconds"] / best["cpu_seconds"],
    }
    if "jq" in found:
        ratios["jq_to_ours"] = found["jq"]["seconds"] / found[OURS]["seconds"]
    return {name: round(ratio, 3) for name, ratio in ratios.items()}


def _draw(found: Measured) -> None:
    longest = max(figures["seconds"] for figures in found.values())
    for name, figures in sorted(found.items(), key=lambda item: item[1]["seconds"]):
        bar = "█" * max(round(figures["seconds"] / longest * BAR), 1)
        took = f"{figures['seconds']:6.2f} s {figures['megabytes']:5.0f} MB"
        print(f"  {name:20} {took}  {bar}", flush=True)


if __name__ == "__main__":
    main()
