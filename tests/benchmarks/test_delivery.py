"""The benchmark of the delivery: it runs, and what is ours loses nothing in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_quick_run_measures_everything_that_is_there(tmp_path: Path) -> None:
    """Peers that are not installed are left out and named; what is ours never is."""
    file = tmp_path / "delivery.json"

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.delivery", "--quick", "--results", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    results = json.loads(file.read_bytes())
    assert {"shipper", "boto3", "log call", "live"} <= set(results["cases"])
    for name in {"watchtower", "concurrent-log-handler"} - set(results["versions"]):
        assert f"not measured: {name}: it is not installed" in run.stderr
    ours = {name: figures for name, figures in results["losses"].items() if "intentlog" in name}
    assert len(ours) == 3
    assert [name for name, figures in ours.items() if figures["lost"]] == []
    assert all(figures["lines"] > 0 for figures in ours.values())
    assert results["aims"]["lines lost"] == [0, 0, True]
