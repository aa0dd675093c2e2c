"""Queries in CloudWatch: many rows, a busy service, interruptions, and what its errors say.

The client here is a fake: neither throttling nor 10,000 rows a second, a failed query nor Ctrl-C
at the right moment can be had from the sandbox, where `tests/sandbox/test_insights.py` asks.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from intentlog.errors import BackendError
from intentlog.query import cloudwatch
from intentlog.query.cloudwatch import MOST_ROWS, Progress
from intentlog.query.parse import parse
from intentlog.query.problems import QueryError
from intentlog.query.table import Table


class Logs:
    """CloudWatch Logs with one event at each given second; a whole second belongs to its end."""

    class exceptions:  # noqa: D106, N801 -- boto3's name
        ClientError = ClientError

    def __init__(self, seconds: list[int], *, statuses: tuple[str, ...] = ("Complete",)) -> None:
        self.seconds = seconds
        self.statuses = statuses
        self.failures: list[str] = []
        self.details: dict[str, Any] = {}
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.polls = 0

    def start_query(self, **request: Any) -> dict[str, str]:
        """Start a query, unless it is to fail."""
        if self.failures:
            code = self.failures.pop(0)
            error = {"Code": code, "Message": "no"}
            raise ClientError({"Error": error, **self.details}, "StartQuery")
        self.started.append(request)
        return {"queryId": str(len(self.started) - 1)}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 -- boto3's name
        """Return the answer, complete after as many questions as there are statuses."""
        request = self.started[int(queryId)]
        status = self.statuses[min(self.polls, len(self.statuses) - 1)]
        self.polls += 1
        ascending = "asc" in request["queryString"]
        first, last = request["startTime"], request["endTime"]
        found = [(at, number) for number, at in enumerate(self.seconds) if first <= at <= last]
        found.sort(reverse=not ascending)
        rows = [
            [{"field": "n", "value": str(number)}, {"field": "@ptr", "value": f"p{number}"}]
            for _, number in found
        ]
        return {
            "status": status,
            "results": rows[: request["limit"]],
            "statistics": {"recordsScanned": 2.0, "recordsMatched": 1.0, "bytesScanned": 100.0},
        }

    def stop_query(self, *, queryId: str) -> None:  # noqa: N803 -- boto3's name
        """Stop a query."""
        self.stopped.append(queryId)

    def get_paginator(self, operation: str) -> "Logs":
        """Return itself: it has one page."""
        assert operation == "describe_log_groups"
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        """Return its log groups."""
        return [{"logGroups": [{"logGroupName": name} for name in ("/shop/app", "/shop/errors")]}]


pytestmark = pytest.mark.usefixtures("waits")


def _ask(logs: Logs, text: str = "fields n", *, limit: int = MOST_ROWS, **more: Any) -> Table:
    query = parse(text)
    return cloudwatch.run(query, ["/shop/app"], logs, start=0, end=99_999_000, limit=limit, **more)


def test_answer() -> None:
    """Columns are those of the query, without the pointer that CloudWatch adds."""
    logs = Logs([10, 20])
    assert Table(("n", "m"), [("1", None), ("0", None)]) == _ask(logs, "fields n, m")
    request = logs.started[0]
    assert (request["logGroupNames"], request["limit"]) == (["/shop/app"], MOST_ROWS)


def test_pointer_that_is_asked_for() -> None:
    """Who asks for the pointer gets it."""
    assert _ask(Logs([10]), "fields @ptr").rows == [("p0",)]


def test_source_in_the_query() -> None:
    """A query that says its groups is not given others."""
    logs = Logs([10])
    _ask(logs, "SOURCE '/shop/errors' | fields n")
    assert "logGroupNames" not in logs.started[0]


def test_progress() -> None:
    """What is scanned so far is told while the query runs."""
    told: list[Progress] = []
    _ask(Logs([1], statuses=("Scheduled", "Running", "Complete")), progress=told.append)
    assert [each.status for each in told] == ["Scheduled", "Running", "Complete"]
    assert told[-1].statistics.bytes_scanned == 100


@pytest.mark.parametrize(
    ("text", "first"), [("fields n", "24999"), ("fields n | sort @timestamp asc", "0")]
)
def test_more_rows_than_one_answer_has(text: str, first: str) -> None:
    """Time windows are halved until each has few enough rows; all come, once, in order."""
    seconds = [number // 100 for number in range(25_000)]
    logs = Logs(seconds)
    table = _ask(logs, text, limit=100_000)
    numbers = [int(cell or "") for (cell,) in table.rows]
    assert sorted(numbers) == list(range(25_000))
    assert numbers == sorted(numbers, reverse=first != "0")
    assert table.notes == ()


def test_as_many_rows_as_are_wanted() -> None:
    """Windows that are not needed any more are not asked for."""
    logs = Logs([number // 100 for number in range(60_000)])
    table = _ask(logs, "fields n | limit 15000")
    assert [str(number) for number in range(59_999, 44_999, -1)] == [cell for (cell,) in table.rows]
    whole = Logs(logs.seconds)
    _ask(whole, limit=100_000)
    assert len(logs.started) < len(whole.started)


def test_default_is_one_answer() -> None:
    """Without a larger limit, 10,000 rows are all that is asked for."""
    logs = Logs([number // 100 for number in range(25_000)])
    assert len(_ask(logs).rows) == MOST_ROWS
    assert len(logs.started) == 1


def test_too_many_rows_in_a_second() -> None:
    """A second cannot be halved: what is missing is said."""
    table = _ask(Logs([7] * 10_500), limit=100_000)
    assert len(table.rows) == MOST_ROWS
    assert "some rows are missing" in table.notes[0]


@pytest.mark.parametrize("text", ["stats count(*) as n by level", "fields n | sort n", "dedup n"])
def test_rows_that_cannot_be_asked_in_parts(text: str) -> None:
    """Groups, and rows in another order, are not put together from parts: a note says so."""
    logs = Logs([number // 100 for number in range(25_000)])
    table = _ask(logs, text, limit=100_000)
    assert len(logs.started) == 1
    assert "10,000 rows at most" in table.notes[0]


def test_busy_service() -> None:
    """Being throttled, or having too many queries, is waited out, and told."""
    logs = Logs([10])
    logs.failures = ["ThrottlingException", "LimitExceededException"]
    told: list[str] = []
    table = _ask(logs, progress=lambda progress: told.append(progress.status))
    assert table.rows == [("0",)]
    assert told[:2] == ["Busy", "Busy"]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("LimitExceededException", "ask again when those of others, of dashboards too, have ended"),
        ("ThrottlingException", "ask again later; dashboards that refresh ask, too"),
    ],
)
def test_service_that_stays_busy(monkeypatch: pytest.MonkeyPatch, code: str, advice: str) -> None:
    """Patience ends after a minute, with what to do."""
    now = iter(range(0, 10_000, 10))
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    logs = Logs([10])
    logs.failures = [code] * 100
    with pytest.raises(BackendError) as raised:
        _ask(logs)
    assert str(raised.value).startswith(f"CloudWatch has been busy for 60 s ({code}): ")
    assert str(raised.value).endswith(advice)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interruption(error: type[BaseException]) -> None:
    """Who stops waiting stops the query, which would go on and cost."""
    logs = Logs([10], statuses=("Running",))

    def interrupt(_: Progress) -> None:
        raise error

    with pytest.raises(error):
        _ask(logs, progress=interrupt)
    assert logs.stopped == ["0"]


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_query_that_ends_without_answer(status: str) -> None:
    """A query that fails is a failure, not an empty answer."""
    with pytest.raises(BackendError, match=f"the query ended as {status}"):
        _ask(Logs([10], statuses=(status,)))


def test_group_that_is_not_there() -> None:
    """The name that was probably meant is told."""
    logs = Logs([])
    logs.failures = ["ResourceNotFoundException"]
    with pytest.raises(BackendError, match=r'no log group "/shop/ap"; did you mean "/shop/app"\?'):
        cloudwatch.run(parse("fields n"), ["/shop/ap"], logs, start=0, end=1000)


def test_query_that_cloudwatch_does_not_read() -> None:
    """The place that CloudWatch names is underlined."""
    logs = Logs([])
    logs.failures = ["MalformedQueryException"]
    logs.details = {"queryCompileError": {"location": {"startCharOffset": 7, "endCharOffset": 8}}}
    with pytest.raises(QueryError) as caught:
        _ask(logs)
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == (1, 8)


def test_refused_access() -> None:
    """AWS's own words say which permission is missing."""
    logs = Logs([])
    logs.failures = ["AccessDeniedException"]
    with pytest.raises(BackendError, match=r"CloudWatch: .*AccessDenied"):
        _ask(logs)
