"""The log groups of a contract's streams."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.contract import Contract


class ContractLogGroups(Construct):
    """One log group for each stream that has one, kept as long as the contract says.

    Attributes:
        log_groups: The log groups by their streams' names.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the log groups.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
            removal_policy: What becomes of the groups when the stack goes. Default: they stay.
        """
        super().__init__(scope, construct_id)
        self.log_groups: dict[str, logs.CfnLogGroup] = {}
        for stream, name in contract.log_groups.items():
            # L1, because its retention is the number of days that the contract has.
            group = logs.CfnLogGroup(
                self,
                stream,
                log_group_name=name,
                retention_in_days=contract.streams[stream].retention_days,
            )
            group.apply_removal_policy(removal_policy)
            self.log_groups[stream] = group
