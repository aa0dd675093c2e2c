"""The archive of chimera's trail, deployed by the real CLI as in production: locked.

MiniStack feeds no Firehose from a subscription filter (``sandbox/limits.py``), so the test puts
there what Firehose would, by what is deployed.
"""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

import intentlog
from intentlog.contract import Contract, Environment, archived_streams, load
from intentlog.delivery.audit import verify
from intentlog.expression import FilterPattern
from intentlog.render import archive_database, archive_table, archive_workgroup
from sandbox import cdk as cli
from sandbox.server import ACCOUNT, REGION, Sandbox
from stacks import add_application

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def contract() -> Contract:
    """Chimera's contract, without what is of no account here."""
    return load(ROOT / "contracts" / "chimera.toml")


@pytest.fixture(scope="module")
def deployed(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A sandbox with the stacks of the log groups and of the archive."""
    folder = tmp_path_factory.mktemp("archive")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder / "cdk.out"), context=context)
    place = Environment(region=REGION, account=ACCOUNT)
    add_application(app, contract=contract, environment=place)
    app.synth()
    with Sandbox(folder) as sandbox:
        cli.bootstrap(sandbox)
        stacks = ("chimera-logs", "chimera-archive")
        options = ("--app", str(folder / "cdk.out"), "--require-approval", "never")
        cli.run(sandbox, "deploy", *stacks, *options, listen=lambda _line: None)
        yield sandbox


@pytest.fixture
def bucket(deployed: Sandbox) -> str:
    """The name of the archive's bucket."""
    (stack,) = deployed.client("cloudformation").describe_stacks(StackName="chimera-archive")[
        "Stacks"
    ]
    return str({each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}["Bucket"])


def trail(contract: Contract, directory: Path) -> list[str]:
    """Return the trail that chimera writes of two executions, and of something else not."""
    intentlog.init_logging(contract, log_dir=directory, console="off")
    try:
        for number in (1, 2):
            intentlog.get_logger("execution_engine").info(
                "execution_attempt", context={"opportunity_id": f"o{number}", "status": "ok"}
            )
        intentlog.get_logger("state_engine").info("websocket_connected")
    finally:
        intentlog.shutdown()
    return (directory / contract.streams["executions"].file).read_text().splitlines()


def test_nobody_deletes_what_is_archived(deployed: Sandbox, bucket: str) -> None:
    """Neither an object, nor its time: for three years, in compliance mode."""
    s3 = deployed.client("s3")
    version = s3.put_object(Bucket=bucket, Key="lines/executions/line", Body=b"{}")["VersionId"]
    one = {"Bucket": bucket, "Key": "lines/executions/line", "VersionId": version}

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**one, BypassGovernanceRetention=True)
    kept = s3.get_object_retention(**one)["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    assert (kept["RetainUntilDate"] - datetime.now(UTC)).days in {1095, 1096}


def test_what_is_delivered_is_what_the_table_reads(
    deployed: Sandbox, bucket: str, contract: Contract, tmp_path: Path
) -> None:
    """From the deployed filter by the deployed stream to where the deployed table looks."""
    (archived,) = archived_streams(contract)
    (subscription,) = deployed.client("logs").describe_subscription_filters(
        logGroupName=archived.log_group
    )["subscriptionFilters"]
    chosen = FilterPattern.parse(subscription["filterPattern"])
    lines = [line for line in trail(contract, tmp_path) if chosen.matches(line)]
    stream = deployed.client("firehose").describe_delivery_stream(
        DeliveryStreamName=subscription["destinationArn"].rpartition("/")[2]
    )["DeliveryStreamDescription"]
    (destination,) = stream["Destinations"]
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    prefix = destination["ExtendedS3DestinationDescription"]["Prefix"]
    s3 = deployed.client("s3")
    s3.put_object(
        Bucket=bucket,
        Key=prefix.replace("!{timestamp:yyyy-MM-dd}", today) + "part.gz",
        Body=gzip.compress("".join(f"{line}\n" for line in lines).encode()),
    )

    table = deployed.client("glue").get_table(
        DatabaseName=archive_database(contract), Name=archive_table(archived.stream)
    )["Table"]
    where = table["Parameters"]["storage.location.template"].replace("${day}", today)
    folder = where.removeprefix(f"s3://{bucket}/")
    (found,) = s3.list_objects_v2(Bucket=bucket, Prefix=f"{folder}/")["Contents"]
    body = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
    rows = gzip.decompress(body).decode().splitlines()
    assert rows == lines
    (tmp_path / "part.gz").write_bytes(body)
    assert list(verify([tmp_path / "part.gz"], in_order=False)) == []
    assert [json.loads(row)["context"]["opportunity_id"] for row in rows] == ["o1", "o2"]


def test_answers_are_encrypted_and_questions_limited(deployed: Sandbox, contract: Contract) -> None:
    """As Athena itself says of the workgroup."""
    group = deployed.client("athena").get_work_group(WorkGroup=archive_workgroup(contract))[
        "WorkGroup"
    ]

    settings = group["Configuration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 100 * 1024**3
    assert settings["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"] == (
        "SSE_KMS"
    )
