"""What an application may do that delivers its own lines."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import process_statement


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
        statement = process_statement(contract, arn_prefix=logs_arn_prefix(self))
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=f"Deliver the logs of {contract.service}",
            statements=[iam.PolicyStatement.from_json(statement)],
        )


def logs_arn_prefix(scope: Construct) -> str:
    """Return what ARNs of log groups begin with, in the stack of a construct."""
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:logs:{stack.region}:{stack.account}"
