"""How long ``cdk synth`` takes for both contracts, beside a CDK app of one resource.

Runs alternate, so that a machine that slows down slows both; medians are compared.
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
    """Measure both, print the medians and their ratio, write ``build/bench/synth.json``."""
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder)
        (one / "app.py").write_text(ONE_RESOURCE)
        (one / "cdk.json").write_text((ROOT / "cdk.json").read_text())
        for warm_up in (one, ROOT):
            seconds(warm_up)
        pairs = [(seconds(one), seconds(ROOT)) for _ in range(RUNS)]
    one_seconds, both_seconds = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(both / one for one, both in pairs)
    print(f"cdk synth, one resource     {one_seconds:5.2f} s")
    print(f"cdk synth, both contracts   {both_seconds:5.2f} s")
    print(f"ratio                       {ratio:5.2f}   (at most 1.5 is the aim)")
    file = ROOT / "build" / "bench" / "synth.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "runs": RUNS,
        "one_resource_seconds": round(one_seconds, 3),
        "both_contracts_seconds": round(both_seconds, 3),
        "ratio": round(ratio, 3),
    }
    file.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
