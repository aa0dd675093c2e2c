"""The digest deployed by the real CDK, several destinations, and everything that goes wrong.

The webhooks are real HTTP on loopback. Time is shorter than deployed: a window lasts seconds, the
queue lets a message be tried again after some, and the tests run what the clock runs every minute.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alarm_digest.incidents import telling
from alarm_digest.state import State
from alarm_digest.store import decoded
from sandbox import cdk
from sandbox.server import Sandbox
from sandbox.webhook import WebhookReceiver

CONTRACT = Path(__file__).with_name("web-shop.toml")
ENVIRONMENTS = """
[sandbox]
account = "123456789012"
region  = "us-east-1"
removal = "destroy"

[sandbox.notifications]
batch_seconds         = 2
window_minutes        = 1
daily_at              = "07:00"
alarm_names_beginning = ["queue-"]
email                 = "oncall@example.com"

[sandbox.notifications.destinations]
oncall = {{ kind = "slack" }}
hook   = {{ kind = "webhook" }}
pager  = {{ kind = "pagerduty", endpoint = "{pager}" }}
mail   = {{ kind = "email", addresses = ["team@example.com"] }}
"""
WINDOW = 4
ALARMS = 20
CHANGES = 50
WAIT_SECONDS = 120.0

pytestmark = pytest.mark.slow


@dataclass
class Deployed:
    """The deployed digest, and the other ends of its destinations."""

    sandbox: Sandbox
    outputs: dict[str, str]
    oncall: WebhookReceiver
    hook: WebhookReceiver
    pager: WebhookReceiver
    mail: str
    queue: str
    topic: str
    table: str
    function: str

    @property
    def receivers(self) -> dict[str, WebhookReceiver]:
        """The webhooks, by the names of their destinations."""
        return {"oncall": self.oncall, "hook": self.hook, "pager": self.pager}

    def publish(self, messages: list[dict[str, Any]]) -> None:
        """Publish notifications to the alarms' topic, ten at a time."""
        sns = self.sandbox.client("sns")
        for start in range(0, len(messages), 10):
            entries = [
                {"Id": str(number), "Message": json.dumps(message)}
                for number, message in enumerate(messages[start : start + 10])
            ]
            assert (
                sns.publish_batch(TopicArn=self.topic, PublishBatchRequestEntries=entries)["Failed"]
                == []
            )

    def run(self, digest: str) -> None:
        """Run the function as the clock does."""
        self.sandbox.client("lambda").invoke(
            FunctionName=self.function,
            InvocationType="Event",
            Payload=json.dumps({"digest": digest}).encode(),
        )

    def swept_until(self, what: Callable[[], Any]) -> Any:
        """Sweep every second until the answer is true, for two minutes at most."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not (answer := what()) and time.monotonic() < deadline:
            self.run("sweep")
            time.sleep(1)
        return answer

    def configure(self, **variables: str) -> None:
        """Change variables of the function."""
        client = self.sandbox.client("lambda")
        settings = client.get_function_configuration(FunctionName=self.function)
        known = settings["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=self.function, Environment={"Variables": known | variables}
        )

    def waiting(self, url: str) -> int:
        """Count the messages in a queue, those that are being read included."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sandbox.client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=list(names)
        )["Attributes"]
        return sum(int(found[name]) for name in names)

    def remembered(self) -> State:
        """Return what the function remembers."""
        items = self.sandbox.client("dynamodb").scan(TableName=self.table)["Items"]
        return decoded(items[0]["state"]["B"]) if items else State()

    def changes(self) -> dict[str, int]:
        """Count the changes that are remembered, by alarm."""
        return {each.alarm: len(each.changes) for each in self.remembered().incidents.values()}

    def untold(self) -> list[tuple[str, str]]:
        """Return what a destination was not told yet: the destination, and the alarm."""
        state = self.remembered()
        return [
            (name, incident.alarm)
            for incident in state.incidents.values()
            for name in state.channels
            if telling(incident, name, time.time(), remind=3600) == "news"
        ]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deploy the application of ``web-shop.toml`` with four destinations, and put their secrets."""
    directory = tmp_path_factory.mktemp("digest")
    outputs, environments = directory / "outputs.json", directory / "environments.toml"
    with (
        WebhookReceiver() as oncall,
        WebhookReceiver() as hook,
        WebhookReceiver() as pager,
        Sandbox(directory) as sandbox,
    ):
        environments.write_text(ENVIRONMENTS.format(pager=pager.url))
        options = (
            "--context",
            f"contracts={CONTRACT}",
            "--context",
            f"environments={environments}",
        )
        cdk.bootstrap(sandbox)
        cdk.deploy(
            *(sandbox, outputs, "--output", str(directory / "cdk.out"), *options),
            listen=lambda _line: None,
        )
        alerts = json.loads(outputs.read_text())["web-shop-alerts"]
        for output, value in (
            ("OncallSecret", oncall.url),
            ("HookSecret", json.dumps({"url": hook.url, "key": "not-a-secret"})),
            ("PagerSecret", "not-a-routing-key"),
        ):
            sandbox.client("secretsmanager").put_secret_value(
                SecretId=alerts[output], SecretString=value
            )
        yield _found(sandbox, alerts, (oncall, hook, pager))


def _found(
    sandbox: Sandbox,
    alerts: dict[str, str],
    receivers: tuple[WebhookReceiver, WebhookReceiver, WebhookReceiver],
) -> Deployed:
    """Find what the stack made, and make its time short."""
    resources = {
        resource["LogicalResourceId"][:-8]: resource["PhysicalResourceId"]
        for resource in sandbox.client("cloudformation").describe_stack_resources(
            StackName="web-shop-alerts"
        )["StackResources"]
    }
    sqs, sns = sandbox.client("sqs"), sandbox.client("sns")
    queue, mail = resources["DigestQueue"], sqs.create_queue(QueueName="mail")["QueueUrl"]
    # The deployed one lets a message be tried again after minutes; as there, no run takes as long.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "8"})
    # Mail is not sent here: a queue stands beside the address.
    arn = sqs.get_queue_attributes(QueueUrl=mail, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(
        TopicArn=resources["DigestDestinationsmail"], Protocol="sqs", Endpoint=arn["QueueArn"]
    )
    oncall, hook, pager = receivers
    found = Deployed(
        sandbox=sandbox,
        outputs=alerts,
        oncall=oncall,
        hook=hook,
        pager=pager,
        mail=mail,
        queue=queue,
        topic=resources["DigestAlarmsTopic"],
        table=resources["DigestState"],
        function=resources["DigestFunction"],
    )
    found.configure(WINDOW_SECONDS=str(WINDOW))
    return found


@pytest.fixture(autouse=True)
def _well(deployed: Deployed) -> Iterator[None]:
    """Begin with webhooks that answer, a state that is empty and a window that is over."""
    dynamodb = deployed.sandbox.client("dynamodb")
    for item in dynamodb.scan(TableName=deployed.table)["Items"]:
        dynamodb.delete_item(TableName=deployed.table, Key={"service": item["service"]})
    for receiver in deployed.receivers.values():
        receiver.status, receiver.failing = 200, 0.0
        receiver.received.clear()
        receiver.times.clear()
        while receiver.wait(0):
            pass
    yield
    for receiver in deployed.receivers.values():
        receiver.status, receiver.failing = 200, 0.0


def change(alarm: str, state: str, when: datetime) -> dict[str, Any]:
    """Return a notification of CloudWatch."""
    return {
        "AlarmName": alarm,
        "AlarmDescription": "Payments fail",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": when.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}",
        "OldStateValue": "OK" if state == "ALARM" else "ALARM",
        "Trigger": {
            "MetricName": "PaymentErrors",
            "Namespace": "WebShop",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": None,
            "Dimensions": [],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 2.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def told_by_hook(deployed: Deployed) -> dict[str, str]:
    """Return what was told last of each alarm: its state."""
    return {
        alarm["name"]: alarm["state"]
        for message in deployed.hook.received
        for alarm in message["alarms"]
    }


def test_a_storm_with_flaky_webhooks_is_told_whole_in_few_messages(deployed: Deployed) -> None:
    """A thousand notifications: none is lost, and a window has one message a destination."""
    deployed.oncall.failing = deployed.hook.failing = 0.3
    now = datetime.now(UTC)
    names = [f"web-shop-storm-{number}" for number in range(ALARMS)]
    messages = [
        change(name, "OK" if turn % 2 else "ALARM", now - timedelta(minutes=CHANGES - turn))
        for turn in range(CHANGES)
        for name in names
    ]
    deployed.publish(messages)

    assert deployed.swept_until(
        lambda: (
            not deployed.waiting(deployed.queue)
            and deployed.changes() == dict.fromkeys(names, CHANGES)
            and not deployed.untold()
        )
    ), (deployed.changes(), deployed.untold())
    assert len(messages) == 1_000
    assert deployed.waiting(deployed.outputs["DeadLetters"]) == 0
    told = Counter(alarm["name"] for each in deployed.hook.received for alarm in each["alarms"])
    assert sorted(told) == sorted(names)
    assert {alarm["status"] for alarm in deployed.hook.received[-1]["alarms"]} == {"flapping"}
    assert [name for name in names if name not in json.dumps(deployed.oncall.received)] == []
    assert deployed.oncall.refused + deployed.hook.refused > 0
    for receiver in (deployed.oncall, deployed.hook):
        assert all(after - before >= WINDOW for before, after in pairwise(receiver.times))
        said = [json.dumps(message, sort_keys=True) for message in receiver.received]
        assert len(said) == len(set(said))


def test_one_destination_that_is_down_holds_up_no_other(deployed: Deployed) -> None:
    """The others hear of it once; the refused one keeps it as a dead letter, and is told later."""
    deployed.pager.status = 503
    deployed.publish([change("web-shop-down", "ALARM", datetime.now(UTC))])
    dead = deployed.outputs["DeadLetters"]

    deadline = time.monotonic() + WAIT_SECONDS
    while not deployed.waiting(dead) and time.monotonic() < deadline:
        time.sleep(0.5)
    letters = deployed.sandbox.client("sqs").receive_message(QueueUrl=dead)["Messages"]
    assert "web-shop-down" in letters[0]["Body"]
    assert len(deployed.oncall.received) == len(deployed.hook.received) == 1
    assert deployed.pager.received == []

    deployed.pager.status = 200
    # A refused destination is given a pause before the clock tries it again.
    deployed.publish([change("web-shop-down", "OK", datetime.now(UTC) + timedelta(seconds=5))])
    assert deployed.swept_until(lambda: deployed.pager.received)
    assert deployed.pager.received[-1]["event_action"] == "resolve"
    assert deployed.swept_until(lambda: len(deployed.hook.received) == 2)
    assert told_by_hook(deployed) == {"web-shop-down": "OK"}


def test_an_alarm_told_by_topic_and_by_event_is_told_once(deployed: Deployed) -> None:
    """The rule takes alarms that are not the contract's; this one has the topic as well."""
    cloudwatch = deployed.sandbox.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="queue-is-old",
        AlarmActions=[deployed.topic],
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": "orders"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=600,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    cloudwatch.set_alarm_state(AlarmName="queue-is-old", StateValue="ALARM", StateReason="a test")

    assert deployed.swept_until(lambda: "queue-is-old" in told_by_hook(deployed))
    assert deployed.swept_until(lambda: not deployed.waiting(deployed.queue))
    assert deployed.changes() == {"queue-is-old": 1}, deployed.remembered().incidents
    (message,) = deployed.hook.received
    assert [alarm["states"] for alarm in message["alarms"]] == [["ALARM"]]
    assert message["alarms"][0]["reason"] == "a test"


