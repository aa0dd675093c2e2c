"""Every kind of destination, configured as the function is, posting to a server on loopback."""

import json
import time
from typing import Any

import pytest

from alarm_digest.destinations import Destination, PostError, load
from sandbox.server import Sandbox
from tests.lambdas.destinations.conftest import PutSecret
from tests.lambdas.destinations.messages import MESSAGE
from tests.lambdas.destinations.server import Server

TOKEN = "xoxb-not-a-token"  # noqa: S105


def destination(**settings: str) -> Destination:
    """Return the one destination that is configured."""
    (one,) = load({"DESTINATIONS": json.dumps([{"name": "oncall", **settings}])})
    assert one.name == "oncall"
    return one


def send(to: Destination, *, thread: str | None = None) -> str | None:
    """Post the message, with time enough."""
    return to.post(MESSAGE, thread=thread, deadline=time.monotonic() + 30)


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("slack", "blocks"),
        ("teams", "attachments"),
        ("discord", "embeds"),
        ("google-chat", "cardsV2"),
        ("webhook", "alarms"),
        ("json", "alarms"),
    ],
)
def test_webhooks_get_what_they_take(
    server: Server, put_secret: PutSecret, kind: str, member: str
) -> None:
    """Posted to the URL that is the secret, with white space around it or not."""
    assert send(destination(kind=kind, secret=put_secret(f" {server.url}\n"))) is None

    (request,) = server.requests
    assert member in request.json


def test_an_incident_of_pagerduty_is_triggered_and_resolved(
    server: Server, put_secret: PutSecret
) -> None:
    """An event for each alarm, with the routing key that is the secret."""
    send(destination(kind="pagerduty", secret=put_secret("R0UT1NG"), endpoint=server.url))

    events = [request.json for request in server.requests]
    assert [(event["routing_key"], event["event_action"]) for event in events] == [
        ("R0UT1NG", "trigger"),
        ("R0UT1NG", "resolve"),
    ]


def test_one_event_that_is_refused_keeps_no_other_back(
    server: Server, put_secret: PutSecret
) -> None:
    """All are sent; the error says which were taken, so that they are not sent again."""
    server.answers = [(400, {}, b""), (202, {}, b"")]

    with pytest.raises(PostError, match="the webhook answered 400") as raised:
        send(destination(kind="pagerduty", secret=put_secret("R0UT1NG"), endpoint=server.url))

    assert [event.json["event_action"] for event in server.requests] == ["trigger", "resolve"]
    assert raised.value.taken == {"slow"}


def answer(**members: Any) -> tuple[int, dict[str, str], bytes]:
    """Return an answer of Slack's API."""
    return 200, {}, json.dumps(members).encode()


@pytest.fixture
def bot(server: Server, put_secret: PutSecret) -> Destination:
    """A bot of Slack; the API is on loopback."""
    server.answers = [answer(ok=True, ts="1764064800.000100")]
    return destination(
        kind="slack-bot", secret=put_secret(TOKEN), channel="C0ONCALL", endpoint=server.url
    )


def test_a_bot_posts_to_its_channel(server: Server, bot: Destination) -> None:
    """With its token; what it returns begins a thread."""
    assert send(bot) == "1764064800.000100"

    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert (request.json["channel"], "thread_ts" in request.json) == ("C0ONCALL", False)


def test_a_bot_goes_on_in_its_thread(server: Server, bot: Destination) -> None:
    """What still rings is shown in the channel, too."""
    assert send(bot, thread="1764064800.000001") == "1764064800.000001"

    (request,) = server.requests
    assert (request.json["thread_ts"], request.json["reply_broadcast"]) == (
        "1764064800.000001",
        True,
    )


