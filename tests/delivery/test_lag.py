"""What a shipper says of itself: how late lines were, and where the audit trail ends."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.delivery import lag
from intentlog.delivery.audit import Head, verify
from intentlog.delivery.cloudwatch import CloudWatch
from intentlog.delivery.directory import Shipper
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import GROUP, line

LATE = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def each_step_is_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a minute to pass."""
    monkeypatch.setattr(lag, "REPORT_SECONDS", 0.0)


def write(directory: Path, *lines: str) -> None:
    """Append lines to the file that is written."""
    with (directory / "app.log").open("a") as file:
        file.writelines(f"{text}\n" for text in lines)


def deliver(shipper: Shipper) -> None:
    """Deliver all there is."""
    assert shipper.begin()
    try:
        assert shipper.flush(10)
    finally:
        shipper.close()


def said(logs: StrictLogs, group: str, kind: str) -> list[dict[str, Any]]:
    """Return what a shipper said of itself in a log group."""
    events = [json.loads(message) for message in logs.messages(group)]
    return [event for event in events if event.get("intentlog") == kind]


def test_the_lag_is_a_metric(tmp_path: Path, shop: Contract, logs: StrictLogs) -> None:
    """In seconds, of the oldest line that was delivered, in CloudWatch's embedded format."""
    now = datetime.now(UTC)
    write(tmp_path, line(0, at=now - LATE), line(1, at=now))

    deliver(Shipper(shop, tmp_path, CloudWatch()))

    (event,) = said(logs, GROUP, "delivery-lag")
    assert event["stream"] == "app"
    assert LATE.total_seconds() <= event["DeliveryLag"] < LATE.total_seconds() + 60
    (directive,) = event["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Shop",
        "Dimensions": [[]],
        "Metrics": [{"Name": "DeliveryLag", "Unit": "Seconds"}],
    }
    assert abs(event["_aws"]["Timestamp"] - now.timestamp() * 1000) < 60_000


def test_lines_are_as_they_were_beside_it(tmp_path: Path, shop: Contract, logs: StrictLogs) -> None:
    """What is said is an event more, and changes none."""
    lines = [line(number) for number in range(3)]
    write(tmp_path, *lines)

    deliver(Shipper(shop, tmp_path, CloudWatch()))

    assert [text for text in logs.messages(GROUP) if '"intentlog"' not in text] == lines


def test_who_delivers_nothing_says_nothing(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """So that an alarm on silence sees it: a shipper that lives is no application that does."""
    shipper = Shipper(shop, tmp_path, CloudWatch())

    deliver(shipper)
    write(tmp_path, line(0))
    deliver(shipper)
    deliver(shipper)

    assert len(said(logs, GROUP, "delivery-lag")) == 1


def test_it_is_said_once_a_minute(
    tmp_path: Path, shop: Contract, logs: StrictLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before one has passed, nothing is said."""
    monkeypatch.setattr(lag, "REPORT_SECONDS", 60.0)
    write(tmp_path, line(0))

    deliver(Shipper(shop, tmp_path, CloudWatch()))

    assert len(logs.messages(GROUP)) == 1


def test_the_trails_end_is_told_and_a_cut_is_found(
    tmp_path: Path, bot: Contract, logs: StrictLogs
) -> None:
    """What CloudWatch was told is what ``intentlog audit verify --head`` is given."""
    executions = tmp_path / "executions.log"
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    try:
        for number in range(3):
            intentlog.get_logger("execution_engine").info(
                "execution_attempt", context={"opportunity_id": str(number)}
            )
    finally:
        intentlog.shutdown()

    deliver(Shipper(bot, tmp_path, CloudWatch()))

    (event,) = said(logs, "Chimera/executions", "audit-head")
    assert event == {
        "intentlog": "audit-head",
        "stream": "executions",
        "seq": 3,
        "hash": event["hash"],
    }
    head = Head(event["seq"], event["hash"])
    assert list(verify([executions], expected=[head])) == []
    whole = executions.read_text().splitlines(keepends=True)
    executions.write_text("".join(whole[:-1]))
    (finding,) = verify([executions], expected=[head])
    assert "record 3" in finding.problem


def test_an_end_that_has_not_moved_is_not_told_again(
    tmp_path: Path, bot: Contract, logs: StrictLogs
) -> None:
    """Other lines go on; the trail is where it was. Not delivered, it is told beside all lines."""
    trail = msgspec.structs.replace(bot.streams["executions"], log_group=None)
    bot = msgspec.structs.replace(bot, streams=bot.streams | {"executions": trail})
    shipper = Shipper(bot, tmp_path, CloudWatch())
    for event in ("execution_attempt", "websocket_connected", "websocket_closed"):
        intentlog.init_logging(bot, log_dir=tmp_path, console="off")
        intentlog.get_logger("execution_engine").info(event)
        intentlog.shutdown()
        deliver(shipper)

    assert len(said(logs, "Chimera", "audit-head")) == 1
    assert len(said(logs, "Chimera", "delivery-lag")) == 3


def test_a_trail_without_a_record_has_no_end(
    tmp_path: Path, bot: Contract, logs: StrictLogs
) -> None:
    """Nothing is told of a file that is not there yet."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    intentlog.get_logger("state_engine").info("websocket_connected")
    intentlog.shutdown()

    deliver(Shipper(bot, tmp_path, CloudWatch()))

    assert said(logs, "Chimera", "audit-head") == []
