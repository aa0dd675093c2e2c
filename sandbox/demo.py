"""``make demo``: the whole product on loopback, from a log line to a posted digest.

Every number in its summary is measured: ``delivered`` is read back from the log groups, the alarm's
state from CloudWatch, the digests from the webhook that got them.
"""

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape

from examples.drawing_agent.running import ApplicationError, running
from examples.drawing_agent.visit import visit
from intentlog.contract import Contract, load
from intentlog.errors import IntentlogError
from sandbox import cdk
from sandbox.agent import deliver
from sandbox.limits import NOT_EMULATED
from sandbox.server import Sandbox, SandboxError
from sandbox.shipping import OUTAGE_SECONDS, Shipped, Shipping
from sandbox.webhook import WebhookReceiver

FAILURES = 12
_CONTRACT = cdk.ROOT / "contracts" / "drawing-agent.toml"
_BOT = cdk.ROOT / "contracts" / "chimera.toml"
_ALARM_SECONDS = 60.0
_DIGEST_SECONDS = 60.0


class Summary(msgspec.Struct, kw_only=True):
    """What was measured, as ``build/demo/summary.json`` has it."""

    emitted: int = 0
    delivered: int = 0
    lost: int = 0
    alarm: dict[str, str] = {}
    digests: list[dict[str, Any]] = []
    chimera: Shipped = msgspec.field(default_factory=Shipped)
    stacks: list[str] = []
    stacks_that_differ: int = -1
    deploy_seconds: float = 0.0
    total_seconds: float = 0.0


