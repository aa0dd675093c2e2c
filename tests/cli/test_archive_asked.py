"""``--source archive``: the contract says which table."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_REGION = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}


def diagnose(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask, without a region: nothing is asked of AWS."""
    return subprocess.run(
        [Path(sys.executable).with_name("diagnose"), *arguments, "--source", "archive"],
        cwd=ROOT,
        env=NO_REGION | {"AWS_CONFIG_FILE": "/nowhere", "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_table_of_the_contract_is_asked() -> None:
    """Of the stream that is archived; the backend is what fails here."""
    done = diagnose("query", "executions", "--contract", "contracts/chimera.toml")

    assert "archive chimera_archive.executions" in done.stderr
    assert (done.returncode, "--region" in done.stderr) == (3, True)


def test_a_contract_without_an_archive_is_told() -> None:
    """And what to do instead."""
    done = diagnose("query", "errors-by-category", "--contract", "contracts/drawing-agent.toml")

    assert done.returncode == 2
    assert "has no [archive]" in " ".join(done.stderr.split())
    assert "--archive DATABASE.TABLE" in " ".join(done.stderr.split())
