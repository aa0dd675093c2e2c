"""The alarm digest: cold start, peak memory and size of its package.

Cold start is from the first import until the first event could be handled: settings read, client of
DynamoDB made. It is compared with an empty handler that has Powertools' Logger and the same client.
Every run is a fresh process; the two take turns, so that a machine that slows down slows both.

Peak memory is that of a process that handles one batch as large as Lambda gives (6 MB of a thousand
notifications), with DynamoDB, Secrets Manager, Logs Insights and a webhook on loopback.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median
from typing import Any

from sandbox.server import Sandbox
from sandbox.webhook import WebhookReceiver

ROOT = Path(__file__).resolve().parent.parent
LAMBDAS = ROOT / "lambdas"
RUNS = 21
MOST_RATIO = 1.3
MOST_MEGABYTES = 128
MOST_PACKAGE_BYTES = 2**20
NOTIFICATIONS = 1_000
_BATCH_BYTES = 5_500_000  # Lambda takes 6 MB, envelopes included

EMPTY = """
import time
began = time.perf_counter()
import boto3
from aws_lambda_powertools import Logger
logger = Logger()
client = boto3.client("dynamodb")
def handler(event, context):
    return {}
print(time.perf_counter() - began)
"""
DIGEST = """
import time
began = time.perf_counter()
import os
from alarm_digest.aws import client
from alarm_digest.handler import configured, handler
configured(os.environ)
client("dynamodb")
print(time.perf_counter() - began)
"""
BATCH = """
import json, resource, sys
from alarm_digest.handler import handler
with open(sys.argv[1]) as file:
    event = json.load(file)
answer = handler(event, None)
assert answer == {"batchItemFailures": []}, answer
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
SETTINGS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "digest",
    "POWERTOOLS_SERVICE_NAME": "shop",
    "STATE_TABLE": "state",
    "DESTINATIONS": json.dumps([{"name": "hook", "kind": "webhook", "secret": "hook"}]),
    "LOG_GROUPS": json.dumps({"groups": ["/shop/app"]}),
}


def main() -> None:
    """Measure, print, write ``build/bench/digest.json``; exit code 1 if an aim is missed."""
    cold, empty, ratio = cold_start()
    megabytes = peak_megabytes()
    size = package_bytes()
    print(f"cold start, empty handler  {empty * 1000:6.0f} ms")
    print(f"cold start, digest         {cold * 1000:6.0f} ms")
    print(f"ratio                      {ratio:6.2f}      (at most {MOST_RATIO})")
    print(f"peak memory                {megabytes:6.0f} MB   (at most {MOST_MEGABYTES})")
    print(f"package                    {size / 1024:6.0f} KB   (at most 1024)")
    file = ROOT / "build" / "bench" / "digest.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        "runs": RUNS,
        "empty_handler_seconds": round(empty, 4),
        "digest_seconds": round(cold, 4),
        "ratio": round(ratio, 3),
        "peak_megabytes": round(megabytes, 1),
        "notifications": NOTIFICATIONS,
        "package_bytes": size,
    }
    file.write_text(json.dumps(figures, indent=2) + "\n")
    if ratio > MOST_RATIO or megabytes > MOST_MEGABYTES or size > MOST_PACKAGE_BYTES:
        raise SystemExit(1)


def cold_start() -> tuple[float, float, float]:
    """Return the medians of the digest and of the empty handler, and the median of their ratios."""
    for source in (EMPTY, DIGEST):
        _run(source, SETTINGS)  # compiles what is not compiled yet
    rounds = [(float(_run(DIGEST, SETTINGS)), float(_run(EMPTY, SETTINGS))) for _ in range(RUNS)]
    cold, empty = (median(column) for column in zip(*rounds, strict=True))
    return cold, empty, median(digest / nothing for digest, nothing in rounds)


def peak_megabytes() -> float:
    """Return the largest resident size of a process that handles one batch."""
    with (
        tempfile.TemporaryDirectory() as folder,
        WebhookReceiver() as webhook,
        Sandbox(Path(folder)) as sandbox,
    ):
        sandbox.client("dynamodb").create_table(
            TableName="state",
            KeySchema=[{"AttributeName": "service", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "service", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        sandbox.client("secretsmanager").create_secret(Name="hook", SecretString=webhook.url)
        sandbox.client("logs").create_log_group(logGroupName="/shop/app")
        batch = Path(folder) / "batch.json"
        batch.write_text(json.dumps({"Records": [_record(n) for n in range(NOTIFICATIONS)]}))
        settings = SETTINGS | {"AWS_ENDPOINT_URL": sandbox.endpoint_url}
        peak = int(_run(BATCH, settings, str(batch)))
        if not webhook.received:
            raise SystemExit("the webhook got nothing: nothing was measured")
    # macOS counts bytes, others kilobytes.
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def package_bytes() -> int:
    """Return the size of the function's code as Lambda gets it: zipped, without the layer."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            for path in sorted(LAMBDAS.rglob("*.py")):
                package.write(path, path.relative_to(LAMBDAS))
        return file.tell()


def _record(number: int) -> dict[str, Any]:
    """Return one notification in SNS's envelope, in a record of SQS."""
    text = {
        "AlarmName": f"shop-alarm-{number % 100}",
        "AlarmDescription": "The application fails for its users",
        "NewStateValue": "ALARM" if number < NOTIFICATIONS // 2 else "OK",
        "NewStateReason": "x" * (_BATCH_BYTES // NOTIFICATIONS - 700),
        "StateChangeTime": f"2026-11-25T10:{number // 60:02d}:{number % 60:02d}.000+0000",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-alarm-{number % 100}",
    }
    return {
        "messageId": str(number),
        "body": json.dumps({"Type": "Notification", "Message": json.dumps(text)}),
        "attributes": {"SentTimestamp": "1795600000000"},
    }


def _run(source: str, settings: dict[str, str], *arguments: str) -> str:
    """Run a program in a fresh process, with the function's settings; return its last line."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(LAMBDAS), **settings}
    result = subprocess.run(
        [sys.executable, "-c", source, *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout.splitlines()[-1]


if __name__ == "__main__":
    main()
