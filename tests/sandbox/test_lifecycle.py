"""An application in production, from its first deploy to its end, by the real CDK CLI."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox import cdk
from sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "contracts" / "drawing-agent.toml").read_text()

pytestmark = pytest.mark.slow


@dataclass
class Production:
    """An account with nothing in it but the bootstrap stack, and one contract."""

    sandbox: Sandbox
    directory: Path

    def cdk(self, command: str, contract: str, *options: str) -> str:
        """Run the CLI on a contract in the environment ``prod``; return what it printed."""
        path = self.directory / "drawing-agent.toml"
        path.write_text(contract)
        context = ("--context", f"contracts={path}", "--context", "env=prod")
        result = subprocess.run(
            [str(cdk.CLI), command, "--all", *options, *context, "--no-color"],
            cwd=ROOT,
            env=self.sandbox.child_environment() | {"CI": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def output(self) -> tuple[str, str]:
        """Return the option that keeps the assembly out of the checkout."""
        return "--output", str(self.directory / "cdk.out")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Start the sandbox and bootstrap it."""
    directory = tmp_path_factory.mktemp("production")
    with Sandbox(directory) as sandbox:
        cdk.bootstrap(sandbox)
        yield Production(sandbox, directory)


def test_deploy_update_and_destroy(production: Production) -> None:
    """Nothing differs after a deploy; a change is all that differs; log groups and key stay."""
    always = ("--require-approval", "never", *production.output())
    production.cdk("deploy", CONTRACT, *always)
    same = production.cdk("diff", CONTRACT, *production.output())
    assert same.count("There were no differences") == 4

    changed = CONTRACT.replace("more_than      = 10", "more_than      = 20")
    diff = production.cdk("diff", changed, *production.output())
    assert diff.count("There were no differences") == 3
    shown = [line.strip(" │├└─") for line in diff.splitlines() if line.strip(" │├└─")[:1] == "["]
    assert shown[1:] == ["[~] Threshold", "[-] 10", "[+] 20"]
    assert shown[0].startswith("[~] AWS::CloudWatch::Alarm Alarms/high-error-rate")
    production.cdk("deploy", changed, *always)
    cloudwatch = production.sandbox.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["drawing-agent-high-error-rate"])[
        "MetricAlarms"
    ]
    assert alarm["Threshold"] == 20

    production.cdk("destroy", changed, "--force", *production.output())
    stacks = production.sandbox.client("cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["CDKToolkit"]
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    groups = production.sandbox.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"] for group in groups} == {
        "/drawing-agent/app",
        "/drawing-agent/errors",
    }
    assert all(group["deletionProtectionEnabled"] for group in groups)
    keys = {key["KeyArn"] for key in production.sandbox.client("kms").list_keys()["Keys"]}
    assert {group["kmsKeyId"] for group in groups} <= keys
