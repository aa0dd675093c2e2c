"""The stack that shows this account to another."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, ContractError, Environment, Problem
from intentlog_constructs import MonitoringLink


class MonitoringLinkStack(cdk.Stack):
    """The account's link to the sink of the account that watches it."""

    def __init__(
        self,
        scope: Construct,
        *,
        contracts: Sequence[Contract],
        sink: str,
        prefix: str,
        env: cdk.Environment,
    ) -> None:
        super().__init__(
            scope,
            f"{prefix}monitoring-link",
            description="Shares log groups and metrics with the monitoring account",
            env=env,
        )
        MonitoringLink(self, "Monitoring", sink=sink, contracts=contracts)


def add_monitoring_link(
    app: cdk.App,
    *,
    contracts: Sequence[Contract],
    environment: Environment,
    account: str | None = None,
) -> MonitoringLinkStack | None:
    """Add the one stack that links this account to ``monitoring_sink``, if there is one.

    It is not an application's: an account has one link to a sink.

    Args:
        app: The CDK app.
        contracts: All contracts that are deployed with the environment.
        environment: Where they are deployed to.
        account: The account, if the environment names none. Default: known at deploy only.

    Raises:
        ContractError: The sink is in another region, or the link would name too much.
    """
    sink = environment.monitoring_sink
    deployed = [c.with_prefix(environment.prefix) for c in contracts if c.log_groups]
    if sink is None or not deployed:
        return None
    region = sink.split(":")[3]
    if region != environment.region:
        what = f"the sink is in {region}; this environment is in {environment.region}"
        raise ContractError("environments.toml", [Problem("monitoring_sink", what)])
    return MonitoringLinkStack(
        app,
        contracts=deployed,
        sink=sink,
        prefix=environment.prefix,
        env=cdk.Environment(account=environment.account or account, region=environment.region),
    )
