"""An incident and a silent host, deployed and rung: ``diagnose alarm-test`` and real lines.

The contract is that of ``web-shop.toml`` with alarms of more kinds.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import load
from sandbox import cdk
from sandbox.agent import deliver
from sandbox.server import Sandbox
from sandbox.webhook import WebhookReceiver

SHOP = Path(__file__).with_name("web-shop.toml")
MORE = """
[alarms.payments-share]
metric = "PaymentErrors"
of = "Total"
more_than = 50
at_least = 4
within_minutes = 5

[alarms.incident]
any_of = ["payments-fail", "payments-share"]
purpose = "Payments fail"

[mutes.nightly]
cron = "0 {hour} * * *"
minutes = 60
"""

pytestmark = pytest.mark.slow


@dataclass
class Shop:
    """A deployed application."""

    sandbox: Sandbox
    webhook: WebhookReceiver
    contract: Path
    secret: str
    logs: Path

    def alarm_test(self, *names: str, wait: int = 60) -> subprocess.CompletedProcess[str]:
        """Run ``diagnose alarm-test``."""
        command = [str(Path(sys.executable).with_name("diagnose")), "alarm-test", *names]
        return subprocess.run(
            [*command, "--contract", str(self.contract), "--wait", str(wait)],
            env=self.sandbox.child_environment(),
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Deploy the application and put its webhook's URL into the secret."""
    directory = tmp_path_factory.mktemp("shop")
    contract = directory / "web-shop.toml"
    # Half a day from now: what this test rings must not be muted.
    more = MORE.format(hour=(time.gmtime().tm_hour + 12) % 24)
    contract.write_text(SHOP.read_text().replace("[queries.by-area]", f"{more}\n[queries.by-area]"))
    outputs = directory / "outputs.json"
    options = ("--output", str(directory / "cdk.out"), "--context", f"contracts={contract}")
    with WebhookReceiver() as webhook, Sandbox(directory) as sandbox:
        cdk.bootstrap(sandbox)
        cdk.deploy(sandbox, outputs, *options, listen=lambda _line: None)
        secret = json.loads(outputs.read_text())["web-shop-alerts"]["WebhookSecret"]
        sandbox.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=webhook.url)
        yield Shop(sandbox, webhook, contract, secret, directory / "logs")


def test_alarm_test_rings_and_hears(shop: Shop) -> None:
    """Every alarm that pages is rung, and its digest is waited for."""
    result = shop.alarm_test()

    assert result.returncode == 0, result.stderr
    heard = sorted(line.partition(": posted after ")[0] for line in result.stdout.splitlines())
    assert heard == ["web-shop-incident", "web-shop-slow"]
    assert {alarm["name"] for digest in shop.webhook.received for alarm in digest["alarms"]} == {
        "web-shop-incident",
        "web-shop-slow",
    }


def test_part_of_an_incident_is_heard_of_as_the_incident(shop: Shop) -> None:
    """Its own name is in no message: one page for one incident."""
    result = shop.alarm_test("payments-fail")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("web-shop-incident: posted after ")


def test_alarm_that_does_not_exist_is_told(shop: Shop) -> None:
    """The nearest one is named; nothing rings."""
    result = shop.alarm_test("payment-fail")

    assert result.returncode == 2
    assert 'no alarm "payment-fail"; did you mean "payments-fail"?' in result.stderr


def test_lines_of_a_failing_shop_ring_one_incident(shop: Shop) -> None:
    """The count and the share alarm; who is on call gets the incident alone."""
    cloudwatch = shop.sandbox.client("cloudwatch")
    before = len(shop.webhook.received)
    intentlog.init_logging(shop.contract, log_dir=shop.logs, console="off")
    for order in range(5):
        logging.getLogger("shop.payment.card").error("Card declined", extra={"order_id": order})
    intentlog.shutdown()
    contract = load(shop.contract)
    config = shop.sandbox.client("ssm").get_parameter(Name="/web-shop/cloudwatch-agent")
    deliver(
        config["Parameter"]["Value"],
        logs_client=shop.sandbox.client("logs"),
        root={str(contract.host_directory): shop.logs},
        instance_id="i-0test",
    )

    deadline = time.monotonic() + 60
    ringing: set[str] = set()
    while time.monotonic() < deadline and len(ringing) < 3:
        answer = cloudwatch.describe_alarms(
            StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        alarms = [*answer["MetricAlarms"], *answer["CompositeAlarms"]]
        ringing = {alarm["AlarmName"] for alarm in alarms}
        time.sleep(0.5)
    assert ringing >= {
        "web-shop-incident",
        "web-shop-payments-fail",
        "web-shop-payments-share",
    }
    while time.monotonic() < deadline and len(shop.webhook.received) == before:
        time.sleep(0.2)
    told = {alarm["name"] for d in shop.webhook.received[before:] for alarm in d["alarms"]}
    assert "web-shop-incident" in told
    assert told.isdisjoint({"web-shop-payments-fail", "web-shop-payments-share"})


def test_digest_that_is_not_posted_is_told_with_its_reason(shop: Shop) -> None:
    """The webhook refuses: exit code 1, and why."""
    shop.webhook.status = 503

    result = shop.alarm_test("slow", wait=20)

    assert result.returncode == 1
    assert "web-shop-slow: not posted within" in result.stdout
    assert "the webhook answered 503" in result.stdout
