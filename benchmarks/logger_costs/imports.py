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
began = time.perf_counter_ns()
import {module}
took = time.perf_counter_ns() - began
print(json.dumps({{"ms": took / 1e6, "with": [m for m in {not_wanted} if m in sys.modules]}}))
"""


def measure(module: str) -> tuple[float, list[str]]:
    """Return how many milliseconds an import takes, and what it imports that it should not.

    Raises:
        ImportError: It cannot be imported here.
    """
    program = _PROGRAM.format(module=module, not_wanted=NOT_WANTED)
    # An application has its bytecode; an environment that never writes any is not what is asked.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise ImportError(run.stderr.strip().rpartition("\n")[2])
    figures = json.loads(run.stdout)
    return figures["ms"], figures["with"]
