"""One contract with every kind of alarm, synthesized once a session."""

import json
from pathlib import Path

import aws_cdk as cdk
import msgspec
import pytest

from intentlog.assembly import Assembly, read_assembly
from intentlog.contract import (
    Alarm,
    Contract,
    Destination,
    Mute,
    Notifications,
    load,
    load_environment,
    validate,
)
from stacks import add_application

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract of system A, and alarms of the kinds that it has none of."""
    shipped = load(ROOT / "contracts" / "drawing-agent.toml")
    alarms = {
        "high-error-rate": Alarm(metric="ErrorCount", more_than=10, within_minutes=5),
        "ratio": Alarm(metric="AuthFailureCount", of="ErrorCount", more_than=5, within_minutes=5),
        "unusual": Alarm(metric="ErrorCount", outside_band=2, within_minutes=5),
        "silent": Alarm(stream="app", within_minutes=15),
        "late": Alarm(stream="app", lag_seconds=60, within_minutes=5),
        "lines": Alarm(metric="ErrorCount", more_than=1, within_minutes=5, log_lines=5),
        "incident": Alarm(any_of=("ratio", "unusual")),
    }
    mutes = {"night": Mute(cron="0 2 * * *", minutes=30)}
    return validate(msgspec.structs.replace(shipped, alarms=alarms, mutes=mutes))


@pytest.fixture(scope="session")
def contracts(contract: Contract) -> list[Contract]:
    """That contract, and system B's, which delivers its own lines."""
    return [contract, load(ROOT / "contracts" / "chimera.toml")]


@pytest.fixture(scope="session")
def synthesized(contracts: list[Contract], tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The templates of both contracts, with the paths of the constructs as the CLI has them."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    notifications = Notifications(
        destinations={
            "oncall": Destination(kind="slack"),
            "mail": Destination(kind="email", addresses=("team@example.com",)),
        },
        daily_at="07:00",
        alarm_names_beginning=("shop-",),
        email="oncall@example.com",
    )
    environment = msgspec.structs.replace(
        load_environment(ROOT / "environments.toml", "prod"),
        log_alarms=True,
        notifications=notifications,
    )
    folder = tmp_path_factory.mktemp("cdk.out")
    app = cdk.App(outdir=str(folder), context=context | {"aws:cdk:enable-path-metadata": True})
    for contract in contracts:
        add_application(app, contract=contract, environment=environment, account="123456789012")
    app.synth()
    return read_assembly(folder)
