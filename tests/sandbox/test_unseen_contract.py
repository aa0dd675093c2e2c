"""A contract that no code knows, with its own words for every field, deployed and used.

One deploy by the real CDK CLI; the lines are the real logger's, the webhook is real HTTP.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import load
from sandbox import cdk
from sandbox.agent import deliver
from sandbox.server import Sandbox
from sandbox.webhook import WebhookReceiver

CONTRACT = Path(__file__).with_name("web-shop.toml")
WAIT_SECONDS = 60.0

pytestmark = pytest.mark.slow


@dataclass
class Shop:
    """A deployed application."""

    sandbox: Sandbox
    webhook: WebhookReceiver
    outputs: dict[str, str]
    logs: Path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Deploy the application of ``web-shop.toml`` and put its webhook's URL into the secret."""
    directory = tmp_path_factory.mktemp("shop")
    outputs = directory / "outputs.json"
    options = ("--output", str(directory / "cdk.out"), "--context", f"contracts={CONTRACT}")
    with WebhookReceiver() as webhook, Sandbox(directory) as sandbox:
        cdk.bootstrap(sandbox)
        cdk.deploy(sandbox, outputs, *options, listen=lambda _line: None)
        alerts = json.loads(outputs.read_text())["web-shop-alerts"]
        sandbox.client("secretsmanager").put_secret_value(
            SecretId=alerts["WebhookSecret"], SecretString=webhook.url
        )
        yield Shop(sandbox, webhook, alerts, directory / "logs")


def eventually(what: Callable[[], Any]) -> Any:
    """Ask until the answer is true, for a minute at most."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (answer := what()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


def test_its_lines_ring_its_alarms_and_are_told_in_one_message(shop: Shop) -> None:
    """Two alarms at once, on a count and on a field's sum; one digest for both."""
    intentlog.init_logging(CONTRACT, log_dir=shop.logs, console="off")
    for order in range(4):
        logging.getLogger("shop.payment.card").error(
            "Card declined", extra={"order_id": order, "duration_ms": 900.5 * order}
        )
    intentlog.shutdown()
    contract = load(CONTRACT)
    config = shop.sandbox.client("ssm").get_parameter(Name="/web-shop/cloudwatch-agent")
    delivered = deliver(
        config["Parameter"]["Value"],
        logs_client=shop.sandbox.client("logs"),
        root={str(contract.host_directory): shop.logs},
        instance_id="i-0test",
    )

    assert delivered == {"/web-shop/all": 4, "/web-shop/slow": 2}
    digest = shop.webhook.wait(WAIT_SECONDS)
    assert digest is not None
    assert digest["title"] == "web-shop: 2 alarms ring"
    assert sorted(alarm["name"] for alarm in digest["alarms"]) == [
        "web-shop-payments-fail",
        "web-shop-slow",
    ]


def test_what_the_webhook_refuses_is_dead_lettered(shop: Shop) -> None:
    """After five attempts the notification is in the dead-letter queue, not gone."""
    sqs, cloudwatch = shop.sandbox.client("sqs"), shop.sandbox.client("cloudwatch")
    dead_letters = shop.outputs["DeadLetters"]
    (queue,) = (url for url in sqs.list_queues()["QueueUrls"] if "DigestQueue" in url)
    # The real one waits minutes between attempts; five of them are the deployed number.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    shop.webhook.status = 503

    cloudwatch.set_alarm_state(AlarmName="web-shop-slow", StateValue="OK", StateReason="a test")
    messages = eventually(
        lambda: sqs.receive_message(QueueUrl=dead_letters, WaitTimeSeconds=1).get("Messages")
    )

    assert messages
    notification = json.loads(json.loads(messages[0]["Body"])["Message"])
    assert notification["AlarmName"] == "web-shop-slow"
    assert shop.webhook.refused >= 5
