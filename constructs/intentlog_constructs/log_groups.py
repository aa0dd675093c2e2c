"""The log groups of a contract's streams."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import data_protection_policy

from .acknowledgment import acknowledge_aws_key
from .arn import arn_prefix

_CLASSES = {"standard": "STANDARD", "infrequent access": "INFREQUENT_ACCESS"}


class ContractLogGroups(Construct):
    """One log group for each stream that has one, kept as long as the contract says.

    Attributes:
        log_groups: The log groups by their streams' names.
        anomaly_detectors: What looks for unusual lines, by streams' names.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        key_arn: str | None = None,
        masking: bool = True,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the log groups.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
            key_arn: The key that encrypts them; its policy must let CloudWatch Logs use it.
                Default: a key of AWS.
            masking: Whether what the contract redacts is masked when lines are read, too.
                Default: it is.
            removal_policy: What becomes of the groups when the stack goes. Default: they stay,
                and are protected from deletion.
        """
        super().__init__(scope, construct_id)
        self.log_groups: dict[str, logs.CfnLogGroup] = {}
        self.anomaly_detectors: dict[str, logs.CfnLogAnomalyDetector] = {}
        indexed = list(contract.record.indexed)
        for name, log_group in contract.log_groups.items():
            stream = contract.streams[name]
            standard = stream.log_class == "standard"
            # L1, because its retention is the number of days that the contract has.
            group = logs.CfnLogGroup(
                self,
                name,
                log_group_name=log_group,
                retention_in_days=stream.retention_days,
                kms_key_id=key_arn,
                log_group_class=None if standard else _CLASSES[stream.log_class],
                data_protection_policy=data_protection_policy(contract) if masking else None,
                field_index_policies=[{"Fields": indexed}] if indexed and standard else None,
                deletion_protection_enabled=removal_policy == RemovalPolicy.RETAIN or None,
            )
            group.apply_removal_policy(removal_policy)
            if key_arn is None:
                acknowledge_aws_key(
                    group, "NIST.800.53.R5-CloudWatchLogGroupEncrypted", "CKV_AWS_158"
                )
            self.log_groups[name] = group
            if stream.anomaly_detection:
                self.anomaly_detectors[name] = self._anomaly_detector(contract, name, group)

    def _anomaly_detector(
        self, contract: Contract, stream: str, group: logs.CfnLogGroup
    ) -> logs.CfnLogAnomalyDetector:
        return logs.CfnLogAnomalyDetector(
            self,
            f"{stream}-anomalies",
            account_id=group.stack.account,
            detector_name=f"{contract.service}-{stream}",
            evaluation_frequency="FIFTEEN_MIN",
            # The attribute Arn would end with ":*", which is no log group here.
            log_group_arn_list=[f"{arn_prefix(self, 'logs')}:log-group:{group.ref}"],
        )
