"""Asking Logs Insights, with answers in their real shape: botocore's Stubber checks both sides."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.insights import Answer, Asked, NoEvidence, Question
from alarm_digest.kinds import kinds_of

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
QUESTION = Question(("/a", "/b"), "stats count(*)", START, START.replace(hour=11))
REQUEST: dict[str, object] = {
    "logGroupNames": ["/a", "/b"],
    "queryString": "stats count(*)",
    "startTime": 1_795_341_600,
    "endTime": 1_795_345_200,
}
ROW: Any = [{"field": "part", "value": "auth"}, {"field": "lineCount", "value": "12"}]


@pytest.fixture
def logs() -> Any:
    """A client that reaches nobody."""
    return boto3.client(
        "logs",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 -- not one
    )


@pytest.fixture
def stub(logs: Any) -> Iterator[Stubber]:
    """What the client is answered; at the end all of it must have been asked for."""
    with Stubber(logs) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def ask(logs: Any, *questions: Question, seconds: float = 30) -> list[Answer | NoEvidence]:
    """Ask, and wait for the answers."""
    return Asked(logs, questions, deadline=time.monotonic() + seconds).answers()


def test_all_questions_are_asked_before_one_is_waited_for(logs: Any, stub: Stubber) -> None:
    """They run side by side; answers come in the order of the questions."""
    stub.add_response("start_query", {"queryId": "one"}, REQUEST)
    stub.add_response("start_query", {"queryId": "two"}, REQUEST)
    stub.add_response("get_query_results", {"status": "Running", "results": []}, {"queryId": "one"})
    done: dict[str, Any] = {
        "status": "Complete",
        "results": [],
        "statistics": {"recordsMatched": 0.0},
    }
    stub.add_response("get_query_results", done, {"queryId": "two"})
    done = {"status": "Complete", "results": [ROW], "statistics": {"recordsMatched": 12.0}}
    stub.add_response("get_query_results", done, {"queryId": "one"})

    first, second = ask(logs, QUESTION, QUESTION)

    assert first == Answer(rows=({"part": "auth", "lineCount": "12"},), matched=12)
    assert second == Answer(rows=(), matched=0)


def test_a_late_query_is_stopped() -> None:
    """Nobody waits for it, so nobody pays for the rest of it."""
    stopped = []

    class Slow:
        """Logs Insights that is never ready, however often it is asked: no Stubber can say so."""

        def start_query(self, **_: object) -> dict[str, str]:
            return {"queryId": "slow"}

        def get_query_results(self, **_: object) -> dict[str, Any]:
            return {"status": "Running", "results": []}

        def stop_query(self, **request: object) -> None:
            stopped.append(request)

    (answer,) = ask(Slow(), QUESTION, seconds=0.2)

    assert str(answer) == "Logs Insights did not answer within 0 s"
    assert stopped == [{"queryId": "slow"}]


@pytest.mark.usefixtures("stub")
def test_without_time_nothing_is_asked(logs: Any) -> None:
    """The deadline was over before."""
    (answer,) = ask(logs, QUESTION, seconds=-1)

    assert str(answer) == "no time was left to ask Logs Insights"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "AccessDeniedException",
            "the function may not ask Logs Insights (AccessDeniedException)",
        ),
        ("ResourceNotFoundException", "a log group of the contract does not exist"),
        (
            "LimitExceededException",
            "Logs Insights is asked too much in this account (LimitExceededException)",
        ),
        ("MalformedQueryException", "Logs Insights refused (MalformedQueryException)"),
    ],
)
def test_a_refusal_says_why_and_no_more(logs: Any, stub: Stubber, code: str, reason: str) -> None:
    """AWS's own sentences hold ARNs and names that nobody needs in a chat."""
    stub.add_client_error("start_query", code, "arn:aws:sts::123456789012:assumed-role/x is not")

    (answer,) = ask(logs, QUESTION)

    assert isinstance(answer, NoEvidence)
    assert str(answer) == reason


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout", "Unknown"])
def test_a_query_that_ends_otherwise_is_no_answer(logs: Any, stub: Stubber, status: str) -> None:
    """Its rows would be some of them."""
    stub.add_response("start_query", {"queryId": "one"})
    stub.add_response("get_query_results", {"status": status, "results": [ROW]})

    (answer,) = ask(logs, QUESTION)

    assert str(answer) == f"the query of Logs Insights ended as {status}"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"status": "Complete"},
        {"status": "Complete", "results": [[{"field": "a"}], [{"value": "b"}]]},
        {"status": "Complete", "results": None},
        {"status": "Complete", "results": [], "statistics": {"recordsMatched": "many"}},
    ],
)
def test_a_malformed_answer_is_no_answer(answer: dict[str, Any]) -> None:
    """A fake, because no real client lets it through."""

    class Broken:
        def start_query(self, **_: object) -> dict[str, str]:
            return {"queryId": "x"}

        def get_query_results(self, **_: object) -> dict[str, Any]:
            return answer

    (found,) = ask(Broken(), QUESTION)

    assert str(found) == "Logs Insights answered what cannot be read"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["field", "value", "recordsMatched"]), inner)
    ),
    max_leaves=10,
)


@given(JSON, JSON)
def test_no_answer_at_all_makes_it_raise(results: object, statistics: object) -> None:
    """Neither reading it nor joining its rows into kinds."""

    class Odd:
        def start_query(self, **_: object) -> dict[str, str]:
            return {"queryId": "x"}

        def get_query_results(self, **_: object) -> dict[str, Any]:
            return {"status": "Complete", "results": results, "statistics": statistics}

    (found,) = ask(Odd(), QUESTION)

    if isinstance(found, Answer):
        assert sum(kind.lines for kind in kinds_of(found)) >= 0
    else:
        assert str(found) == "Logs Insights answered what cannot be read"


def test_no_connection_is_no_answer() -> None:
    """The text has neither host nor port."""

    class Away:
        def start_query(self, **_: object) -> dict[str, str]:
            raise EndpointConnectionError(endpoint_url="https://logs.example")

    (found,) = ask(Away(), QUESTION)

    assert str(found) == "Logs Insights cannot be reached (EndpointConnectionError)"
