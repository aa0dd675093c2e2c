"""``make demo`` as a user runs it: everything, deployed by the real CDK CLI, end to end."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from intentlog.contract import load

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Run the demo once: what it printed, and its summary."""
    directory = tmp_path_factory.mktemp("demo")
    result = subprocess.run(
        [sys.executable, "-m", "sandbox.demo", "--directory", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout, json.loads((directory / "summary.json").read_text())


def test_every_line_is_delivered(demo: tuple[str, dict[str, Any]]) -> None:
    """What the application wrote is what GetLogEvents gives back."""
    _, summary = demo

    assert summary["emitted"] > 50
    assert summary["delivered"] == summary["emitted"]
    assert summary["lost"] == 0


def test_a_kill_and_an_outage_lose_nothing(demo: tuple[str, dict[str, Any]]) -> None:
    """The shipper is killed by ``kill -9``, and its endpoint is down for ten seconds."""
    _, summary = demo

    shipped = summary["chimera"]
    assert shipped["lost"] == 0
    assert shipped["emitted"] > 500
    assert shipped["delivered"] == shipped["emitted"] + shipped["repeated"]
    assert (shipped["kills"], shipped["outage_seconds"] >= 10) == (1, True)
    assert shipped["broken_connections"] > 0


def test_the_deployed_filter_and_alarm_decide(demo: tuple[str, dict[str, Any]]) -> None:
    """The burst of errors puts the alarm into ALARM, for its own reason."""
    _, summary = demo

    assert summary["alarm"]["name"] == "drawing-agent-high-error-rate"
    assert summary["alarm"]["state"] == "ALARM"
    assert "GreaterThanThreshold 10" in summary["alarm"]["reason"]


def test_one_digest_is_posted(demo: tuple[str, dict[str, Any]]) -> None:
    """The deployed function posts what CloudWatch published, by way of SNS and SQS."""
    _, summary = demo

    (digest,) = summary["digests"]
    assert digest["title"] == "drawing-agent: 1 alarm rings"
    (alarm,) = digest["alarms"]
    assert alarm["name"] == "drawing-agent-high-error-rate"
    assert alarm["purpose"] == "The application fails for its users"
    assert alarm["reason"] == summary["alarm"]["reason"]


def test_the_digest_says_what_broke_and_for_whom(demo: tuple[str, dict[str, Any]]) -> None:
    """The deployed function has looked into the logs and at the metric."""
    _, summary = demo

    (alarm,) = summary["digests"][0]["alarms"]
    facts = alarm["facts"]
    assert facts["Lines"].startswith("13 from ")
    assert facts["Where"] == "agent 9, http 4"
    assert facts["Most frequent"].splitlines()[1] == "4x ZeroDivisionError: GET <path>"
    assert facts["Users"] == "2: 42 12, 108 1"
    assert len(alarm["samples"]) == 2
    assert alarm["sparkline"].endswith("█")
    assert {"Alarm", "Lines", "Trace", "Runbook", "Dashboard", "Query"} <= set(alarm["links"])
    assert alarm["notes"] == []


def test_every_stack_is_deployed_and_none_differs(demo: tuple[str, dict[str, Any]]) -> None:
    """``cdk diff`` right after ``cdk deploy`` is empty."""
    _, summary = demo

    assert summary["stacks"] == [
        *(f"chimera-{part}" for part in ("alerts", "archive", "host", "insights", "logs")),
        *(f"drawing-agent-{part}" for part in ("alerts", "host", "insights", "logs")),
    ]
    assert summary["stacks_that_differ"] == 0


def test_it_says_what_it_did_and_what_it_could_not(demo: tuple[str, dict[str, Any]]) -> None:
    """A person can read it: the counts, the limits of the emulator, the stand-in."""
    printed, summary = demo

    assert f"{summary['emitted']} lines emitted" in printed
    assert "only in part as AWS does it: EC2, IAM" in printed
    assert "the CloudWatch agent itself cannot run here" in printed


def test_a_failure_names_the_step(tmp_path: Path) -> None:
    """Without the CDK CLI it fails at the bootstrap, with exit code 1 and no traceback."""
    code = (
        "import sys; from pathlib import Path; from sandbox import cdk, demo; "
        "cdk.CLI = Path('/nonexistent/cdk'); "
        f"sys.argv = ['demo', '--directory', {str(tmp_path)!r}]; sys.exit(demo.main())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert "The demo failed at: cdk bootstrap: " in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_the_contract_has_the_alarm_that_the_demo_trips() -> None:
    """The demo takes the contract's only alarm; a second one would need a choice."""
    assert list(load(ROOT / "contracts" / "drawing-agent.toml").alarms) == ["high-error-rate"]
