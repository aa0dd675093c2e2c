"""Logs Insights of the sandbox, on JSON lines, asked as the digest function asks it."""

import json
import time
from typing import Any

import pytest

from sandbox.server import Sandbox

GROUP = "/insights/all"
LINES = [
    {"level": "ERROR", "category": "auth", "message": "Refused ada", "user_id": 42},
    {"level": "ERROR", "category": "auth", "message": "Refused bob", "user_id": 7},
    {"level": "ERROR", "category": "http", "message": "Failed", "extra": {"type": "Timeout"}},
    {"level": "INFO", "category": "http", "message": "Fine", "user_id": 42},
]


@pytest.fixture(scope="module")
def logs(sandbox: Sandbox) -> Any:
    """A client, and a log group with four lines of JSON and one that is none."""
    client = sandbox.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="one")
    now = int(time.time() * 1000)
    messages = [*map(json.dumps, LINES), "no JSON"]
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName="one",
        logEvents=[{"timestamp": now + n, "message": text} for n, text in enumerate(messages)],
    )
    return client


def rows(logs: Any, query: str) -> list[dict[str, str]]:
    """Ask about the last hour, and return the rows by their fields' names."""
    now = int(time.time())
    asked = logs.start_query(
        logGroupName=GROUP, queryString=query, startTime=now - 3600, endTime=now + 60
    )
    answer = logs.get_query_results(queryId=asked["queryId"])
    assert answer["status"] == "Complete"
    return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


def test_lines_are_counted_by_a_field_of_theirs(logs: Any) -> None:
    """Numbers are texts, as everywhere in Logs Insights."""
    query = (
        'filter level in ["ERROR"] | stats count(*) as lines, max(user_id) as user by category'
        " | sort lines desc"
    )

    assert rows(logs, query) == [
        {"category": "auth", "lines": "2", "user": "42"},
        {"category": "http", "lines": "1"},
    ]


def test_what_a_line_has_not_is_not_in_its_row(logs: Any) -> None:
    """Nested fields are found by their dotted names; a name of one's own is given with ``as``."""
    query = (
        'filter category = "http" | fields substr(message, 0, 4) as said, extra.type as type'
        " | sort @timestamp desc | limit 5"
    )

    assert rows(logs, query) == [{"said": "Fine"}, {"said": "Fail", "type": "Timeout"}]


@pytest.mark.parametrize(
    "query", ["parse @message '*' as x", "stats pct(x, 9)", "fields a +", "|sort"]
)
def test_what_is_not_known_is_refused(logs: Any, query: str) -> None:
    """Passed over in silence, it would answer something else."""
    with pytest.raises(logs.exceptions.MalformedQueryException):
        rows(logs, query)
