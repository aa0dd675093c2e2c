"""The stack that answers questions."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract
from intentlog_constructs import ContractDashboard, SavedQueries


class InsightsStack(cdk.Stack):
    """Saved queries and the dashboard."""

    def __init__(self, scope: Construct, *, contract: Contract, env: cdk.Environment) -> None:
        super().__init__(
            scope,
            f"{contract.service}-insights",
            description=f"Saved queries and dashboard of {contract.service}",
            env=env,
        )
        SavedQueries(self, "Queries", contract=contract)
        if contract.dashboard is not None:
            ContractDashboard(self, "Dashboard", contract=contract)
