"""The strict CloudWatch Logs: it refuses what the service refuses, with boto3 as its client."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from sandbox.faults import FAULTS, Fault
from sandbox.server import Sandbox
from sandbox.strict_logs import SECRET, StrictLogs

SEEN_AS: dict[Fault, set[str]] = {
    "refused": {"EndpointConnectionError"},
    "reset": {"ConnectionClosedError"},
    "reset_after": {"ConnectionClosedError", "ResponseStreamingError"},
    "hang": {"ReadTimeoutError"},
    "error": {"ClientError"},
    "throttled": {"ThrottlingException"},
    "denied": {"AccessDeniedException"},
}
SESSION = boto3.session.Session()
NOW = int(time.time() * 1000)
DAY = 86_400_000


@pytest.fixture
def logs() -> Iterator[StrictLogs]:
    """A strict service with a group and a stream."""
    with StrictLogs() as service:
        client(service.url).create_log_group(logGroupName="g")
        client(service.url).create_log_stream(logGroupName="g", logStreamName="s")
        yield service


def client(url: str, secret: str = SECRET) -> Any:
    """Return boto3's client, which tries once."""
    return SESSION.client(
        "logs",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="sandbox",
        aws_secret_access_key=secret,
        config=Config(proxies={}, read_timeout=1, retries={"total_max_attempts": 1}),
    )


def put(logs: StrictLogs, *events: tuple[int, str], secret: str = SECRET) -> dict[str, Any]:
    """Put events by boto3, and return the answer."""
    answer: dict[str, Any] = client(logs.url, secret).put_log_events(
        logGroupName="g",
        logStreamName="s",
        logEvents=[{"timestamp": at, "message": message} for at, message in events],
    )
    return answer


def code(error: ClientError) -> str:
    """Return the code of an error of AWS."""
    found: str = error.response["Error"]["Code"]
    return found


def test_what_is_within_the_limits_is_taken(logs: StrictLogs) -> None:
    """A batch of exactly 1,048,576 bytes over exactly 24 hours is."""
    first, last = "a", "b" * (1_048_576 - 26 - 27)

    answer = put(logs, (NOW - DAY, first), (NOW, last))

    assert "rejectedLogEventsInfo" not in answer
    assert logs.messages("g") == [first, last]
    assert logs.batches == [2]


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([(NOW - DAY - 1, "a"), (NOW, "b")], id="over 24 hours"),
        pytest.param([(NOW, "b" * (1_048_576 - 26 - 27)), (NOW, "cc")], id="too many bytes"),
        pytest.param([(NOW, "é" * (1_048_576 // 2))], id="one event too long"),
        pytest.param([(NOW, "a")] * 10_001, id="too many events"),
        pytest.param([(NOW, "a"), (NOW - 1, "b")], id="disorder"),
        pytest.param([(NOW, "a"), (NOW, " ")], id="nothing in it"),
    ],
)
def test_a_batch_beyond_a_limit_is_refused_as_a_whole(
    logs: StrictLogs, events: list[tuple[int, str]]
) -> None:
    """Nothing of it is taken, and the refusal is kept for whoever asks."""
    with pytest.raises(ClientError) as caught:
        put(logs, *events)

    assert code(caught.value) == "InvalidParameterException"
    assert logs.taken == []
    assert len(logs.refusals) == 1


def test_events_of_another_age_are_left_out_one_by_one(logs: StrictLogs) -> None:
    """The answer says which, as the service does."""
    now = int(time.time() * 1000)  # not that of the import, minutes ago
    old, late = (now - 14 * DAY - 60_000, "old"), (now - 14 * DAY + 60_000, "late")

    assert put(logs, old, late)["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert put(logs, (NOW, "now"), (NOW + 3 * 3_600_000, "new"))["rejectedLogEventsInfo"] == {
        "tooNewLogEventStartIndex": 1
    }
    assert logs.messages("g") == ["late", "now"]


def test_groups_and_streams_must_be_there_once(logs: StrictLogs) -> None:
    """What is missing is not found, what is there is not made again."""
    boto = client(logs.url)
    with pytest.raises(boto.exceptions.ResourceAlreadyExistsException):
        boto.create_log_group(logGroupName="g")
    with pytest.raises(boto.exceptions.ResourceAlreadyExistsException):
        boto.create_log_stream(logGroupName="g", logStreamName="s")
    with pytest.raises(boto.exceptions.ResourceNotFoundException):
        boto.create_log_stream(logGroupName="other", logStreamName="s")
    with pytest.raises(boto.exceptions.ResourceNotFoundException):
        boto.put_log_events(
            logGroupName="g", logStreamName="t", logEvents=[{"timestamp": NOW, "message": "a"}]
        )
    boto.put_retention_policy(logGroupName="g", retentionInDays=30)

    assert logs.groups == {"g": 30}


def test_a_wrong_signature_is_refused(logs: StrictLogs) -> None:
    """And so is a request without any."""
    with pytest.raises(ClientError) as caught:
        put(logs, (NOW, "a"), secret="other")  # noqa: S106 -- of nobody
    connection = HTTPConnection(urlsplit(logs.url).netloc)
    connection.request("POST", "/", b"{}", {"X-Amz-Target": "Logs_20140328.PutLogEvents"})

    assert code(caught.value) == "InvalidSignatureException"
    assert b"MissingAuthenticationToken" in connection.getresponse().read()
    connection.close()
    assert logs.taken == []


@pytest.mark.parametrize("fault", ["page", "error_as_200"])
def test_what_has_status_200_looks_like_an_answer_to_boto3(logs: StrictLogs, fault: Fault) -> None:
    """That is what is wrong with it: nothing was taken."""
    with logs.faults.during(fault):
        put(logs, (NOW, "struck"))

    assert logs.taken == []


@pytest.mark.parametrize("fault", sorted({*FAULTS} - {"page", "error_as_200"}))
def test_faults_strike_as_long_as_they_last(logs: StrictLogs, fault: Fault) -> None:
    """Only what is reset after it was taken is there; later on, all is well again."""
    with logs.faults.during(fault):
        time.sleep(0.15 if fault == "refused" else 0)  # until the listener has noticed
        with pytest.raises((BotoCoreError, ClientError)) as caught:
            put(logs, (NOW, "struck"))

    assert type(caught.value).__name__ in SEEN_AS[fault]
    assert logs.messages("g") == (["struck"] if fault == "reset_after" else [])
    for _ in range(50):  # until it listens again
        try:
            put(logs, (NOW, "well"))
        except EndpointConnectionError:
            time.sleep(0.05)
        else:
            break
    assert logs.messages("g")[-1] == "well"


def test_it_hands_on_what_it_takes(sandbox: Sandbox) -> None:
    """Before an emulator, what it refuses does not get there, what it takes does."""
    with StrictLogs(before=sandbox.endpoint_url) as logs:
        boto = client(logs.url)
        boto.create_log_group(logGroupName="g")
        boto.create_log_stream(logGroupName="g", logStreamName="s")
        put(logs, (NOW, "taken"))
        with pytest.raises(ClientError):
            put(logs, (NOW, " "))

    found = sandbox.client("logs").get_log_events(logGroupName="g", logStreamName="s")
    assert [event["message"] for event in found["events"]] == ["taken"]
