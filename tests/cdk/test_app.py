"""``app.py`` as the real CDK CLI runs it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"

THIRD_CONTRACT = """
service   = "web-shop"
namespace = "WebShop"

[record]
fields = ["timestamp", "level", "category", "logger", "message"]
data   = "data"

[categories.payment]
loggers = ["shop.payment"]

[files]
directory = "/var/log/web-shop"

[streams.all]
file      = "shop.log"
log_group = "/web-shop/all"

[metrics.PaymentErrors]
stream = "all"
where  = 'category = "payment" and level in ["ERROR", "CRITICAL"]'

[alarms.payments-fail]
metric         = "PaymentErrors"
more_than      = 0
within_minutes = 1

[queries.payments]
title = "Payments"
text  = "filter category = 'payment' | stats count(*) as payments by level"
"""


def synth(tmp_path: Path, contracts: str, env: str = "dev") -> subprocess.CompletedProcess[str]:
    """Run ``cdk synth`` on contracts, into a directory of its own."""
    command = [str(CDK), "synth", "--quiet", "--output", str(tmp_path / "cdk.out")]
    return subprocess.run(
        [*command, "-c", f"contracts={contracts}", "-c", f"env={env}"],
        cwd=ROOT,
        env=os.environ
        | {
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_NOTICES": "false",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_contract_nobody_has_seen_synthesizes(tmp_path: Path) -> None:
    """A third application gets its stacks without touching code."""
    contract = tmp_path / "web-shop.toml"
    contract.write_text(THIRD_CONTRACT)

    result = synth(tmp_path, str(contract))

    assert result.returncode == 0, result.stderr
    templates = sorted(file.name for file in (tmp_path / "cdk.out").glob("*.template.json"))
    assert templates == [
        f"web-shop-{part}.template.json" for part in ("alerts", "host", "insights", "logs")
    ]
    alerts = json.loads((tmp_path / "cdk.out" / "web-shop-alerts.template.json").read_text())
    patterns = [
        resource["Properties"]["FilterPattern"]
        for resource in alerts["Resources"].values()
        if resource["Type"] == "AWS::Logs::MetricFilter"
    ]
    assert patterns == [
        '{ ($.category = "payment") && (($.level = "ERROR") || ($.level = "CRITICAL")) }'
    ]


@pytest.mark.slow
def test_mistakes_in_contracts_end_the_synth_with_a_line_each(tmp_path: Path) -> None:
    """All problems of all contracts, no traceback, nothing written."""
    broken = tmp_path / "broken.toml"
    broken.write_text(THIRD_CONTRACT.replace("PaymentErrors]", "PaymentError]", 1))
    missing = tmp_path / "missing.toml"

    result = synth(tmp_path, f"{broken},{missing}")

    assert result.returncode != 0
    assert (
        f'{broken}: alarms.payments-fail.metric: no metric "PaymentErrors"; '
        'did you mean "PaymentError"?'
    ) in result.stderr
    assert f"{missing}: cannot be read: No such file or directory" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.glob("cdk.out/*.template.json")) == []


@pytest.mark.slow
def test_an_unknown_environment_is_told(tmp_path: Path) -> None:
    """The nearest one is named."""
    result = synth(tmp_path, "contracts/chimera.toml", env="prd")

    assert 'environments.toml: no environment "prd"; did you mean "prod"?' in result.stderr


@pytest.mark.slow
def test_findings_end_the_synth(tmp_path: Path) -> None:
    """What cdk-nag finds is an error with its rule; no traceback."""
    app = tmp_path / "app.py"
    app.write_text(
        (ROOT / "app.py")
        .read_text()
        .replace(
            "    _synthesize(app)",
            "    cdk.aws_sqs.CfnQueue(cdk.Stack(app, 'x'), 'Q')\n    _synthesize(app)",
            1,
        )
    )

    result = subprocess.run(
        [str(CDK), "synth", "--quiet", "--app", f"python {app}", "-o", str(tmp_path / "cdk.out")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CDK_DISABLE_CLI_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert "Acknowledge with 'AwsSolutions::AwsSolutions-SQS3'" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
