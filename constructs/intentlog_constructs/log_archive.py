"""The archive of a contract's streams: kept for years, unchanged, and still asked."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from intentlog.contract import Archived, Contract, archive_days, archived_streams
from intentlog.render import allow, archive_log_group, assumed_by, policy, where_pattern

from .acknowledgment import acknowledge, acknowledge_aws_key, acknowledge_role
from .archive_delivery import ArchiveDelivery
from .archive_query import ArchiveQuery
from .arn import arn_prefix
from .private_bucket import PrivateBucket

_PROBLEMS_DAYS = 30
_LIST = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_PUT = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_KEY = ("kms:Decrypt", "kms:GenerateDataKey")


class LogArchive(Construct):
    """Passes lines on from their log groups to a bucket that locks them, and lets Athena ask.

    Attributes:
        bucket: The bucket.
        deliveries: Firehose's streams, by the names of the archived streams.
        subscriptions: What passes lines on to them, likewise.
        tables: What Athena asks, likewise.
        workgroup: The Athena workgroup, ``<service>-archive``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        key_arn: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the archive; the log groups must exist when it is deployed.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract, with an ``[archive]``.
            key_arn: The key that encrypts it. Default: those of S3 and Firehose.
            removal_policy: What becomes of the bucket when the stack goes. Default: it stays.
                One that is to go is not locked, and must be emptied before.
        """
        super().__init__(scope, construct_id)
        if contract.archive is None:
            raise ValueError(f"the contract of {contract.service} has no [archive]")
        self._contract = contract
        self._key_arn = key_arn
        bucket = PrivateBucket(
            Construct(self, "Lines"),
            expires_after_days=archive_days(contract),
            transitions=[
                s3.CfnBucket.TransitionProperty(
                    storage_class="GLACIER_IR",
                    transition_in_days=contract.archive.glacier_after_days,
                )
            ],
            locked=contract.archive.immutable and removal_policy != RemovalPolicy.DESTROY,
            key_arn=key_arn,
            removal_policy=removal_policy,
        )
        self.bucket = bucket.bucket
        log_group = self._log_group()
        role = self._firehose_role(log_group)
        archived = archived_streams(contract)
        streams = Construct(self, "Streams")  # whose names are the contract's
        self.deliveries = {
            name: ArchiveDelivery(
                Construct(streams, name),
                stream=name,
                bucket_arn=self.bucket.attr_arn,
                log_group=log_group,
                role=role,
                key_arn=key_arn,
            ).delivery_stream
            for name, _, _ in archived
        }
        self.subscriptions = self._subscriptions(archived)
        query = ArchiveQuery(
            Construct(self, "Query"),
            contract=contract,
            streams=self.deliveries,
            bucket=self.bucket.ref,
            key_arn=key_arn,
            removal_policy=removal_policy,
        )
        self.tables, self.workgroup = query.tables, query.workgroup

    def _subscriptions(self, archived: Sequence[Archived]) -> dict[str, logs.CfnSubscriptionFilter]:
        """Make the filters, after their role: CloudWatch Logs tries whether it may send."""
        role = self._logs_role()
        subscriptions = Construct(self, "Subscriptions")
        return {
            stream: logs.CfnSubscriptionFilter(
                subscriptions,
                stream,
                destination_arn=self.deliveries[stream].attr_arn,
                filter_name=f"archive-{stream}",
                filter_pattern=where_pattern(where),
                log_group_name=str(log_group),
                role_arn=role.attr_arn,
            )
            for stream, log_group, where in archived
        }

    def _log_group(self) -> logs.CfnLogGroup:
        group = logs.CfnLogGroup(
            self,
            "Problems",
            log_group_name=archive_log_group(self._contract),
            retention_in_days=_PROBLEMS_DAYS,
            kms_key_id=self._key_arn,
        )
        group.apply_removal_policy(RemovalPolicy.DESTROY)
        if self._key_arn is None:
            acknowledge_aws_key(group, "NIST.800.53.R5-CloudWatchLogGroupEncrypted", "CKV_AWS_158")
        return group

    def _firehose_role(self, log_group: logs.CfnLogGroup) -> iam.CfnRole:
        """Make what Firehose writes with ("Grant Firehose access to an Amazon S3 destination")."""
        bucket = self.bucket.attr_arn
        role = self._role(
            "FirehoseRole",
            assumed_by("firehose.amazonaws.com"),
            allow(_LIST, [bucket]),
            allow(_PUT, [f"{bucket}/lines/*", f"{bucket}/errors/*"]),
            # A log group's ARN ends with ":*", which covers its streams.
            allow(["logs:PutLogEvents"], [log_group.attr_arn]),
        )
        acknowledge(
            role,
            *(
                f"AwsSolutions-IAM5[Resource::<{self._logical_id(self.bucket)}.Arn>/{folder}/*]"
                for folder in ("lines", "errors")
            ),
            because="objects have names that only exist at run time; their folders are named",
        )
        return role

    def _logs_role(self) -> iam.CfnRole:
        streams = [stream.attr_arn for stream in self.deliveries.values()]
        return self._role(
            "LogsRole",
            assumed_by("logs.amazonaws.com", for_arns=f"{arn_prefix(self, 'logs')}:*"),
            allow(["firehose:PutRecord", "firehose:PutRecordBatch"], streams),
        )

    def _role(self, construct_id: str, trust: dict[str, Any], *may: dict[str, Any]) -> iam.CfnRole:
        """Make a role; who sends to an encrypted stream, and who writes from it, needs the key."""
        key = [allow(_KEY, [self._key_arn])] if self._key_arn else []
        role = iam.CfnRole(
            self,
            construct_id,
            description=f"The archive of {self._contract.service}",
            assume_role_policy_document=trust,
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="Archive", policy_document=policy(*may, *key)
                )
            ],
        )
        acknowledge_role(role)
        return role

    def _logical_id(self, resource: CfnResource) -> str:
        return str(Stack.of(self).resolve(resource.logical_id))