def test_a_message_goes_out_without_lines_and_says_so(deployed: Deployed) -> None:
    """The logs cannot be asked: what is known is told, with the reason for what is not."""
    client = deployed.sandbox.client("lambda")
    settings = client.get_function_configuration(FunctionName=deployed.function)
    source = settings["Environment"]["Variables"]["LOG_GROUPS"]
    deployed.configure(LOG_GROUPS=source.replace("/web-shop/all", "/web-shop/gone"))
    try:
        deployed.publish([change("web-shop-blind", "ALARM", datetime.now(UTC))])
        assert deployed.swept_until(lambda: deployed.hook.received)
    finally:
        deployed.configure(LOG_GROUPS=source)

    (alarm,) = deployed.hook.received[0]["alarms"]
    assert (alarm["name"], alarm["state"]) == ("web-shop-blind", "ALARM")
    assert [note for note in alarm["notes"] if note.startswith("No lines: ")] != []


def test_the_daily_digest_goes_to_every_destination(deployed: Deployed) -> None:
    """Also by e-mail, whose topic the function publishes to."""
    assert deployed.swept_until(lambda: deployed.remembered().channels)
    deployed.run("daily")

    assert deployed.swept_until(lambda: deployed.hook.received and deployed.oncall.received)
    assert deployed.hook.received[0]["status"] == "report"
    mail = deployed.sandbox.client("sqs").receive_message(
        QueueUrl=deployed.mail, WaitTimeSeconds=10, MaxNumberOfMessages=10
    )["Messages"]
    subjects = [json.loads(each["Body"])["Subject"] for each in mail]
    assert subjects[-1].startswith("web-shop: 0 errors in the day")


