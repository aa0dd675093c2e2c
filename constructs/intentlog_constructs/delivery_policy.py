"""What an application may do that delivers its own lines."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import process_policy

from .acknowledgment import acknowledge_streams
from .arn import arn_prefix


class DeliveryPolicy(Construct):
    """A managed policy: make the contract's log groups and write to them, nothing else.

    Attributes:
        policy: The managed policy, to be attached to the application's role.
    """

    def __init__(self, scope: Construct, construct_id: str, *, contract: Contract) -> None:
        """Define the policy.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
        """
        super().__init__(scope, construct_id)
        logs = arn_prefix(self, "logs")
        self.policy = iam.CfnManagedPolicy(
            self,
            "Policy",
            description=f"Deliver the logs of {contract.service}",
            policy_document=process_policy(contract, logs_arn_prefix=logs),
        )
        acknowledge_streams(
            self.policy, [f"{logs}:log-group:{name}" for name in contract.log_groups.values()]
        )
