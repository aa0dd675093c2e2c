"""The digest function, posting over real HTTP on loopback.

Only the secret is a stand-in here; ``tests/sandbox`` runs the deployed function with a real one.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parameters import GetParameterError

from alarm_digest import handler as module
from alarm_digest.digest import digest
from alarm_digest.notification import Notification, parse
from alarm_digest.payload import as_slack
from alarm_digest.webhook import WebhookError, post
from sandbox.webhook import WebhookReceiver

GET_SECRET = "alarm_digest.handler.parameters.get_secret"  # noqa: S105
LAMBDAS = Path(__file__).parents[2] / "lambdas"


@pytest.fixture
def webhook() -> Iterator[WebhookReceiver]:
    """A webhook on loopback."""
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch, webhook: WebhookReceiver) -> list[str]:
    """The secret that holds the webhook's URL; its first item can be changed."""
    held = [webhook.url]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "drawing-agent")
    monkeypatch.setenv("WEBHOOK_KIND", "json")
    monkeypatch.setenv("WEBHOOK_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:1:secret:x")
    monkeypatch.setattr(GET_SECRET, lambda _arn, **_: held[0])
    return held


def alarm(name: str, state: str = "ALARM", time: str = "2026-11-22T10:00:00.000+0000") -> str:
    """What SNS puts into the queue for an alarm, in its real shape."""
    message = {
        "AlarmName": name,
        "AlarmDescription": "The application fails for its users",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [12.0] was greater than 10.0.",
        "StateChangeTime": time,
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "OldStateValue": "OK",
        "Trigger": {"MetricName": "ErrorCount", "Namespace": "DrawingAgent", "Period": 300},
    }
    envelope = {"Type": "Notification", "MessageId": "m", "Message": json.dumps(message)}
    return json.dumps(envelope)


def event(*bodies: str) -> dict[str, Any]:
    """A batch of SQS records with these bodies, as Lambda gets it."""
    records = [{"messageId": f"id-{n}", "body": body} for n, body in enumerate(bodies)]
    return {"Records": records}


@pytest.mark.usefixtures("secret")
def test_several_notifications_become_one_message(webhook: WebhookReceiver) -> None:
    """Three alarms in a batch, one of them twice: one post, the ringing ones first."""
    answer = module.handler(
        event(
            alarm("slow", time="2026-11-22T10:00:02.000+0000"),
            alarm("slow", "OK", time="2026-11-22T10:00:09.000+0000"),
            alarm("high-error-rate"),
        ),
        None,
    )

    assert answer == {"batchItemFailures": []}
    (payload,) = webhook.received
    assert payload["title"] == "drawing-agent: 1 alarm rings, 1 resolved"
    assert [(a["name"], a["states"]) for a in payload["alarms"]] == [
        ("high-error-rate", ["ALARM"]),
        ("slow", ["ALARM", "OK"]),
    ]


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("status", [302, 400, 429, 500])
def test_a_refused_post_is_tried_again(webhook: WebhookReceiver, status: int) -> None:
    """All records come back as failures; a redirect is no success either."""
    webhook.status = status

    answer = module.handler(event(alarm("a"), alarm("b")), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "id-0"}, {"itemIdentifier": "id-1"}]}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "generated-by-cloudformation?",
        "http://example.com/hook",
        "ftp://127.0.0.1/",
        "https://[",
        "http://127.0.0.1:1/nobody-listens",
    ],
)
def test_a_bad_url_loses_nothing_and_tells_nothing(
    secret: list[str], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The records are kept for another try; the URL, a secret, is in no log line."""
    secret[0] = url

    answer = module.handler(event(alarm("a")), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "id-0"}]}
    (record,) = caplog.records
    assert record.getMessage() == "digest not posted"
    assert not url or url not in str(vars(record))


def test_a_secret_that_cannot_be_read_loses_nothing(
    secret: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets Manager may be down, or the permission missing."""
    del secret

    def fail(_arn: str, **_: object) -> str:
        raise GetParameterError("AccessDenied")

    monkeypatch.setattr(GET_SECRET, fail)

    assert module.handler(event(alarm("a")), None)["batchItemFailures"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "7",
        "null",
        '{"Type": "Notification"}',
        '{"Type": "Notification", "Message": "hello"}',
        '{"Type": "Notification", "Message": 7}',
        '{"AlarmName": "a"}',
        "[" * 100_000,
        "x" * 262_144,
    ],
)
def test_what_is_no_alarm_is_shown_as_what_it_is(body: str) -> None:
    """Anything may arrive in the queue; none of it is dropped, none of it raises."""
    notification = parse(body)

    assert notification.alarm == "(not an alarm notification)"
    assert body.startswith(notification.reason)


def test_what_an_alarm_says_of_itself_becomes_purpose_and_links() -> None:
    """Lines of the description that lead somewhere are links; the rest is the purpose."""
    description = (
        "It fails\nRunbook: docs/operations.md#it-fails\n"
        "Query: https://console.example/#logs?a=1&b=2\nDashboard: https://evil|<x>"
    )
    message = {"AlarmName": "a", "NewStateValue": "ALARM", "AlarmDescription": description}
    notification = parse(json.dumps(message))

    assert notification.purpose == "It fails"
    assert list(notification.links) == ["Runbook", "Query", "Dashboard"]
    (section,) = (b["text"]["text"] for b in as_slack(digest("s", [notification]))["blocks"][1:])
    assert section.splitlines()[-1] == (
        "Runbook: docs/operations.md#it-fails · <https://console.example/#logs?a=1&amp;b=2|Query>"
        " · Dashboard: https://evil|&lt;x&gt;"
    )


def test_slack_takes_the_message_whatever_is_in_it() -> None:
    """Mentions, links and markup are escaped; 200 alarms of long text stay within its limits."""
    hostile = "<!channel> <https://evil.example|click> & <@U1>"
    notifications = [
        Notification(alarm=f"{hostile} {n}", state="ALARM", reason=hostile * 200, purpose=hostile)
        for n in range(200)
    ]

    payload = as_slack(digest("drawing-agent", notifications))

    assert len(payload["blocks"]) <= 50
    sections = [b["text"]["text"] for b in payload["blocks"] if b["type"] == "section"]
    assert max(map(len, sections)) <= 3_000
    assert sections[-1] == "and 152 more"
    assert not any("<" in text or ">" in text for text in sections)


def test_a_certificate_that_nobody_signed_is_refused(webhook: WebhookReceiver) -> None:
    """TLS to a port that does not speak it fails; the message does not hold the URL."""
    url = webhook.url.replace("http://", "https://")

    with pytest.raises(WebhookError) as raised:
        post(url, {})

    assert str(raised.value) == "the webhook cannot be reached: SSLError"


def test_the_function_imports_nothing_of_the_project() -> None:
    """What runs in Lambda is the folder, Powertools and the runtime's boto3."""
    code = (
        "import sys; from alarm_digest import handler; "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in "
        "{'intentlog', 'intentlog_constructs', 'sandbox', 'aws_cdk', 'msgspec'}))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=LAMBDAS, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
