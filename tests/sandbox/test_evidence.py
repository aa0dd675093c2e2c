"""Evidence and the daily digest: real lines of both contracts, asked of an emulated AWS."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import intentlog
from alarm_digest import daily, evidence
from alarm_digest.breach import Breach, breach
from alarm_digest.evidence import Clients, NoEvidence
from alarm_digest.message import Message, Section
from alarm_digest.source import LogSource, load
from intentlog.contract import Contract
from intentlog.contract import load as load_contract
from intentlog.render import log_source
from sandbox.server import Sandbox

CONTRACTS = Path(__file__).parents[2] / "contracts"


def agent_fails() -> None:
    """Log as the drawing-agent does when it fails: for two users, with their mail addresses."""
    logger = logging.getLogger("code_monet.drawing.canvas")
    for user, canvas in ((42, 7), (42, 8), (7, 9)):
        with intentlog.bind_context(user_id=user):
            logger.error(
                "cannot draw for ada@example.com", exc_info=KeyError(f"no canvas {canvas}")
            )
    logging.getLogger("code_monet.auth.routes").warning("refused")
    logging.getLogger("code_monet.auth.routes").info("signed in")


def bot_fails() -> None:
    """Log as the trading bot does when its cache and the blockchain disagree."""
    logger = intentlog.get_logger("state_engine")
    for block in (17, 18):
        logger.error("state_divergence", context={"entity": "pool", "block_number": block})
    intentlog.get_logger("safety_controller").critical("safety_violation", context={"limit": "x"})


@pytest.fixture
def delivered(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Contract]:
    """Deliver what an application logs into its whole stream's log group, and count its errors."""

    def deliver(name: str, log: Callable[[], None], *, prefix: str) -> Contract:
        contract = load_contract(CONTRACTS / f"{name}.toml").with_prefix(prefix)
        intentlog.init_logging(contract, log_dir=tmp_path, console="off")
        try:
            log()
        finally:
            intentlog.shutdown()
        stream = next(name for name, table in contract.streams.items() if not table.where)
        lines = (tmp_path / contract.streams[stream].file).read_text().splitlines()
        logs, group = sandbox.client("logs"), contract.log_groups[stream]
        for each in contract.log_groups.values():
            logs.create_log_group(logGroupName=each)
        logs.create_log_stream(logGroupName=group, logStreamName="i-1")
        first = int(time.time() * 1000) - len(lines)
        # A millisecond apart: of those of one moment, none is the latest.
        events = [{"timestamp": first + n, "message": line} for n, line in enumerate(lines)]
        logs.put_log_events(logGroupName=group, logStreamName="i-1", logEvents=events)
        datum = {"MetricName": "ErrorCount", "Value": 3.0}
        sandbox.client("cloudwatch").put_metric_data(
            Namespace=contract.namespace, MetricData=[datum]
        )
        return contract

    return deliver


def clients(sandbox: Sandbox) -> Clients:
    """Real clients of the sandbox."""
    return Clients(sandbox.client("logs"), sandbox.client("cloudwatch"))


def rung(contract: Contract, alarm: str = "high-error-rate") -> Breach:
    """The breach of an alarm that rings now."""
    name = contract.alarm_name(alarm)
    return breach(
        {
            "AlarmName": name,
            "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
            "StateChangeTime": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
            "Trigger": {
                "MetricName": "ErrorCount",
                "Namespace": contract.namespace,
                "Statistic": "SUM",
                "Period": 300,
                "EvaluationPeriods": 1,
            },
        }
    )


def asked(sandbox: Sandbox, of: Breach, source: LogSource) -> dict[str, Any]:
    """Gather evidence, and return what the message says of it: facts by their names, and more."""
    found = evidence.gather(of, source, clients(sandbox), deadline=time.monotonic() + 30)
    section = evidence.added(Section(title="a", status="ringing"), found)
    return {
        **dict(section.facts),
        "samples": section.samples,
        "sparkline": section.sparkline,
        "notes": section.notes,
    }


def test_the_agents_failure_is_told_with_its_lines(
    sandbox: Sandbox, delivered: Callable[..., Contract]
) -> None:
    """From the logger through Logs Insights into the message, by the contract's own names."""
    contract = delivered("drawing-agent", agent_fails, prefix="evidence-")

    told = asked(sandbox, rung(contract), load(log_source(contract)))

    assert told["Lines"].startswith("3 from ")
    assert told["Where"] == "drawing 3"
    assert told["Most frequent"] == "3x KeyError: cannot draw for <email>"
    assert told["Users"] == "2: 42 2, 7 1"
    assert told["Metric"].startswith("ErrorCount: 3, at most 3")
    assert told["sparkline"] == "█"
    assert told["notes"] == ()
    (sample,) = told["samples"]
    assert sample[8:] == (
        " drawing code_monet.drawing.canvas: cannot draw for a***@example.com "
        "(KeyError: 'no canvas 9')"
    )


def test_the_bots_failure_is_told_in_its_own_words(
    sandbox: Sandbox, delivered: Callable[..., Contract]
) -> None:
    """Modules instead of categories, events instead of messages, no users."""
    contract = delivered("chimera", bot_fails, prefix="evidence-")

    told = asked(sandbox, rung(contract), load(log_source(contract)))

    # `where` of its metric is 'level = "ERROR"': the violation is no part of this alarm.
    assert told["Lines"].startswith("2 from ")
    assert told["Where"] == "state_engine 2"
    assert told["Most frequent"] == "2x state_divergence"
    assert "Users" not in told


def test_a_missing_log_group_is_a_reason(sandbox: Sandbox) -> None:
    """As after a deploy that removed it."""
    of = Breach(alarm="a", changed=datetime.now(UTC).isoformat())

    with pytest.raises(NoEvidence, match="a log group of the contract does not exist"):
        asked(sandbox, of, LogSource(groups=("/evidence/nothing",)))


def test_the_day_is_told(sandbox: Sandbox, delivered: Callable[..., Contract]) -> None:
    """All its parts, asked of real APIs: errors, what is new, sign-ins, volume, alarms, hosts."""
    contract = delivered("drawing-agent", agent_fails, prefix="daily-")
    cloudwatch = sandbox.client("cloudwatch")
    name = contract.alarm_name("high-error-rate")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Elsewhere",
        MetricName="m",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    for _ in range(3):
        for state in ("ALARM", "OK"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    found = daily.message(
        datetime.now(UTC) + timedelta(minutes=1),
        service=contract.service,
        source=load(log_source(contract)),
        to=clients(sandbox),
        deadline=time.monotonic() + 30,
    )

    assert summaries(found)["Errors"] == "3 in 24 hours, 0 in the 24 before."
    assert summaries(found)["New errors"] == "1 kind that was not there the day before."
    assert summaries(found)["Sign-ins"] == "Lines of auth at WARNING or above: 1, the day before 0."
    assert " KB in 24 hours; " in summaries(found)["Volume and cost"]
    assert summaries(found)["Alarms"] == "1 of 1 rang, 1 of them flapped."
    assert summaries(found)["Hosts"] == "0 of 1 log streams went silent."
    assert [section.notes for section in found.sections] == [()] * 6


def summaries(message: Message) -> dict[str, str]:
    """What each part says, by its title."""
    return {section.title: section.summary for section in message.sections}
