"""The stack for where the application runs."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract
from intentlog_constructs import DeliveryPolicy, LoggingHost


class HostStack(cdk.Stack):
    """What the application's machine needs to deliver its logs.

    A launch template where the CloudWatch agent collects files; a managed policy where the
    application delivers by itself, wherever it runs.
    """

    def __init__(self, scope: Construct, *, contract: Contract, env: cdk.Environment) -> None:
        super().__init__(
            scope,
            f"{contract.service}-host",
            description=f"Log delivery of {contract.service}",
            env=env,
        )
        if contract.delivery.by == "agent":
            host = LoggingHost(self, "Host", contract=contract)
            cdk.CfnOutput(
                self,
                "LaunchTemplate",
                description="Launch the application's host from it",
                value=host.launch_template.ref,
            )
        else:
            delivery = DeliveryPolicy(self, "Delivery", contract=contract)
            cdk.CfnOutput(
                self,
                "DeliveryPolicy",
                description="Attach it to the application's role",
                value=delivery.policy.ref,
            )
