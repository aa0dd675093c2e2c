"""``environments.toml``: where the contracts are deployed; it changes nothing of what they say."""

import re
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from .load import parse_toml, read_toml_text
from .model import Table
from .problem import ContractError, Problem, join, unknown
from .shape import read

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


class Notifications(Table, kw_only=True):
    """How whoever is on call is told."""

    webhook: Annotated[
        Literal["slack", "json"],
        Meta(description="What the webhook takes: Slack's form, or the digest as plain JSON."),
    ] = "slack"
    batch_seconds: Annotated[
        int,
        Meta(ge=0, le=60, description="How long notifications are gathered into one message."),
    ] = 30


class Environment(Table, kw_only=True):
    """One place to deploy to."""

    region: Annotated[str, Meta(min_length=1, description="AWS region.")]
    account: Annotated[
        str | None,
        Meta(description="AWS account, 12 digits. Default: that of the credentials in use."),
    ] = None
    prefix: Annotated[
        str,
        Meta(
            pattern="([a-z][a-z0-9-]*)?",
            description="Begins every name, so that environments can share an account.",
            extra={"wanted": "lower-case letters, digits and hyphens, a letter first"},
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
            problems.append(Problem(key, "expected a table, as in [dev]"))
            continue
        found, wrong = read(Environment, table)
        problems += [Problem(f"{key}.{problem.where}", problem.what) for problem in wrong]
        problems += _check(key, found)
        environment = found if key == name else environment
    if environment is None:
        problems.append(Problem("", unknown("environment", name, tables)))
    if problems or environment is None:
        raise ContractError(source, problems)
    return environment


def _check(name: str, environment: Environment) -> list[Problem]:
    problems = []
    if environment.account is not None and not re.fullmatch(r"\d{12}", environment.account):
        where = join(name, "account")
        problems.append(Problem(where, f'"{environment.account}" is not 12 digits'))
    if environment.region and not _REGION.fullmatch(environment.region):
        where = join(name, "region")
        problems.append(Problem(where, f'"{environment.region}" is no AWS region (us-east-1)'))
    return problems
