"""All stacks of one application in one environment."""

from collections.abc import Iterator

import aws_cdk as cdk

from intentlog.contract import Contract, Environment

from .alerts import AlertsStack
from .host import HostStack
from .insights import InsightsStack
from .logs import LogsStack


def add_application(
    app: cdk.App, *, contract: Contract, environment: Environment, account: str | None = None
) -> list[cdk.Stack]:
    """Add an application's stacks: ``<service>-logs``, ``-alerts``, ``-host``, ``-insights``.

    No stack imports what another exports: names come from the contract. The others only wait
    for the log groups to be there.

    Args:
        app: The CDK app.
        contract: The application's contract.
        environment: Where it is deployed to.
        account: The account, if the environment names none. Default: known at deploy only.
    """
    contract = contract.with_prefix(environment.prefix)
    place = cdk.Environment(account=environment.account or account, region=environment.region)
    groups = LogsStack(app, contract=contract, environment=environment, env=place)
    others = list(_others(app, contract, environment, place))
    for stack in others:
        stack.add_stack_dependency(groups)
    return [groups, *others]


def _others(
    app: cdk.App, contract: Contract, environment: Environment, place: cdk.Environment
) -> Iterator[cdk.Stack]:
    yield AlertsStack(app, contract=contract, environment=environment, env=place)
    yield HostStack(app, contract=contract, env=place)
    yield InsightsStack(app, contract=contract, env=place)
