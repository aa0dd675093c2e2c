"""How long ``cdk synth`` takes for both contracts, beside CDK apps of one resource.

One of these is checked by cdk-nag's two rule packs, as the contracts are: loading those takes
longer than everything that is ours. Runs alternate, so that a machine that slows down slows all
of them; medians are compared.
"""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
CDK = ROOT / "node_modules" / ".bin" / "cdk"
RUNS = 5
ONE_RESOURCE = """\
import aws_cdk as cdk
from aws_cdk import aws_logs as logs

app = cdk.App()
logs.LogGroup(cdk.Stack(app, "one"), "LogGroup")
app.synth()
"""
CHECKED = """\
import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

app = cdk.App()
key = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
stack = cdk.Stack(app, "one")
logs.CfnLogGroup(stack, "LogGroup", retention_in_days=30, kms_key_id=key)
cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), NIST80053R5Checks())
app.synth()
"""


def seconds(folder: Path) -> float:
    """Return how long one ``cdk synth`` takes in a folder that has a ``cdk.json``."""
    environment = os.environ | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_NOTICES": "false",
    }
    with tempfile.TemporaryDirectory() as output:
        command = [str(CDK), "synth", "--quiet", "--output", output]
        began = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return time.perf_counter() - began


def main() -> None:
    """Measure all three, print medians and ratios, write ``build/bench/synth.json``."""
    with tempfile.TemporaryDirectory() as folder:
        one = _app(Path(folder) / "one", ONE_RESOURCE)
        checked = _app(Path(folder) / "checked", CHECKED)
        for warm_up in (one, checked, ROOT):
            seconds(warm_up)
        rounds = [(seconds(one), seconds(checked), seconds(ROOT)) for _ in range(RUNS)]
    one_seconds, checked_seconds, both_seconds = (
        median(column) for column in zip(*rounds, strict=True)
    )
    ratio = median(both / one for one, _, both in rounds)
    checked_ratio = median(both / checked for _, checked, both in rounds)
    print(f"cdk synth, one resource              {one_seconds:5.2f} s")
    print(f"cdk synth, one resource, with rules  {checked_seconds:5.2f} s")
    print(f"cdk synth, both contracts            {both_seconds:5.2f} s")
    print(f"ratio to one resource                {ratio:5.2f}")
    print(f"ratio to one resource, with rules    {checked_ratio:5.2f}   (at most 1.5 is the aim)")
    file = ROOT / "build" / "bench" / "synth.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "runs": RUNS,
        "one_resource_seconds": round(one_seconds, 3),
        "one_resource_with_rules_seconds": round(checked_seconds, 3),
        "both_contracts_seconds": round(both_seconds, 3),
        "ratio": round(ratio, 3),
        "ratio_with_rules": round(checked_ratio, 3),
    }
    file.write_text(json.dumps(figures, indent=2) + "\n")


def _app(folder: Path, source: str) -> Path:
    folder.mkdir()
    (folder / "app.py").write_text(source)
    (folder / "cdk.json").write_text((ROOT / "cdk.json").read_text())
    return folder


if __name__ == "__main__":
    main()