def test_what_waits_is_told_by_the_deployed_schedule(deployed: Deployed) -> None:
    """The second alarm comes within the window of the first; nobody sweeps but the clock."""
    deployed.configure(WINDOW_SECONDS="20")
    try:
        deployed.publish([change("web-shop-first", "ALARM", datetime.now(UTC))])
        assert deployed.hook.wait(WAIT_SECONDS)
        deployed.publish([change("web-shop-second", "ALARM", datetime.now(UTC))])
        message = deployed.hook.wait(2 * WAIT_SECONDS)
    finally:
        deployed.configure(WINDOW_SECONDS=str(WINDOW))

    assert message is not None
    assert [alarm["name"] for alarm in message["alarms"]] == ["web-shop-second"]
    first, second = deployed.hook.times
    assert second - first >= 20


def test_a_run_by_the_clock_that_fails_is_kept(deployed: Deployed) -> None:
    """Its event ends in the queue that an alarm watches."""
    (missed,) = (
        url
        for url in deployed.sandbox.client("sqs").list_queues()["QueueUrls"]
        if "DigestMissedRuns" in url
    )
    deployed.configure(STATE_TABLE="gone")
    try:
        deployed.run("sweep")
        letters = deployed.sandbox.client("sqs").receive_message(
            QueueUrl=missed, WaitTimeSeconds=20
        )["Messages"]
    finally:
        deployed.configure(STATE_TABLE=deployed.table)

    assert json.loads(letters[0]["Body"])["requestPayload"] == {"digest": "sweep"}


def test_the_table_forgets_and_is_encrypted(deployed: Deployed) -> None:
    """Items expire by themselves; the application's key encrypts them."""
    dynamodb = deployed.sandbox.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=deployed.table)["TimeToLiveDescription"]
    encryption = dynamodb.describe_table(TableName=deployed.table)["Table"]["SSEDescription"]

    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert (encryption["Status"], encryption["SSEType"]) == ("ENABLED", "KMS")
