"""All stacks of one application in one environment."""

from collections.abc import Iterator

import aws_cdk as cdk

from intentlog.contract import Contract, Environment, validate

from .alerts import AlertsStack
from .archive import ArchiveStack
from .host import HostStack
from .insights import InsightsStack
from .logs import LogsStack


def add_application(
    app: cdk.App, *, contract: Contract, environment: Environment, account: str | None = None
) -> list[cdk.Stack]:
    """Add an application's stacks: ``<service>-logs`` and what goes with the log groups.

    One without metrics has no ``-alerts``, one without queries no ``-insights``, one that keeps
    nothing no ``-archive``, one that delivers nothing has no stack at all, not even ``-host``.
    Names come from the contract, so that stacks import nothing from each other but the key that
    encrypts; they only wait for the log groups to be there.

    Args:
        app: The CDK app.
        contract: The application's contract.
        environment: Where it is deployed to.
        account: The account, if the environment names none. Default: known at deploy only.

    Raises:
        ContractError: The contract is invalid, or its names are with the environment's prefix.
    """
    contract = validate(contract.with_prefix(environment.prefix))
    place = cdk.Environment(account=environment.account or account, region=environment.region)
    stacks = list(_stacks(app, contract, environment, place))
    for stack in stacks[1:]:
        stack.add_stack_dependency(stacks[0])
    return stacks


def _stacks(
    app: cdk.App, contract: Contract, environment: Environment, place: cdk.Environment
) -> Iterator[cdk.Stack]:
    """Yield the stacks that have something to hold: CloudFormation refuses an empty one."""
    if not contract.log_groups:
        return
    logs = LogsStack(app, contract=contract, environment=environment, env=place)
    yield logs
    if contract.metrics or contract.alarms:
        yield AlertsStack(
            app, contract=contract, environment=environment, key_arn=logs.key_arn, env=place
        )
    if contract.archive is not None:
        yield ArchiveStack(
            app, contract=contract, environment=environment, key_arn=logs.key_arn, env=place
        )
    yield HostStack(app, contract=contract, network=environment.network, env=place)
    if contract.queries or contract.dashboard:
        yield InsightsStack(app, contract=contract, env=place)
