"""``intentlog cost --measured`` against the embedded AWS, whose CloudWatch answers for real."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.server import Sandbox

CONTRACT = """
service   = "weighed"
namespace = "Weighed"
[record]
fields = ["timestamp", "level", "category", "logger", "message"]
[streams.all]
file      = "all.log"
log_group = "/weighed/all"
"""


def test_volumes_are_cloudwatchs(sandbox: Sandbox, tmp_path: Path) -> None:
    """Two days' bytes of a log group are put to the price of a month."""
    (tmp_path / "weighed.toml").write_text(CONTRACT)
    now = datetime.now(UTC)
    # AWS itself publishes these; the emulator lets anybody.
    sandbox.client("cloudwatch").put_metric_data(
        Namespace="AWS/Logs",
        MetricData=[
            {
                "MetricName": "IncomingBytes",
                "Dimensions": [{"Name": "LogGroupName", "Value": "/weighed/all"}],
                "Timestamp": now - timedelta(days=days),
                "Value": 2**30,
                "Unit": "Bytes",
            }
            for days in (1, 2)
        ],
    )

    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("intentlog"), "cost", tmp_path / "weighed.toml"),
            *("--measured", "--json"),
        ],
        env=sandbox.child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    measured = json.loads(done.stdout)["contracts"][0]["measured_gigabytes"]
    # Two gigabytes in two to three days: a day's point bears the time of its beginning.
    assert 2 / 3 * 30 < measured["all"] < 2 / 2 * 31


def test_nothing_was_measured(sandbox: Sandbox, tmp_path: Path) -> None:
    """A log group of which CloudWatch has no bytes: the estimate is the contract's, exit code 1."""
    (tmp_path / "new.toml").write_text(CONTRACT.replace("eighed", "eighed-new"))

    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("intentlog"), "cost", tmp_path / "new.toml"),
            "--measured",
        ],
        env=sandbox.child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "nothing could be measured: these are the contracts' expectations\n"


pytestmark = pytest.mark.slow
