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
def test_a_changed_threshold_is_all_that_a_reviewer_sees(tmp_path: Path) -> None:
    """``cdk diff`` shows it and nothing else: no asset, no hash, no policy."""
    contract = tmp_path / "web-shop.toml"
    contract.write_text(THIRD_CONTRACT)
    assert synth(tmp_path, str(contract)).returncode == 0
    old = (tmp_path / "cdk.out").rename(tmp_path / "old")
    contract.write_text(THIRD_CONTRACT.replace("more_than      = 0", "more_than      = 3"))
    assert synth(tmp_path, str(contract)).returncode == 0
    differ = [
        file.name
        for file in old.glob("*.template.json")
        if file.read_text() != (tmp_path / "cdk.out" / file.name).read_text()
    ]

    command = [
        str(CDK),
        "diff",
        "web-shop-alerts",
        "--exclusively",
        "--app",
        str(tmp_path / "cdk.out"),
    ]
    diff = subprocess.run(
        [*command, "--template", str(old / "web-shop-alerts.template.json")],
        env=os.environ | {"CDK_DISABLE_CLI_TELEMETRY": "true", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert differ == ["web-shop-alerts.template.json"]
    shown = (diff.stdout + diff.stderr).partition("Resources\n")[2].partition("\n\n")[0]
    assert shown.splitlines()[0].startswith("[~] AWS::CloudWatch::Alarm Alarms/payments-fail")
    assert [line.strip(" │├└─") for line in shown.splitlines()[1:]] == [
        "[~] Threshold",
        "[-] 0",
        "[+] 3",
    ]


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
