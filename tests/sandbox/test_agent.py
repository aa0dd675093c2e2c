"""The stand-in for the CloudWatch agent: from files on disk to a log group over HTTP."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.agent import MAX_MESSAGE_BYTES, TRUNCATED, AgentError, AgentStandIn, deliver
from sandbox.agent_time import TimestampFormat
from sandbox.ingestion import MAX_BYTES, Event, batches, problem
from sandbox.server import Sandbox

HOST_FOLDER = "/home/ec2-user/data/logs"
MILLISECONDS = "%Y-%m-%dT%H:%M:%S.%fZ"


def _line(message: str, *, level: str = "INFO", seconds_ago: float = 0) -> str:
    moment = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"timestamp": stamp, "level": level, "message": message}) + "\n"


def _config(group: str, **entry: Any) -> str:
    entry = {
        "file_path": f"{HOST_FOLDER}/app.log",
        "log_group_name": group,
        "log_stream_name": "{instance_id}/app",
        "timestamp_format": MILLISECONDS,
        "timezone": "UTC",
    } | entry
    return json.dumps({"logs": {"logs_collected": {"files": {"collect_list": [entry]}}}})


class Host:
    """A host's log folder, its log group, and the agent between them."""

    def __init__(self, sandbox: Sandbox, folder: Path, group: str) -> None:
        self.logs = sandbox.client("logs")
        self.group = group
        self.file = folder / "app.log"
        self.root = {HOST_FOLDER: folder}
        self.agents = ExitStack()

    def agent(self, **entry: Any) -> AgentStandIn:
        """Return an agent for ``app.log``; the fixture closes it."""
        config = _config(self.group, **entry)
        agent = AgentStandIn(config, logs_client=self.logs, root=self.root, instance_id="i-1")
        return self.agents.enter_context(agent)

    def messages(self) -> list[str]:
        """Return what has arrived, in the order of the events' times."""
        events = self.logs.filter_log_events(logGroupName=self.group)["events"]
        return [json.loads(event["message"])["message"] for event in events]


