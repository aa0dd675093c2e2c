"""The stack that holds what must not be lost."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Environment
from intentlog_constructs import ContractLogGroups

REMOVAL = {"retain": cdk.RemovalPolicy.RETAIN, "destroy": cdk.RemovalPolicy.DESTROY}


class LogsStack(cdk.Stack):
    """The log groups, alone: everything else can be deleted and made anew."""

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        environment: Environment,
        env: cdk.Environment,
    ) -> None:
        super().__init__(
            scope,
            f"{contract.service}-logs",
            description=f"Log groups of {contract.service}",
            env=env,
        )
        ContractLogGroups(
            self, "LogGroups", contract=contract, removal_policy=REMOVAL[environment.removal]
        )
