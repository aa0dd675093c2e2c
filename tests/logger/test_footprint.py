"""What importing and using the logger brings into an application."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = str(ROOT / "contracts" / "drawing-agent.toml")
FOREIGN = (
    *("boto3", "botocore", "aws_cdk", "jsii", "duckdb", "opentelemetry", "structlog", "orjson"),
    *("pydantic", "attrs", "attr", "numpy", "typer", "click", "rich", "pytest", "jsonschema"),
)
HEAVY = ("asyncio", "ssl", "email", "http", "urllib.request", "xml", "sqlite3", "ctypes", "socket")
IMPORT = "import intentlog; from intentlog import get_logger, init_logging"
USE = f"""
import logging, sys, tempfile
intentlog.init_logging({CONTRACT!r}, log_dir=tempfile.mkdtemp(), console="json")
with intentlog.bind_context(user_id=1):
    intentlog.get_logger("x").info("m", a=1)
    logging.getLogger("x").error("m", exc_info=ValueError("x"))
intentlog.shutdown()
"""


def modules(code: str, **variables: str) -> set[str]:
    """Return the modules that a program has in the end, those of a bare interpreter left out."""
    script = f"""
import sys
before = set(sys.modules)
{code}
sys.stderr.write(" ".join(sorted(set(sys.modules) - before)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        timeout=60,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("code", [IMPORT, f"{IMPORT}\n{USE}"])
def test_nothing_foreign_is_imported(code: str) -> None:
    """Neither by the import nor by logging: what is not used need not even be installed."""
    brought = modules(code)

    assert brought.isdisjoint(FOREIGN)
    assert brought.isdisjoint(HEAVY)
    assert {name.partition(".")[0] for name in brought if "intentlog" in name} == {"intentlog"}
    assert not {name for name in brought if name.startswith(("intentlog.render", "intentlog.cli"))}


def test_few_modules_are_imported() -> None:
    """A number that somebody has to look at before it grows; an import of each takes time."""
    brought = modules(IMPORT)

    assert len({name for name in brought if name.startswith("intentlog")}) <= 55
    assert len(brought) <= 175


def test_queue_is_imported_only_by_who_wants_it() -> None:
    """``multiprocessing`` comes with asynchronous writes alone."""
    assert "multiprocessing.util" not in modules(f"{IMPORT}\n{USE}")
    assert "multiprocessing.util" in modules(f"{IMPORT}\n{USE}", INTENTLOG_ASYNC_WRITES="yes")
