"""How long an import takes in a new process, and what it brings along."""

import json
import os
import subprocess
import sys
from typing import Final

MODULES: Final = {
    "intentlog": "intentlog",
    "logging": "logging, which all of them import",
    "structlog": "structlog",
    "loguru": "loguru",
    "aws_lambda_powertools": "Powertools",
}
"""What is imported, and what a reader calls it."""

NOT_WANTED: Final = ("boto3", "aws_cdk", "duckdb")
_PROGRAM: Final = """\
import json, sys, time
began, began_cpu = time.perf_counter_ns(), time.process_time_ns()
{statement}
took, took_cpu = time.perf_counter_ns() - began, time.process_time_ns() - began_cpu
brought_along = [name for name in {not_wanted} if name in sys.modules]
print(json.dumps([{{"ms": took / 1e6, "cpu_ms": took_cpu / 1e6}}, brought_along]))
"""


def measure(module: str) -> tuple[dict[str, float], list[str]]:
    """Return what an import takes, and what it imports that it should not.

    Milliseconds are those of the clock (``ms``) and of the processor (``cpu_ms``).

    Raises:
        ImportError: It cannot be imported here.
    """
    # Its names are imported when they are asked for.
    names = "from intentlog import get_logger, init_logging"
    statement = names if module == "intentlog" else f"import {module}"
    program = _PROGRAM.format(statement=statement, not_wanted=NOT_WANTED)
    # An application has its bytecode; an environment that never writes any is not what is asked.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise ImportError(run.stderr.strip().rpartition("\n")[2])
    figures, brought_along = json.loads(run.stdout)
    return {name: round(value, 1) for name, value in figures.items()}, brought_along
