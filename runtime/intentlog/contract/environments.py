"""``environments.toml``: where the contracts are deployed; it changes nothing of what they say."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from .load import parse_toml, read_toml_text, without_echoes
from .notifications import Notifications, check_notifications
from .problem import ContractError, Problem, join, unknown
from .shape import read
from .table import Table, Text


class Network(Table, frozen=True, kw_only=True):
    """Where the host runs."""

    vpc: Annotated[
        str,
        Meta(
            pattern="^vpc-[0-9a-f]{8,17}$",
            description="The host's VPC: it gets a security group there that lets nothing in.",
            extra={"wanted": "a VPC's id, such as vpc-0123456789abcdef0"},
        ),
    ]
    subnets: Annotated[
        tuple[Text, ...],
        Meta(
            description=(
                "Subnets of an Auto Scaling group that keeps one host running. "
                "Default: no group; somebody launches from the template."
            )
        ),
    ] = ()


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
        Meta(
            description=(
                "What becomes of log groups, key and secrets when their stack goes. "
                "Log groups that are retained are protected from deletion, too."
            )
        ),
    ] = "retain"
    encryption: Annotated[
        Literal["customer-managed", "aws-owned"],
        Meta(
            description=(
                "Whose key encrypts log groups, topics, queues, secrets and the table: one "
                "of the account, with a policy and an audit trail, for $1 a month; or that of AWS."
            )
        ),
    ] = "customer-managed"
    masking: Annotated[
        bool,
        Meta(
            description=(
                "Whether CloudWatch Logs masks what the contract redacts, a second time: "
                "$0.12 a gigabyte."
            )
        ),
    ] = True
    log_alarms: Annotated[
        bool,
        Meta(
            description=(
                "Whether the region has log alarms (AWS::CloudWatch::LogAlarm): alarms with "
                "`log_lines` show lines, and alarms on `lag_seconds` are made."
            )
        ),
    ] = False
    network: Annotated[
        Network | None, Meta(description="Default: whoever launches a host says where.")
    ] = None
    monitoring_sink: (
        Annotated[
            str,
            Meta(
                pattern="^arn:[a-z-]+:oam:[a-z0-9-]+:[0-9]{12}:sink/[A-Za-z0-9-]+$",
                description=(
                    "ARN of the OAM sink of the account that watches this one. Default: none."
                ),
                extra={"wanted": "the ARN of an OAM sink"},
            ),
        ]
        | None
    ) = None
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
        at = join(join("", key), "notifications")
        problems += [*wrong, *without_echoes(check_notifications(found.notifications, at), wrong)]
        environment = found if key == name else environment
    if name not in tables:
        problems.append(Problem("", unknown("environment", name, tables)))
    if problems or environment is None:
        raise ContractError(source, problems)
    return environment
