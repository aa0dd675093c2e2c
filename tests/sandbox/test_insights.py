"""Logs Insights in the sandbox: the same queries over the same lines as from files."""

import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from intentlog.errors import BackendError
from intentlog.query import QueryError, cloudwatch, local, parse
from intentlog.query.examples import Case, cases_of
from sandbox.server import Sandbox

CONTRACTS = sorted((Path(__file__).parents[2] / "contracts").glob("*.toml"))
# Neither a file nor an archive knows when CloudWatch got its lines.
CASES = [
    case
    for file in CONTRACTS
    for case in cases_of(file)
    if "@ingestionTime" not in case.contract.queries[case.query].text
]
NOW = int(time.time()) * 1000


def _moved(case: Case) -> list[tuple[int, str]]:
    """Return an example's lines as of now, for CloudWatch takes no old ones: time and line."""
    stamp = case.contract.record.name_of("timestamp")
    lines = [json.loads(line) for line in case.example.lines.splitlines() if line]
    moved = []
    for number, line in enumerate(lines):
        at = NOW - 60_000 + number * 1000
        form = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000))
        moved.append((at, json.dumps(line | {stamp: f"{form}.{at % 1000:03}Z"})))
    return moved


def _stored(sandbox: Sandbox, group: str, events: list[tuple[int, str]]) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="lines.jsonl")
    if events:
        logs.put_log_events(
            logGroupName=group,
            logStreamName="lines.jsonl",
            logEvents=[{"timestamp": at, "message": line} for at, line in events],
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.contract.service}-{case.name}")
def test_same_table_from_cloudwatch_and_from_a_file(
    sandbox: Sandbox, tmp_path: Path, case: Case
) -> None:
    """Each saved query of the contracts answers alike: columns, order, texts of values."""
    group = f"/insights/{case.contract.service}/{case.query}"
    events = _moved(case)
    _stored(sandbox, group, events)
    file = tmp_path / "lines.jsonl"
    file.write_text("".join(f"{line}\n" for _, line in events))
    query = parse(case.contract.queries[case.query].filled(case.example.parameters))

    here = local.run(query, local.Lines(paths=[file], record=case.contract.record))
    there = cloudwatch.run(
        query, [group], sandbox.client("logs"), start=NOW - 3_600_000, end=NOW + 1000
    )

    assert there == here
    assert here.rows != []
    assert there.statistics.scanned == len(events)


def test_several_groups_and_lines_that_are_no_json(sandbox: Sandbox) -> None:
    """Each group is asked; a line that is no JSON is an event with a message."""
    groups = ["/insights/several/one", "/insights/several/two"]
    _stored(sandbox, groups[0], [(NOW - 2000, "Started"), (NOW - 1000, '{"level":"INFO"}')])
    _stored(sandbox, groups[1], [(NOW - 1500, '{"level":"ERROR"}')])
    client = sandbox.client("logs")
    query = parse("fields @message, @log, level | sort @timestamp asc")
    table = cloudwatch.run(query, groups, client, start=NOW - 60_000, end=NOW)
    one, two = (f"123456789012:{group}" for group in groups)
    assert table.rows == [
        ("Started", one, None),
        ('{"level":"ERROR"}', two, "ERROR"),
        ('{"level":"INFO"}', one, "INFO"),
    ]


def test_time_is_asked_for(sandbox: Sandbox) -> None:
    """Events before and after the time do not count."""
    group = "/insights/times"
    _stored(sandbox, group, [(NOW - 30_000, "a"), (NOW - 20_000, "b"), (NOW - 10_000, "c")])
    client = sandbox.client("logs")
    table = cloudwatch.run(
        parse("fields @message"), [group], client, start=NOW - 25_000, end=NOW - 15_000
    )
    assert table.rows == [("b",)]


def test_group_that_is_not_there(sandbox: Sandbox) -> None:
    """The nearest name is told."""
    _stored(sandbox, "/insights/shop", [])
    with pytest.raises(BackendError, match='no log group "/insights/shp"; did you mean'):
        cloudwatch.run(
            parse("fields a"), ["/insights/shp"], sandbox.client("logs"), start=0, end=NOW
        )


def test_malformed_query(sandbox: Sandbox) -> None:
    """The sandbox refuses what the language has not, with the place, as the service does."""
    _stored(sandbox, "/insights/malformed", [])
    with pytest.raises(ClientError) as caught:
        sandbox.client("logs").start_query(
            logGroupName="/insights/malformed", queryString="stat count(*)", startTime=0, endTime=1
        )
    error = caught.value.response
    assert error["Error"]["Code"] == "MalformedQueryException"
    assert error["queryCompileError"]["location"] == {"startCharOffset": 0, "endCharOffset": 4}


def test_command_that_is_cloudwatch_only(sandbox: Sandbox) -> None:
    """What this project's engine cannot do, the sandbox refuses instead of skipping it."""
    _stored(sandbox, "/insights/anomaly", [])
    query = parse("fields @message | pattern @message | anomaly")
    with pytest.raises(QueryError, match="anomaly"):
        cloudwatch.run(query, ["/insights/anomaly"], sandbox.client("logs"), start=0, end=NOW)
