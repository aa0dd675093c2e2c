"""The function as Lambda runs it: its environment variables, its events; the clock is the test's.

All else is real: webhooks on loopback, their URLs in a Secrets Manager, the state in a DynamoDB.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from alarm_digest import handler as module
from alarm_digest.delivery import Delivery
from sandbox.server import Sandbox
from tests.lambdas.changes import BEGIN

CONFIGURED = module.configured


class Context:
    """What Lambda knows of an invocation."""

    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    def __init__(self, seconds: float = 60) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """How long the run may take."""
        return int(self._seconds * 1000)


class Function:
    """The digest function, configured.

    Attributes:
        now: What its clock shows, in seconds since 1970.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, table: str, urls: Mapping[str, str]
    ) -> None:
        self.now = BEGIN
        self._secrets = sandbox.client("secretsmanager")
        destinations = [
            {"name": name, "kind": "webhook", "secret": self._secret(url)}
            for name, url in urls.items()
        ]
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "drawing-agent")
        monkeypatch.setenv("DESTINATIONS", json.dumps(destinations))
        monkeypatch.setenv("STATE_TABLE", table)
        monkeypatch.setattr(module, "configured", self._configured)

    def invoke(self, event: dict[str, Any], context: Context | None = None) -> dict[str, Any]:
        """Run the function."""
        return module.handler(event, context or Context())

    def deliver(self, *bodies: str) -> list[str]:
        """Run the function on a batch of these bodies, and return what must be tried again."""
        records = [{"messageId": f"id-{n}", "body": body} for n, body in enumerate(bodies)]
        answer = self.invoke({"Records": records})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def sweep(self) -> dict[str, Any]:
        """Run the function as the scheduler does each minute."""
        return self.invoke({"digest": "sweep"})

    def _secret(self, value: str) -> str:
        made = self._secrets.create_secret(Name=f"webhook-{uuid4().hex}", SecretString=value)
        return str(made["ARN"])

    def _configured(self, environ: Mapping[str, str]) -> Delivery:
        return replace(CONFIGURED(environ), clock=lambda: self.now)


def alarm(name: str, state: str = "ALARM", after: float = 0, **members: Any) -> str:
    """What SNS puts into the queue when an alarm changes so many seconds after the beginning."""
    message = {
        "AlarmName": name,
        "AlarmDescription": "The application fails for its users",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [12.0] was greater than 10.0.",
        "StateChangeTime": moment(after),
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "OldStateValue": "OK",
        "Trigger": {"MetricName": "ErrorCount", "Namespace": "DrawingAgent", "Period": 300},
    }
    envelope = {"Type": "Notification", "MessageId": "m", "Message": json.dumps(message | members)}
    return json.dumps(envelope)


def moment(after: float) -> str:
    """A time as CloudWatch writes it, so many seconds after the beginning."""
    at = datetime.fromtimestamp(BEGIN + after, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
