"""Templates, synthesized once a session."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import aws_cdk as cdk
import msgspec
import pytest

from intentlog.contract import Contract, Notifications, load, load_environment
from stacks import add_application

Template = dict[str, Any]
Resources = Callable[[str, str], list[Template]]

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"


class Synthesize(Protocol):
    """Synthesizes a contract for ``prod``: template by stack id."""

    def __call__(
        self, contract: Contract, *, notifications: Notifications | None = None
    ) -> dict[str, Template]:
        """Synthesize, with other notifications than the environment's if they are given."""


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Return what synthesizes a contract for the ``prod`` environment."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    prod = load_environment(ROOT / "environments.toml", "prod")

    def synthesize(
        contract: Contract, *, notifications: Notifications | None = None
    ) -> dict[str, Template]:
        environment = msgspec.structs.replace(
            prod, notifications=notifications or prod.notifications
        )
        app = cdk.App(outdir=str(tmp_path_factory.mktemp("cdk.out")), context=context)
        add_application(app, contract=contract, environment=environment, account=ACCOUNT)
        return {stack.stack_name: stack.template for stack in app.synth().stacks}

    return synthesize


@pytest.fixture(scope="session")
def drawing_agent() -> Contract:
    """The contract of system A."""
    return load(ROOT / "contracts" / "drawing-agent.toml")


@pytest.fixture(scope="session")
def chimera() -> Contract:
    """The contract of system B."""
    return load(ROOT / "contracts" / "chimera.toml")


@pytest.fixture(scope="session")
def templates(
    synthesize: Synthesize, drawing_agent: Contract, chimera: Contract
) -> dict[str, Template]:
    """Every template of both contracts, by stack id."""
    return synthesize(drawing_agent) | synthesize(chimera)


@pytest.fixture(scope="session")
def resources(templates: dict[str, Template]) -> Resources:
    """Find a stack's resources of a type: their properties, ARNs with the partition ``aws``."""

    def find(stack: str, type_: str) -> list[Template]:
        return [
            _joined(resource["Properties"])
            for resource in templates[stack]["Resources"].values()
            if resource["Type"] == type_
        ]

    return find


def _joined(value: Any) -> Any:
    """Write out what CloudFormation would join: ``arn:aws:...`` instead of a list of parts."""
    if isinstance(value, list):
        return [_joined(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value == {"Ref": "AWS::Partition"}:
        return "aws"
    if list(value) == ["Fn::Join"]:
        separator, parts = value["Fn::Join"]
        parts = _joined(parts)
        if all(isinstance(part, str) for part in parts):
            return separator.join(parts)
    return {key: _joined(item) for key, item in value.items()}
