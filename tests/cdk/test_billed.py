"""What is counted from a contract is what the CDK makes of it: one cost, whoever asks."""

import json
from pathlib import Path

import aws_cdk as cdk
import msgspec
import pytest

from intentlog.assembly import Assembly, Template
from intentlog.assembly.billed import inventory
from intentlog.contract import (
    Alarm,
    Contract,
    Destination,
    Environment,
    Mute,
    Notifications,
    load,
    load_environment,
    validate,
)
from intentlog.render import billed
from stacks import add_application

ROOT = Path(__file__).parents[2]
PROD = load_environment(ROOT / "environments.toml", "prod")
PLACES = {
    "prod": PROD,
    "log alarms": msgspec.structs.replace(PROD, log_alarms=True),
    "everybody": Environment(
        region="us-east-1",
        notifications=Notifications(
            destinations={
                "oncall": Destination(kind="slack"),
                "pager": Destination(kind="pagerduty"),
                "mail": Destination(kind="email", addresses=("team@example.com",)),
            },
            daily_at="07:00",
        ),
    ),
    "cheap": Environment(region="us-east-1", encryption="aws-owned", masking=False),
}


def every_kind() -> Contract:
    """A contract with every kind of alarm, a stream of another class, and anomaly detection."""
    shipped = load(ROOT / "contracts" / "drawing-agent.toml")
    app, errors = shipped.streams["app"], shipped.streams["errors"]
    return validate(
        msgspec.structs.replace(
            shipped,
            streams={
                "app": msgspec.structs.replace(app, anomaly_detection=True, gigabytes_per_month=7),
                "errors": msgspec.structs.replace(errors, log_class="infrequent access"),
            },
            alarms={
                "errors": Alarm(metric="ErrorCount", more_than=10, within_minutes=5),
                "share": Alarm(
                    metric="AuthFailureCount", of="ErrorCount", more_than=5, within_minutes=5
                ),
                "unusual": Alarm(metric="ErrorCount", outside_band=2, within_minutes=5),
                "silent": Alarm(stream="app", within_minutes=15),
                "late": Alarm(stream="app", lag_seconds=60, within_minutes=60),
                "lines": Alarm(metric="ErrorCount", more_than=1, within_minutes=5, log_lines=5),
                "incident": Alarm(any_of=("share", "unusual")),
            },
            mutes={"night": Mute(cron="0 2 * * *", minutes=30)},
            record=msgspec.structs.replace(shipped.record, indexed=()),
            queries={},
            dashboard=None,
        )
    )


CONTRACTS = {
    **{path.stem: load(path) for path in sorted((ROOT / "contracts").glob("*.toml"))},
    "every kind": every_kind(),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_a_contract_and_its_templates_are_billed_alike(
    contract: Contract, place: Environment, tmp_path: Path
) -> None:
    """Component by component, before a price is put to any."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(tmp_path), context=context)
    add_application(app, contract=contract, environment=place, account="123456789012")
    assembly = Assembly(
        templates={
            stack.stack_name: Template(stack=stack.stack_name, body=stack.template)
            for stack in app.synth().stacks
        }
    )
    volumes = {group: contract.gigabytes_of(name) for name, group in contract.log_groups.items()}

    assert inventory(assembly, volumes=volumes) == billed.inventory(contract, place)
