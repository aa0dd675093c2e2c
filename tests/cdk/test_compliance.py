"""No finding of cdk-nag, cfn-lint or checkov that was not looked at, whatever the environment.

cdk-nag runs at every synth; here, with the delivery proof, over environments that nobody deploys
from this repository.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import msgspec
import pytest
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from intentlog.contract import (
    Alarm,
    Contract,
    Destination,
    Environment,
    Mute,
    Network,
    Notifications,
    load,
    load_environment,
    validate,
)
from intentlog_constructs import DeliveryProof
from stacks import add_application, add_monitoring_link

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv" / "checkov" / "bin" / "checkov"
PROD = load_environment(ROOT / "environments.toml", "prod")
SINK = "arn:aws:oam:us-east-1:111111111111:sink/01234567-89ab-cdef-0123-456789abcdef"
NETWORK = Network(vpc="vpc-0123456789abcdef0", subnets=("subnet-0123456789abcdef0",))
NOTIFICATIONS = Notifications(
    destinations={
        "slack": Destination(kind="slack"),
        "teams": Destination(kind="teams"),
        "discord": Destination(kind="discord"),
        "chat": Destination(kind="google-chat"),
        "pager": Destination(kind="pagerduty"),
        "hook": Destination(kind="webhook"),
        "bot": Destination(kind="slack-bot", channel="C0123456789"),
        "mail": Destination(kind="email", addresses=("team@example.com",)),
    },
    daily_at="07:00",
    timezone="Europe/Berlin",
    alarm_names_beginning=("shop-",),
    email="oncall@example.com",
)
PLACES = {
    "prod": PROD,
    "dev": load_environment(ROOT / "environments.toml", "dev"),
    "bare": Environment(
        region="eu-central-1",
        prefix="tst-",
        encryption="aws-owned",
        masking=False,
        notifications=Notifications(
            destinations={
                "hook": Destination(kind="webhook"),
                "mail": Destination(kind="email", addresses=("team@example.com",)),
            },
            email="oncall@example.com",
            reserved_concurrency=0,
        ),
    ),
    "everything": msgspec.structs.replace(
        PROD,
        log_alarms=True,
        network=NETWORK,
        monitoring_sink=SINK,
        notifications=NOTIFICATIONS,
    ),
}


def contracts() -> list[Contract]:
    """The shipped contracts, the first with an alarm of every kind."""
    agent, chimera = (load(ROOT / "contracts" / f"{n}.toml") for n in ("drawing-agent", "chimera"))
    alarms = agent.alarms | {
        "share": Alarm(metric="AuthFailureCount", of="ErrorCount", more_than=5, within_minutes=5),
        "unusual": Alarm(metric="ErrorCount", outside_band=2, within_minutes=5),
        "silent": Alarm(stream="app", within_minutes=15),
        "late": Alarm(stream="app", lag_seconds=60, within_minutes=10),
        "lines": Alarm(metric="ErrorCount", more_than=1, within_minutes=5, log_lines=5),
        "incident": Alarm(any_of=("share", "unusual")),
    }
    streams = agent.streams | {
        "app": msgspec.structs.replace(agent.streams["app"], anomaly_detection=True)
    }
    mutes = {"night": Mute(cron="0 2 * * *", minutes=30)}
    every = msgspec.structs.replace(agent, alarms=alarms, streams=streams, mutes=mutes)
    return [validate(every), chimera]


@pytest.fixture(scope="module", params=PLACES)
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesize with cdk-nag and the proof, which fail it; return the templates' folder."""
    environment = PLACES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder), context=context)
    prefixed = [contract.with_prefix(environment.prefix) for contract in contracts()]
    for contract in contracts():
        add_application(app, contract=contract, environment=environment)
    add_monitoring_link(app, contracts=contracts(), environment=environment)
    proof = DeliveryProof(contracts=prefixed)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), NIST80053R5Checks(), proof)
    app.synth()
    return folder


@pytest.mark.slow
def test_cdk_nag_and_the_proof_find_nothing(templates: Path) -> None:
    """Every finding is acknowledged beside its construct, or the synth would have failed."""
    report = json.loads((templates / "validation-report.json").read_text())

    assert report["pluginReports"] == []


@pytest.mark.slow
def test_cfn_lint_finds_nothing(templates: Path) -> None:
    """Templates are what CloudFormation takes, in cfn-lint's opinion, warnings included."""
    # W3005: the CDK itself names a dependency that a reference already makes.
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    files = [str(file) for file in templates.glob("*.template.json")]
    command = [cfn_lint, "--ignore-checks", "W3005", "--template", *files]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(not CHECKOV.exists(), reason="checkov is not installed: `make test` does that")
def test_checkov_finds_nothing(templates: Path, tmp_path: Path) -> None:
    """What is skipped has its reason in the template, beside the resource."""
    for file in templates.glob("*.template.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    options = ("--framework", "cloudformation", "--skip-download", "--output", "json")
    result = subprocess.run(
        [str(CHECKOV), "--directory", str(tmp_path), *options],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(CHECKOV.parent), "HOME": str(tmp_path)},
    )
    found: dict[str, Any] = json.loads(result.stdout)

    assert found["summary"]["parsing_errors"] == 0
    failed = [(check["check_id"], check["resource"]) for check in found["results"]["failed_checks"]]
    assert failed == []
    skipped = found["results"]["skipped_checks"]
    assert skipped
    assert all(len(check["check_result"]["suppress_comment"].split()) > 5 for check in skipped)
