"""The command ``intentlog cost``, run as a user runs it."""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from intentlog.cli.intentlog import app, main
from intentlog.cli.measured import measured_in_cloudwatch, measured_in_files
from intentlog.contract import load

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
CONTRACT = """
service   = "shop"
namespace = "Shop"

[record]
fields = ["timestamp", "level", "category", "logger", "message"]

[streams.all]
file      = "shop.log"
log_group = "/shop/all"

[metrics.Errors]
stream = "all"
where  = 'level = "ERROR"'
"""

TABLE = """\
shop: $1.98 a month
 Component                 Quantity  Price                    $ a month  Do without
 Ingestion                        1  $0.50 / GB                    0.50  log less; infrequent access
 Storage                      0.148  $0.03 / GB-month              0.00  retention_days
 Masking                          1  $0.12 / GB                    0.12  masking = false
 Metrics                          1  $0.30 / metric                0.30  fewer [metrics]
 Encryption key                   1  $1.00 / key                   1.00  encryption = "aws-owned"
 Encryption key, requests         2  $0.03 / 10,000 requests       0.06  encryption = "aws-owned"
"""


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A contract of one stream and one metric."""
    path = tmp_path / "shop.toml"
    path.write_text(CONTRACT)
    return path


def cost(*arguments: str | Path) -> tuple[int, str]:
    """Run the command: exit code, and all that is printed."""
    result = CliRunner().invoke(app, ["cost", *map(str, arguments)], prog_name="intentlog")
    return result.exit_code, result.output


def test_a_table_by_component(contract: Path) -> None:
    """Components with quantities, prices and how to do without them; then what was assumed."""
    code, out = cost(contract)

    assert code == 0
    assert out.splitlines()[:8] == TABLE.splitlines()


def test_json(contract: Path) -> None:
    """The same for programs, each price with its source."""
    code, out = cost(contract, "--json")

    document = json.loads(out)
    assert code == 0
    assert document["usd"] == document["contracts"][0]["usd"] == 1.9844
    assert document["prices_as_of"] == "2026-11-22"
    assert document["contracts"][0]["components"][0] == {
        "component": "Ingestion",
        "quantity": 1.0,
        "unit": "GB",
        "unit_usd": 0.5,
        "usd": 0.5,
        "switch": "log less; infrequent access",
        "source": "https://aws.amazon.com/cloudwatch/pricing/",
    }


def test_contracts_share_the_free_dashboards(tmp_path: Path) -> None:
    """Three of an account cost nothing: those of all contracts together, and those it has."""
    shipped = [ROOT / "contracts" / f"{name}.toml" for name in ("chimera", "drawing-agent")]
    code, out = cost(*shipped, "--other-dashboards", "2", "--json")

    dashboards = [
        item["usd"]
        for one in json.loads(out)["contracts"]
        for item in one["components"]
        if item["component"] == "Dashboards"
    ]
    assert (code, dashboards) == (0, [0.0, 3.0])
    assert tmp_path.is_dir()


def test_an_environment_decides(contract: Path, tmp_path: Path) -> None:
    """Its key, its masking; its prefix begins the names."""
    environments = tmp_path / "environments.toml"
    environments.write_text(
        '[dev]\nregion = "eu-west-1"\nprefix = "dev-"\nencryption = "aws-owned"\nmasking = false\n'
    )

    code, out = cost(contract, "-e", "dev", "--environments", environments)

    assert code == 0
    assert out.startswith("dev-shop: $0.80 a month")
    assert "Masking" not in out


def test_measured_from_files(contract: Path, tmp_path: Path) -> None:
    """The bytes of a file and its rotated ones, over the time between first and last line."""
    logs = tmp_path / "logs"
    logs.mkdir()
    pad = "x" * 950
    lines = [
        json.dumps({"timestamp": f"2026-03-{day:02}T00:00:00.000Z", "message": pad}) + "\n"
        for day in (1, 2, 3)
    ]
    (logs / "shop.log").write_text(lines[2])
    (logs / "shop.log.1").write_text(lines[1])
    (logs / "shop.log.2.gz").write_bytes(gzip.compress(lines[0].encode()))
    (logs / "shop.logistics").write_text("another file\n")
    each = len(lines[0]) - 1 + 26

    volumes = measured_in_files(load(contract), logs)

    assert volumes == {"all": pytest.approx(3 * each / 2**30 / 2 * 730 / 24)}
    assert cost(contract, "--measured", "--log-dir", logs)[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON\n",
        '{"timestamp": "2026-03-01T00:00:00Z"}\n',
        '{"timestamp": 5}\n["timestamp"]\n\xff\n',
    ],
)
def test_nothing_can_be_measured(contract: Path, tmp_path: Path, text: str) -> None:
    """No time passes between lines, or there are none: that is a finding, said in a line."""
    (tmp_path / "shop.log").write_text(text, encoding="latin-1")

    code, out = cost(contract, "--measured", "--log-dir", tmp_path)

    assert code == 1
    assert out.endswith("nothing could be measured: these are the contracts' expectations\n")


def points(*sums: float) -> dict[str, Any]:
    """CloudWatch's answer: a sum for each of the last days."""
    return {
        "Label": "IncomingBytes",
        "Datapoints": [
            {"Timestamp": NOW - timedelta(days=len(sums) - day), "Sum": total, "Unit": "Bytes"}
            for day, total in enumerate(sums)
        ],
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (points(), {}),
        (points(2**30, 3 * 2**30), {"all": 4 / 2 * 730 / 24}),
    ],
)
def test_measured_in_cloudwatch(
    contract: Path,
    answer: dict[str, Any],
    expected: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """IncomingBytes of each log group, over the days that it has (botocore's Stubber answers)."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    client = boto3.client("cloudwatch", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response(
            "get_metric_statistics",
            answer,
            {
                "Namespace": "AWS/Logs",
                "MetricName": "IncomingBytes",
                "Dimensions": [{"Name": "LogGroupName", "Value": "/shop/all"}],
                "StartTime": NOW - timedelta(days=30),
                "EndTime": NOW,
                "Period": 86_400,
                "Statistics": ["Sum"],
            },
        )
        found = measured_in_cloudwatch(load(contract), client, days=30, now=NOW)

    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.toml"], "none.toml: cannot be read: No such file or directory\n"),
        (
            ["shop.toml", "-e", "nope", "--environments", str(ROOT / "environments.toml")],
            'no environment "nope"; there are: dev, prod, sandbox\n',
        ),
        (["shop.toml", "--log-dir", "x"], "--log-dir says where to measure; add --measured\n"),
        (["shop.toml", "--measured", "--log-dir", "x"], "--log-dir: no directory x\n"),
    ],
)
@pytest.mark.usefixtures("contract")
def test_mistakes(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A user's mistake is a sentence, never a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["intentlog", "cost", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(said)


def test_cloudwatch_fails(contract: Path) -> None:
    """Nobody answers there: exit code 3, and the reason in a line."""
    result = subprocess.run(
        [Path(sys.executable).with_name("intentlog"), "cost", contract, "--measured"],
        env=os.environ
        | {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_MAX_ATTEMPTS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 3
    assert result.stderr == ('AWS: Could not connect to the endpoint URL: "http://127.0.0.1:9/"\n')
