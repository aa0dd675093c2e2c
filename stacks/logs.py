"""The stack that holds what must not be lost."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Environment
from intentlog_constructs import ContractLogGroups, EncryptionKey

REMOVAL = {"retain": cdk.RemovalPolicy.RETAIN, "destroy": cdk.RemovalPolicy.DESTROY}


class LogsStack(cdk.Stack):
    """The log groups and their key, alone: everything else can be deleted and made anew.

    Attributes:
        key_arn: ARN of the key, which encrypts the alerts, too; None where AWS's keys do.
    """

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
        removal_policy = REMOVAL[environment.removal]
        self.key_arn: str | None = None
        if environment.encryption == "customer-managed":
            key = EncryptionKey(
                self,
                "Key",
                contract=contract,
                alarm_events=bool(environment.notifications.alarm_names_beginning),
                removal_policy=removal_policy,
            )
            self.key_arn = key.arn
        ContractLogGroups(
            self,
            "LogGroups",
            contract=contract,
            key_arn=self.key_arn,
            masking=environment.masking,
            removal_policy=removal_policy,
        )
