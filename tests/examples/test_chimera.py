"""The trading bot, run for real: everything it demonstrates is what its log files show."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from examples.chimera.config import Config
from intentlog.contract import load
from intentlog.delivery.audit import verify

ROOT = Path(__file__).parents[2]
CONTRACT = load(ROOT / "contracts" / "chimera.toml")
EVENTS = set(CONTRACT.events)

Line = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run of the bot that is over."""

    directory: Path
    stdout: str

    def text(self, file: str = "chimera.log") -> str:
        """Return what a file holds."""
        return (self.directory / file).read_text()

    def lines(self, event: str | None = None) -> list[Line]:
        """Return the lines of chimera.log, those of an event if one is given."""
        lines = map(json.loads, self.text().splitlines())
        return [line for line in lines if event in {None, line["event"]}]


def running(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bot to its end."""
    return subprocess.run(
        [sys.executable, "-m", "examples.chimera", "--log-dir", str(directory), *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the bot once."""
    directory = tmp_path_factory.mktemp("chimera")
    done = running(directory)
    assert (done.returncode, done.stderr) == (0, "")
    return Run(directory, done.stdout)


def test_each_line_has_the_fields_of_the_contract_in_its_order(run: Run) -> None:
    """One JSON object a line, times in microseconds of UTC."""
    for line in run.lines():
        assert list(line) == ["timestamp", "level", "module", "event", "context"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["timestamp"])
        assert isinstance(line["context"], dict)
    times = [line["timestamp"] for line in run.lines()]
    assert times == sorted(times)


def test_several_modules_log(run: Run) -> None:
    """Each part of the bot by a logger of its own."""
    assert {line["module"] for line in run.lines()} == {
        "execution_engine",
        "market_feed",
        "opportunity_detector",
        "performance",
        "safety_controller",
        "state_engine",
    }


def test_every_event_of_the_contract_happens(run: Run) -> None:
    """By its logger, at its level, with all that it must carry; nothing is said to be wrong."""
    assert run.lines("wrong_event_data") == []
    assert {line["event"] for line in run.lines()} >= EVENTS
    for name, event in CONTRACT.events.items():
        for line in run.lines(name):
            assert (line["module"], line["level"]) == (event.logger, event.level)
            assert set(event.fields) <= set(line["context"])
            assert set(line["context"]) <= {*event.fields, *event.optional}
            assert None not in line["context"].values()


def test_executions_log_is_the_audit_trail(run: Run) -> None:
    """Every execution attempt, byte by byte as in chimera.log but for the chain, nothing else."""
    attempts = [
        line for line in run.text().splitlines() if json.loads(line)["event"] == "execution_attempt"
    ]
    trail = run.text("executions.log").splitlines()

    assert attempts
    assert attempts == [line.partition(',"_audit":')[0] + "}" for line in trail]
    assert list(verify([run.directory / "executions.log"])) == []


def test_attempts_end_in_every_way(run: Run) -> None:
    """What the trail says of an attempt is what became of it."""
    attempts = [line["context"] for line in run.lines("execution_attempt")]

    statuses = Counter(attempt["status"] for attempt in attempts)
    assert set(statuses) == {"confirmed", "reverted", "rejected", "failed"}
    for attempt in attempts:
        sent = attempt["status"] in {"confirmed", "reverted"}
        assert ("tx_hash" in attempt) == ("actual_profit" in attempt) == sent
        assert ("error" in attempt) == (attempt["status"] == "failed")
        assert (attempt["simulation"]["profit"] <= 0) == (attempt["status"] == "rejected")


def test_states_follow_each_other(run: Run) -> None:
    """From stopped to stopped; each transition begins where the one before it ended."""
    states = [line["context"] for line in run.lines("state_transition")]

    assert (states[0]["from_state"], states[-1]["to_state"]) == ("stopped", "stopped")
    assert {"starting", "trading", "paused"} <= {state["to_state"] for state in states}
    for before, after in pairwise(states):
        assert before["to_state"] == after["from_state"]


def test_divergence_is_told_with_both_sides(run: Run) -> None:
    """What the cache had and what the blockchain says are not the same."""
    for line in run.lines("state_divergence"):
        assert line["context"]["cached"] != line["context"]["actual"]
        assert line["context"]["divergence_bps"] > 0


def test_violations_are_beyond_their_limit(run: Run) -> None:
    """Of gas, and of losses, after which trading pauses."""
    violations = [line["context"] for line in run.lines("safety_violation")]

    assert {violation["limit"] for violation in violations} == {"gas_price_gwei", "loss_usdc"}
    assert all(violation["actual"] > violation["allowed"] for violation in violations)
    pauses = [line for line in run.lines("state_transition") if "lost" in line["context"]["reason"]]
    assert len(pauses) == sum(violation["limit"] == "loss_usdc" for violation in violations)


def test_performance_covers_every_block(run: Run) -> None:
    """Window by window."""
    windows = [line["context"]["metrics"] for line in run.lines("performance_metrics")]

    assert sum(window["blocks"] for window in windows) == Config().blocks
    assert sum(window["trades"] for window in windows) == len(run.lines("execution_attempt"))


def test_error_has_its_stack_trace_as_data(run: Run) -> None:
    """Type, message and trace of each, on its one line."""
    errors = [line for line in run.lines("operation_failed") if line["level"] == "ERROR"]

    assert {line["context"]["operation"] for line in errors} == {"reconcile", "submit"}
    for line in errors:
        exception = line["context"]["exception"]
        assert exception["type"].endswith("blockchain.RpcError")
        assert exception["message"] == line["context"]["error"]
        assert exception["stack_trace"].startswith("Traceback (most recent call last):\n")
        assert exception["stack_trace"].endswith(f"RpcError: {exception['message']}")


def test_steps_are_timed(run: Run) -> None:
    """A line each time, with how long it took."""
    steps = [line["context"] for line in run.lines("state_reconciled")]

    assert len(steps) == Config().blocks // Config().reconcile_every
    assert {step["outcome"] for step in steps} == {"ok"}
    assert all(step["duration_ms"] > 0 for step in steps)


def test_api_key_is_in_no_file(run: Run) -> None:
    """The bot logs it; it does not come out."""
    assert run.lines("websocket_connected")[0]["context"]["api_key"] == "[redacted]"
    for text in (run.text(), run.text("executions.log"), run.stdout):
        assert Config().provider.api_key not in text


def test_stdout_carries_all_lines(run: Run) -> None:
    """Where standard output is collected, nothing is missing."""
    assert run.stdout == run.text()


def test_the_same_seed_is_the_same_run(run: Run, tmp_path: Path) -> None:
    """But for what clocks say; another seed is another run."""
    assert running(tmp_path / "same").returncode == 0
    assert running(tmp_path / "other", "--seed", "8").returncode == 0

    def done(directory: Path) -> list[object]:
        lines = Run(directory, "").lines("execution_attempt")
        return [{**line["context"], "duration_ms": 0} for line in lines]

    assert done(tmp_path / "same") == done(run.directory)
    assert done(tmp_path / "other") != done(run.directory)


def test_wrong_contract_is_one_sentence(tmp_path: Path) -> None:
    """And the exit code of wrong input."""
    done = running(tmp_path, "--contract", str(tmp_path / "none.toml"))

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "none.toml: cannot be read: No such file or directory"
    )