class Demo:
    """The steps of the demo, in order, and what they found."""

    def __init__(self, directory: Path, console: Console) -> None:
        self.contract: Contract = load(_CONTRACT)
        self.directory = directory
        self.logs = directory / "logs"
        self.summary = Summary()
        self._console = console
        self._began = time.monotonic()

    def run(self) -> Summary:
        """Run every step and return what was measured.

        Raises:
            IntentlogError: A step failed; the message says which.
        """
        shutil.rmtree(self.directory, ignore_errors=True)
        self.logs.mkdir(parents=True)
        with WebhookReceiver() as webhook, Sandbox(self.directory) as sandbox:
            self._told_limits(sandbox)
            self._deploy(sandbox)
            self._put_webhook(sandbox, webhook.url)
            self._log()
            self._deliver(sandbox)
            self._alarm(sandbox)
            self._digest(webhook)
            self._ship(sandbox)
            self._diff(sandbox)
        self.summary.total_seconds = round(time.monotonic() - self._began, 1)
        return self.summary

    def _told_limits(self, sandbox: Sandbox) -> None:
        names = [line.partition(":")[0] for line in NOT_EMULATED]
        self._say(f"Embedded AWS on {sandbox.endpoint_url}, account 123456789012")
        self._note(f"only in part as AWS does it: {', '.join(names)} (`make sandbox` says how)")

    def _deploy(self, sandbox: Sandbox) -> None:
        with self._step("cdk bootstrap"):
            cdk.bootstrap(sandbox)
        outputs = self.directory / "outputs.json"
        began = time.monotonic()
        with self._step("cdk deploy --all"):
            options = ("--output", str(self.directory / "cdk.out"))
            cdk.deploy(sandbox, outputs, *options, listen=self._tell_deployed)
        self.summary.deploy_seconds = round(time.monotonic() - began, 1)
        paginator = sandbox.client("cloudformation").get_paginator("describe_stacks")
        self.summary.stacks = sorted(
            stack["StackName"]
            for page in paginator.paginate()
            for stack in page["Stacks"]
            if stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
            and stack["StackName"] != "CDKToolkit"
        )

    def _tell_deployed(self, line: str) -> None:
        if line.strip().startswith("✅"):
            self._note(line.strip().removeprefix("✅").strip())

    def _put_webhook(self, sandbox: Sandbox, url: str) -> None:
        outputs = json.loads((self.directory / "outputs.json").read_text())
        secret = outputs[f"{self.contract.service}-alerts"]["WebhookSecret"]
        sandbox.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=url)
        self._say("The webhook's URL is in its secret")

    def _log(self) -> None:
        title = "examples/drawing_agent runs, three people draw, a tool fails"
        with self._step(title), running(self.logs, _CONTRACT) as base_url:
            visit(base_url, failures=FAILURES)
        self.summary.emitted = sum(len(lines) for lines in self._emitted().values())
        self._note(f"{self.summary.emitted} lines in {self.logs}")

    def _deliver(self, sandbox: Sandbox) -> None:
        parameter = f"/{self.contract.service}/cloudwatch-agent"
        config = sandbox.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
        with self._step("lines are delivered as the deployed agent configuration says"):
            deliver(
                config,
                logs_client=sandbox.client("logs"),
                root={str(self.contract.host_directory): self.logs},
                instance_id="i-0demo",
            )
        self._note("(by a stand-in: the CloudWatch agent itself cannot run here)")
        self._read_back(sandbox)

    def _read_back(self, sandbox: Sandbox) -> None:
        """Compare what is in the log groups with what is in the files, line by line."""
        emitted = self._emitted()
        for group, lines in emitted.items():
            arrived = Counter(_messages(sandbox, group))
            self.summary.delivered += arrived.total()
            self.summary.lost += (Counter(lines) - arrived).total()
            self._note(f"{group}: {arrived.total()} of {len(lines)} lines")
        if self.summary.lost:
            raise SandboxError(f"{self.summary.lost} lines did not arrive")

    def _alarm(self, sandbox: Sandbox) -> None:
        (name,) = map(self.contract.alarm_name, self.contract.alarms)
        cloudwatch = sandbox.client("cloudwatch")
        with self._step(f"a burst of {FAILURES} errors: {name}"):
            deadline = time.monotonic() + _ALARM_SECONDS
            while True:
                (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
                if alarm["StateValue"] == "ALARM":
                    break
                if time.monotonic() > deadline:
                    raise SandboxError(f"{name} is still {alarm['StateValue']}")
                time.sleep(0.2)
        self.summary.alarm = {
            "name": name,
            "state": alarm["StateValue"],
            "reason": alarm["StateReason"],
        }
        self._note(f"{alarm['StateValue']}: {alarm['StateReason']}")

    def _digest(self, webhook: WebhookReceiver) -> None:
        with self._step("SNS → SQS → Lambda → webhook"):
            payload = webhook.wait(_DIGEST_SECONDS)
        if payload is None:
            raise SandboxError(f"no digest within {_DIGEST_SECONDS:.0f} s")
        self.summary.digests = webhook.received
        self._note(f"the webhook got: {payload['title']}")

    def _ship(self, sandbox: Sandbox) -> None:
        title = (
            "examples/chimera runs; its shipper is killed (-9), then has no network for "
            f"{OUTAGE_SECONDS:.0f} s"
        )
        bot = Shipping(sandbox, load(_BOT), _BOT, self.directory / "chimera")
        with self._step(title):
            found = self.summary.chimera = bot.run(_messages)
        self._note(
            f"{found.delivered - found.repeated} of {found.emitted} lines, {found.repeated} of "
            f"them twice; {found.broken_connections} connections broken"
        )

    def _diff(self, sandbox: Sandbox) -> None:
        options = ("--all", "--output", str(self.directory / "cdk.out"))
        with self._step("cdk diff --all"):
            printed = cdk.run(sandbox, "diff", *options, listen=_ignore)
        same = printed.count("There were no differences")
        self.summary.stacks_that_differ = len(self.summary.stacks) - same
        if self.summary.stacks_that_differ:
            raise SandboxError(f"cdk diff finds differences after the deploy:\n{printed}")
        self._note("nothing differs")

    def _emitted(self) -> dict[str, list[str]]:
        """Return the lines of each log group's file."""
        return {
            log_group: (self.logs / self.contract.streams[stream].file).read_text().splitlines()
            for stream, log_group in self.contract.log_groups.items()
        }

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        """Show what is under way, then how long it took; a failure names the step."""
        began = time.monotonic()
        self._say(title)
        try:
            with self._console.status("[dim]…[/dim]"):
                yield
        except (ApplicationError, IntentlogError) as error:
            raise SandboxError(f"{title}: {error}") from error
        seconds = time.monotonic() - began
        if seconds >= 1:
            self._note(f"done in {seconds:.1f} s")

    def _say(self, text: str) -> None:
        self._console.print(f"[green]▸[/green] {text}", highlight=False)

    def _note(self, text: str) -> None:
        self._console.print(f"  {text}", style="dim", highlight=False, markup=False)


def _messages(sandbox: Sandbox, log_group: str) -> Iterator[str]:
    """Yield every event of a log group, read with GetLogEvents."""
    logs = sandbox.client("logs")
    for stream in logs.describe_log_streams(logGroupName=log_group)["logStreams"]:
        token: dict[str, str] = {}
        while True:
            page = logs.get_log_events(
                logGroupName=log_group,
                logStreamName=stream["logStreamName"],
                startFromHead=True,
                **token,
            )
            yield from (event["message"] for event in page["events"])
            if token.get("nextToken") == page["nextForwardToken"]:
                break
            token = {"nextToken": page["nextForwardToken"]}


def _ignore(_line: str) -> None:
    pass


def main() -> int:
    """Run the demo, print its summary and write ``build/demo/summary.json``."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path("build/demo"), help="for its files")
    parser.add_argument("--picture", type=Path, help="save what is printed as an SVG, too")
    arguments = parser.parse_args()
    picture = arguments.picture is not None
    console = Console(soft_wrap=not picture, record=picture, width=100 if picture else None)
    code = _run(arguments.directory, console)
    if picture:
        console.save_svg(str(arguments.picture), title="make demo")
    return code


def _run(directory: Path, console: Console) -> int:
    try:
        summary = Demo(directory, console).run()
    except (ApplicationError, IntentlogError, OSError) as error:
        console.print(f"[red]✘[/red] The demo failed at: {escape(str(error))}", highlight=False)
        return 1
    file = directory / "summary.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
    console.print(
        f"\n{summary.emitted} lines emitted, {summary.delivered} delivered, {summary.lost} lost; "
        f"of a shipper that was killed and cut off, {summary.chimera.lost} of "
        f"{summary.chimera.emitted}. "
        f"{summary.alarm['name']} rang; {len(summary.digests)} digest posted.\n"
        f"{len(summary.stacks)} stacks deployed in {summary.deploy_seconds} s; "
        f"{summary.total_seconds} s in all. Details: {file}",
        highlight=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