@pytest.fixture
def host(sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host with an empty folder and a log group of the test's own."""
    group = f"/agent/{request.node.name}"
    found = Host(sandbox, tmp_path, group)
    found.logs.create_log_group(logGroupName=group)
    with found.agents:
        yield found
    found.logs.delete_log_group(logGroupName=group)


def test_delivers_each_line_once(host: Host) -> None:
    """What was delivered is not delivered again; what comes later is."""
    agent = host.agent()
    host.file.write_text(_line("a") + _line("b"))
    assert agent.deliver_once() == {host.group: 2}
    assert agent.deliver_once() == {host.group: 0}
    with host.file.open("a") as file:
        file.write(_line("c"))
    assert agent.deliver_once() == {host.group: 1}
    assert host.messages() == ["a", "b", "c"]


def test_sends_the_time_of_the_event_to_the_stream_of_the_host(host: Host) -> None:
    """The time comes from the line and the stream name from the placeholders."""
    line = _line("a", seconds_ago=3600)
    host.file.write_text(line)
    host.agent().deliver_once()
    event = host.logs.filter_log_events(logGroupName=host.group)["events"][0]
    stamp = json.loads(line)["timestamp"]
    assert event["timestamp"] == round(datetime.fromisoformat(stamp).timestamp() * 1000)
    assert event["logStreamName"] == "i-1/app"


def test_waits_for_the_end_of_a_line(host: Host) -> None:
    """Half a line is not an event yet."""
    agent = host.agent()
    whole = _line("a")
    host.file.write_text(whole[:20])
    assert agent.deliver_once() == {host.group: 0}
    with host.file.open("a") as file:
        file.write(whole[20:])
    assert agent.deliver_once() == {host.group: 1}


def test_follows_a_renamed_file_to_its_end(host: Host) -> None:
    """A rotation loses no line and sends none twice."""
    agent = host.agent()
    host.file.write_text(_line("a"))
    agent.deliver_once()
    with host.file.open("a") as file:
        host.file.rename(host.file.with_suffix(".log.1"))
        file.write(_line("b"))
    host.file.write_text(_line("c"))
    assert agent.deliver_once() == {host.group: 2}
    assert host.messages() == ["a", "b", "c"]


def test_reads_a_truncated_file_from_its_start(host: Host) -> None:
    """A file that became shorter has begun again."""
    agent = host.agent()
    host.file.write_text(_line("a") + _line("b"))
    agent.deliver_once()
    host.file.write_text(_line("c"))
    assert agent.deliver_once() == {host.group: 1}


def test_keeps_what_the_filters_keep(host: Host) -> None:
    """Include and exclude rules all have a say."""
    rules = [
        {"type": "include", "expression": '"level": "(ERROR|CRITICAL)"'},
        {"type": "exclude", "expression": "heartbeat"},
    ]
    lines = [_line("a"), _line("b", level="ERROR"), _line("heartbeat", level="ERROR")]
    host.file.write_text("".join(lines))
    assert host.agent(filters=rules).deliver_once() == {host.group: 1}
    assert host.messages() == ["b"]


def test_sorts_events_by_time(host: Host) -> None:
    """Threads may write out of order; a batch must not be."""
    host.file.write_text(_line("late") + _line("early", seconds_ago=60))
    host.agent().deliver_once()
    assert host.messages() == ["early", "late"]


def test_refuses_a_line_without_its_time_and_reads_it_again(host: Host) -> None:
    """The line is named, and nothing of its block counts as delivered."""
    agent = host.agent()
    host.file.write_text(_line("a") + '{"timestamp": "yesterday"}\n')
    with pytest.raises(AgentError, match=r"no time that matches .*yesterday"):
        agent.deliver_once()
    host.file.write_text(_line("a"))
    assert agent.deliver_once() == {host.group: 1}


def test_never_creates_the_log_group(sandbox: Sandbox, tmp_path: Path) -> None:
    """The stack owns the group; without it there is a clear error."""
    (tmp_path / "app.log").write_text(_line("a"))
    with pytest.raises(AgentError, match="no log group '/nowhere': deploy the stack"):
        deliver(
            _config("/nowhere"),
            logs_client=sandbox.client("logs"),
            root={HOST_FOLDER: tmp_path},
            instance_id="i-1",
        )


def test_says_what_the_service_refused(host: Host) -> None:
    """An event of a month ago would be lost silently."""
    host.file.write_text(_line("a", seconds_ago=30 * 86_400))
    with pytest.raises(AgentError, match="refused for their time"):
        host.agent().deliver_once()


def test_joins_indented_lines_and_cuts_a_long_event(host: Host) -> None:
    """As the agent does: both are what a structured logger must avoid."""
    long = _line("x" * MAX_MESSAGE_BYTES)
    host.file.write_text(long + "  continued\n" + _line("b"))
    assert host.agent().deliver_once() == {host.group: 2}
    events = host.logs.filter_log_events(logGroupName=host.group)["events"]
    assert len(events[0]["message"].encode()) == MAX_MESSAGE_BYTES
    assert events[0]["message"].endswith(TRUNCATED)


def test_missing_file_is_no_error(host: Host) -> None:
    """The application may not have begun yet."""
    assert host.agent().deliver_once() == {host.group: 0}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"trim_timestamp": True}, r"does not know \['trim_timestamp'\]"),
        ({"timezone": "LOCAL"}, "timezone 'LOCAL': expected 'UTC'"),
        ({"timestamp_format": "%Q"}, "%Q is not known"),
        ({"log_stream_name": "{ip_address}"}, "placeholder"),
        ({"file_path": "/var/log/other.log"}, "in none of the mapped folders"),
        ({"file_path": f"{HOST_FOLDER}/*.log"}, "wildcards"),
    ],
)
def test_refuses_a_configuration_it_does_not_follow(
    tmp_path: Path, entry: dict[str, Any], message: str
) -> None:
    """What the real agent would do differently is not passed over."""
    with pytest.raises(AgentError, match=message):
        AgentStandIn(
            _config("/g", **entry),
            logs_client=None,
            root={HOST_FOLDER: tmp_path},
            instance_id="i-1",
        )


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (MILLISECONDS, '{"t":"2024-01-15T10:30:45.123Z"}', 1_705_314_645_123),
        (MILLISECONDS, '{"t":"2025-10-27T08:38:00.136873Z"}', 1_761_554_280_136),
        (MILLISECONDS, "2024-01-15T10:30:45.5Z", 1_705_314_645_500),
        (MILLISECONDS, "2024-01-15T10:30:45.123+00:00", None),
        (MILLISECONDS, "2024-01-15T10:30:45Z", None),
        (MILLISECONDS, "2024-13-15T10:30:45.123Z", None),
        ("%b %-d %H:%M:%S %Y", "on Jan 5 01:02:03 2024", 1_704_416_523_000),
        ("%d/%m/%Y %H:%M:%S %z", "15/01/2024 12:30:45 +0200", 1_705_314_645_000),
    ],
)
def test_reads_a_time_by_its_format(text: str, line: str, expected: int | None) -> None:
    """Fractions of any length, everything literal required, the time in UTC."""
    assert TimestampFormat(text, timezone="UTC").time_ms(line) == expected


def test_batches_keep_every_limit() -> None:
    """Many, large and far apart: each batch is one that the service takes."""
    now = int(time.time() * 1000)
    small = [Event(now + number, "m") for number in range(25_000)]
    large = [Event(now, "x" * 300_000) for _ in range(5)]
    apart = [Event(now - hours * 3_600_000, "m") for hours in (0, 23, 25, 49)]
    for events, expected in ((small, 3), (large, 2), (apart, 2)):
        cut = list(batches(events))
        assert len(cut) == expected
        assert [problem(batch) for batch in cut] == [None] * expected
        assert sorted(events) == sorted(event for batch in cut for event in batch)
    assert problem([Event(now, "x" * MAX_BYTES)]) is not None
