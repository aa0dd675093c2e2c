"""``environments.toml``: where the contracts are deployed; it changes nothing of what they say."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from .load import parse_toml, read_toml_text
from .model import Table
from .problem import ContractError, Problem, join, unknown
from .shape import read


class Notifications(Table, frozen=True, kw_only=True):
    """How whoever is on call is told."""

    webhook: Annotated[
        Literal["slack", "json"],
        Meta(description="What the webhook takes: Slack's form, or the digest as plain JSON."),
    ] = "slack"
    batch_seconds: Annotated[
        int,
        Meta(ge=0, le=60, description="How long notifications are gathered into one message."),
    ] = 30


class Environment(Table, frozen=True, kw_only=True):
    """One place to deploy to."""

    region: Annotated[
        str,
        Meta(
            pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$",
            description="AWS region.",
            extra={"wanted": "an AWS region, such as us-east-1"},
        ),
    ]
    account: (
        Annotated[
            str,
            Meta(
                pattern="^[0-9]{12}$",
                description="AWS account. Default: that of the credentials in use.",
                extra={"wanted": "a string of 12 digits"},
            ),
        ]
        | None
    ) = None
    prefix: Annotated[
        str,
        Meta(
            # Systems Manager refuses names of parameters that begin with aws or ssm.
            pattern="^((?!aws|ssm)[a-z][a-z0-9-]{0,19})?$",
            description="Begins every name, so that environments can share an account.",
            extra={
                "wanted": "lower-case letters, digits and hyphens, a letter first, "
                "at most 20, not aws or ssm first"
            },
        ),
    ] = ""
    removal: Annotated[
        Literal["retain", "destroy"],
        Meta(description="What becomes of log groups and secrets when their stack goes."),
    ] = "retain"
    notifications: Notifications = Notifications()


def load_environment(path: str | Path, name: str) -> Environment:
    """Read one environment of ``environments.toml``.

    Raises:
        ContractError: The file cannot be read, has problems, or has no such environment.
    """
    source = str(path)
    tables = parse_toml(read_toml_text(path), source)
    environment: Environment | None = None
    problems: list[Problem] = []
    for key, table in tables.items():
        if not isinstance(table, dict):
            problems.append(Problem(join("", key), "expected a table, as in [dev]"))
            continue
        found, wrong = read(Environment, table, join("", key))
        problems += wrong
        environment = found if key == name else environment
    if name not in tables:
        problems.append(Problem("", unknown("environment", name, tables)))
    if problems or environment is None:
        raise ContractError(source, problems)
    return environment