def test_a_thread_that_somebody_deleted_begins_anew(server: Server, bot: Destination) -> None:
    """The message is posted all the same."""
    server.answers = [answer(ok=False, error="thread_not_found"), answer(ok=True, ts="2.2")]

    assert send(bot, thread="1.1") == "2.2"
    assert ["thread_ts" in request.json for request in server.requests] == [True, False]


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (answer(ok=False, error="channel_not_found"), "Slack answered channel_not_found"),
        (answer(ok=False, error=f"<{TOKEN}>"), "Slack answered an unknown error"),
        (answer(ok=False), "Slack answered None"),
        ((200, {}, b"<html>"), "Slack answered something that is not its API's"),
        ((200, {}, b"[]"), "Slack answered something that is not its API's"),
        ((200, {}, b'{"ok": true}'), "Slack answered something that is not its API's"),
    ],
)
def test_ok_is_what_slack_says_and_not_http(
    server: Server, bot: Destination, answered: tuple[int, dict[str, str], bytes], said: str
) -> None:
    """200 with ``ok: false`` is an error."""
    server.answers = [answered]

    with pytest.raises(PostError) as raised:
        send(bot)
    assert str(raised.value) == said


def test_a_token_that_was_rotated_is_read_anew(
    server: Server, bot: Destination, put_secret: PutSecret
) -> None:
    """Slack refuses the old one with 200; the new one is taken, in the same call."""
    send(bot)
    put_secret("xoxb-another", bot.secret)  # type: ignore[attr-defined]
    server.answers = [answer(ok=False, error="token_revoked"), answer(ok=True, ts="2.2")]

    assert send(bot) == "2.2"
    assert [request.headers["authorization"] for request in server.requests[1:]] == [
        f"Bearer {TOKEN}",
        "Bearer xoxb-another",
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_url_that_was_rotated_is_read_anew(
    server: Server, put_secret: PutSecret, status: int
) -> None:
    """A secret is kept, until the destination does not know it any more."""
    with Server([(204, {}, b"")]) as new:
        arn = put_secret(server.url)
        hook = destination(kind="slack", secret=arn)
        send(hook)
        put_secret(new.url, arn)
        send(hook)
        assert (len(server.requests), len(new.requests)) == (2, 0)

        server.answers = [(status, {}, b"")]
        send(hook)
        send(hook)

        assert (len(server.requests), len(new.requests)) == (3, 2)


def test_a_secret_that_is_refused_and_the_same_is_not_tried_again(
    server: Server, put_secret: PutSecret
) -> None:
    """Once is enough to know."""
    server.answers = [(404, {}, b"")]

    with pytest.raises(PostError, match="the webhook answered 404"):
        send(destination(kind="slack", secret=put_secret(server.url)))
    assert len(server.requests) == 1


def test_a_secret_that_cannot_be_read_is_an_error(aws_here: Sandbox) -> None:
    """It says why, in the words of Secrets Manager."""
    del aws_here
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf"

    with pytest.raises(PostError, match=r"the secret cannot be read: .*ResourceNotFoundException"):
        send(destination(kind="teams", secret=arn))


def test_email_is_published(aws_here: Sandbox) -> None:
    """A subscription of the topic gets subject and text."""
    sns, sqs = aws_here.client("sns"), aws_here.client("sqs")
    topic = sns.create_topic(Name="mail-destination")["TopicArn"]
    queue = sqs.create_queue(QueueName="mail-destination")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])

    send(destination(kind="email", topic=topic))

    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    published = json.loads(message["Body"])
    assert published["Subject"] == "shop: 1 alarm rings, 1 resolved"
    assert "Payments fail for customers" in published["Message"]


def test_a_topic_that_is_not_there_is_an_error(aws_here: Sandbox) -> None:
    """By the name that SNS has for it."""
    del aws_here
    with pytest.raises(PostError, match="SNS answered NotFound"):
        send(destination(kind="email", topic="arn:aws:sns:us-east-1:123456789012:none"))


def test_an_unknown_kind_is_told() -> None:
    """With those that there are."""
    with pytest.raises(ValueError, match="DESTINATIONS: no kind 'pigeon'; there are: slack, "):
        destination(kind="pigeon", secret="arn")  # noqa: S106
