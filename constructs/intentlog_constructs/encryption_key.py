"""The key that encrypts an application's logs and alarms."""

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import archive_log_group, digest_log_group, key_alias, key_policy

from .arn import arn_prefix

_PENDING_DAYS = 7


class EncryptionKey(Construct):
    """A customer-managed key, turned every year, that CloudWatch Logs, alarms and SNS may use.

    Attributes:
        key: The key.
        arn: Its ARN.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        alarm_events: bool = False,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the key and its alias, ``alias/<service>``.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract; the key works for its log groups alone.
            alarm_events: Whether a rule of EventBridge puts alarms into an encrypted queue.
                Default: none does.
            removal_policy: What becomes of the key when the stack goes. Default: it stays, for
                without it nothing that it encrypted can be read.
        """
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        groups = [*contract.log_groups.values(), digest_log_group(contract)]
        groups += [archive_log_group(contract)] if contract.archive else []
        logs = arn_prefix(self, "logs")
        self.key = kms.CfnKey(
            self,
            "Key",
            description=f"Logs and alarms of {contract.service}",
            enable_key_rotation=True,
            pending_window_in_days=_PENDING_DAYS,
            key_policy=key_policy(
                account_root_arn=f"arn:{Aws.PARTITION}:iam::{stack.account}:root",
                logs_service=f"logs.{stack.region}.amazonaws.com",
                log_group_arns=[f"{logs}:log-group:{group}" for group in groups],
                account=stack.account,
                events=alarm_events,
            ),
        )
        self.key.apply_removal_policy(removal_policy)
        kms.CfnAlias(self, "Alias", alias_name=key_alias(contract), target_key_id=self.key.ref)
        self.arn = self.key.attr_arn
