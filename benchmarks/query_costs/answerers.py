"""What answers the question, each as the command of a process."""

import json
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "build" / "bench"
CONTRACT: Final = ROOT / "contracts" / "drawing-agent.toml"
OURS: Final = "intentlog"
BY_HAND: Final = "DuckDB by hand"
SELECTS: Final = {
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
QUERY: Final = 'filter level = "ERROR" | stats count(*) as n by category | sort n desc'
_LNAV_FORMAT: Final = {
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
        "import duckdb\n"
        "from intentlog.contract import load\n"
        "from intentlog.query import local, parse",
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
    others = {name: command for name, (command, absent) in _OTHERS.items() if not absent()}
    return {OURS: ours, **by_hand, **others}


def absentees() -> dict[str, str]:
    """Return why others cannot answer here, by name."""
    return {name: why for name, (_, absent) in _OTHERS.items() if (why := absent())}


def _no_package(name: str) -> str:
    there = find_spec(name)
    return "" if there else f"{name} is not installed; requirements-bench.txt has it"


def _no_program(name: str) -> str:
    there = shutil.which(name)
    return "" if there else f"{name} is not installed; `make system-packages` can do it"


_OTHERS: Final[dict[str, tuple[Callable[[Path], list[str]], Callable[[], str]]]] = {
    "polars": (polars, lambda: _no_package("polars")),
    "jq": (jq, lambda: _no_program("jq")),
    "lnav": (lnav, lambda: _no_program("lnav")),
}
