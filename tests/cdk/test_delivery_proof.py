"""The delivery proof at synth: a break ends it, a warning does not, and silence is silent."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import msgspec
import pytest

from intentlog.contract import Contract, Environment, load_environment
from intentlog_constructs import DeliveryProof
from stacks import add_application

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"


@pytest.fixture
def environment() -> Environment:
    """Where it would be deployed to."""
    return load_environment(ROOT / "environments.toml", "prod")


def app_of(contract: Contract, environment: Environment, outdir: Path) -> cdk.App:
    """Return an app of one contract that is proven at synth."""
    app = cdk.App(
        outdir=str(outdir), context=json.loads((ROOT / "cdk.json").read_text())["context"]
    )
    add_application(app, contract=contract, environment=environment, account="123456789012")
    proof = DeliveryProof(contracts=[contract.with_prefix(environment.prefix)])
    cdk.Validations.of(app).add_plugins(proof)
    return app


def resource(app: cdk.App, path: str) -> cdk.CfnResource:
    """Return the resource at a path."""
    (found,) = [node for node in app.node.find_all() if node.node.path == path]
    assert isinstance(found, cdk.CfnResource)
    return found


def reported(outdir: Path) -> list[dict[str, Any]]:
    """Return what the proof reported."""
    report = json.loads((outdir / "validation-report.json").read_text())
    return [
        violation
        for plugin in report["pluginReports"]
        if plugin["pluginName"] == "Delivery Proof"
        for violation in plugin["violations"]
    ]


def test_a_whole_app_synthesizes_and_nothing_is_said(
    drawing_agent: Contract,
    environment: Environment,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """With a prefix, too, which names of log groups and alarms begin with."""
    prefixed = msgspec.structs.replace(environment, prefix="test-")

    app_of(drawing_agent, prefixed, tmp_path).synth()

    assert reported(tmp_path) == []
    assert "Delivery Proof" not in "".join(capfd.readouterr())


def test_a_break_ends_the_synth(
    drawing_agent: Contract, environment: Environment, tmp_path: Path
) -> None:
    """The report names the construct, the missing link, and the rule to acknowledge."""
    app = app_of(drawing_agent, environment, tmp_path)
    resource(app, "drawing-agent-alerts/Alarms/high-error-rate").add_property_override(
        "MetricName", "Errors"
    )

    with pytest.raises(RuntimeError, match="no metric filter emits DrawingAgent/Errors"):
        app.synth()

    (violation,) = reported(tmp_path)
    (construct,) = violation["violatingConstructs"]
    assert (violation["ruleName"], violation["severity"]) == ("alarm-metric", "error")
    assert construct["constructPath"] == "drawing-agent-alerts/Alarms/high-error-rate"


def test_a_promise_without_a_resource_ends_the_synth(
    drawing_agent: Contract, environment: Environment, tmp_path: Path
) -> None:
    """It is told at a stack of the service, having no construct of its own."""
    app = app_of(drawing_agent, environment, tmp_path)
    alerts = app.node.find_child("drawing-agent-insights").node.find_child("Queries")
    alerts.node.try_remove_child("auth-failures")

    with pytest.raises(RuntimeError, match=r"drawing-agent: queries\.auth-failures: no saved que"):
        app.synth()

    (violation,) = reported(tmp_path)
    assert [each["constructPath"] for each in violation["violatingConstructs"]] == [
        "drawing-agent-logs"
    ]


def test_an_acknowledged_finding_does_not(
    drawing_agent: Contract, environment: Environment, tmp_path: Path
) -> None:
    """Whoever knows better says so, with a reason, at the construct."""
    app = app_of(drawing_agent, environment, tmp_path)
    alarm = resource(app, "drawing-agent-alerts/Alarms/high-error-rate")
    alarm.add_property_override("Namespace", "OfTheApplicationItself")
    cdk.Validations.of(alarm).acknowledge(
        cdk.Acknowledgment(id="Delivery-Proof::alarm-metric", reason="the application puts it")
    )

    app.synth()

    assert reported(tmp_path) == []


def test_a_warning_does_not_end_the_synth(
    drawing_agent: Contract, environment: Environment, tmp_path: Path
) -> None:
    """Without an e-mail address nobody hears of what could not be posted, or was not run."""
    silent = msgspec.structs.replace(environment.notifications, email=None)

    app_of(
        drawing_agent, msgspec.structs.replace(environment, notifications=silent), tmp_path
    ).synth()

    assert [(each["ruleName"], each["severity"]) for each in reported(tmp_path)] == [
        ("dead-letters-unwatched", "warning")
    ] * 2


BROKEN_APP = """
import aws_cdk as cdk

from intentlog.contract import load, load_environment
from intentlog_constructs import DeliveryProof
from stacks import add_application

app = cdk.App()
contract = load("contracts/drawing-agent.toml")
add_application(
    app,
    contract=contract,
    environment=load_environment("environments.toml", "prod"),
    account="123456789012",
)
for node in app.node.find_all():
    if node.node.path == "drawing-agent-alerts/Digest/QueuePolicy":
        node.add_property_override(
            "PolicyDocument.Statement.0.Condition.ArnEquals.aws:SourceArn",
            "arn:aws:sns:us-east-1:123456789012:another",
        )
cdk.Validations.of(app).add_plugins(DeliveryProof(contracts=[contract]))
app.synth()
"""


@pytest.mark.slow
def test_the_cli_prints_the_break_and_fails(tmp_path: Path) -> None:
    """As a person or a pipeline sees it."""
    program = tmp_path / "app.py"
    program.write_text(textwrap.dedent(BROKEN_APP))

    result = subprocess.run(
        [
            *(str(CDK), "synth", "--quiet", "--output", str(tmp_path / "cdk.out")),
            *("--app", f"{sys.executable} {program}"),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_NOTICES": "false",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert (
        "SNS cannot deliver to it: its policy does not allow sns.amazonaws.com sqs:SendMessage "
        "from topic drawing-agent-alerts/Digest/Alarms/Topic; add a statement that does"
    ) in result.stderr
    assert "drawing-agent-alerts/Digest/Queue" in result.stderr
    assert "Traceback" not in result.stderr
