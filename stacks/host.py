"""The stack for where the application runs."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Network
from intentlog_constructs import DeliveryPolicy, LoggingHost


class HostStack(cdk.Stack):
    """What the application's machine needs to deliver its logs.

    A launch template where the CloudWatch agent collects files, and a group that keeps one host
    running where the environment has subnets; a managed policy where the application delivers by
    itself, wherever it runs.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        env: cdk.Environment,
        network: Network | None = None,
    ) -> None:
        super().__init__(
            scope,
            f"{contract.service}-host",
            description=f"Log delivery of {contract.service}",
            env=env,
        )
        if contract.delivery.by == "agent":
            self._outputs(LoggingHost(self, "Host", contract=contract, network=network))
        else:
            delivery = DeliveryPolicy(self, "Delivery", contract=contract)
            cdk.CfnOutput(
                self,
                "DeliveryPolicy",
                description="Attach it to the application's role",
                value=delivery.policy.ref,
            )

    def _outputs(self, host: LoggingHost) -> None:
        cdk.CfnOutput(
            self,
            "LaunchTemplate",
            description="Launch the application's host from it",
            value=host.launch_template.ref,
        )
        if host.security_group is not None:
            cdk.CfnOutput(
                self,
                "SecurityGroup",
                description="Add what else the application needs to this group",
                value=host.security_group.attr_group_id,
            )
        if host.group is not None:
            cdk.CfnOutput(
                self,
                "HostGroup",
                description="The group that keeps one host running",
                value=host.group.ref,
            )
