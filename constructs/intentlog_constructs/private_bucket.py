"""A bucket that nobody sees, and whose objects go when their time is over."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from intentlog.render import over_tls_only, policy

from .acknowledgment import acknowledge, acknowledge_aws_key

_UPLOAD_DAYS = 7


class PrivateBucket:
    """A versioned, encrypted bucket, over TLS only, with nothing public.

    Attributes:
        bucket: The bucket.
        policy: Its policy: whoever writes to it must wait for that.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        expires_after_days: int,
        transitions: Sequence[s3.CfnBucket.TransitionProperty] = (),
        locked: bool = False,
        key_arn: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the bucket.

        Args:
            scope: What its resources belong to.
            expires_after_days: When an object is deleted.
            transitions: When an object changes its storage class. Default: never.
            locked: Whether nobody can change or delete an object before. Default: it can be.
            key_arn: The key that encrypts the objects. Default: that of S3.
            removal_policy: What becomes of it when the stack goes. Default: it stays.
        """
        self.bucket = s3.CfnBucket(
            scope,
            "Bucket",
            bucket_encryption=_encryption(key_arn),
            lifecycle_configuration=_lifecycle(expires_after_days, transitions),
            object_lock_enabled=locked or None,
            object_lock_configuration=_lock(expires_after_days) if locked else None,
            ownership_controls=s3.CfnBucket.OwnershipControlsProperty(
                rules=[{"objectOwnership": "BucketOwnerEnforced"}]
            ),
            public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
            ),
            versioning_configuration=s3.CfnBucket.VersioningConfigurationProperty(status="Enabled"),
        )
        self.bucket.apply_removal_policy(removal_policy)
        arn = self.bucket.attr_arn
        self.policy = s3.CfnBucketPolicy(
            scope,
            "Policy",
            bucket=self.bucket.ref,
            policy_document=policy(over_tls_only("s3:*", arn, f"{arn}/*")),
        )
        # As long as the bucket is there, so is what protects it.
        self.policy.apply_removal_policy(removal_policy)
        self._acknowledge(key_arn)

    def _acknowledge(self, key_arn: str | None) -> None:
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            "NIST.800.53.R5-S3BucketLoggingEnabled",
            "CKV_AWS_18",
            because="who reads and writes objects is told by CloudTrail's data events, in the "
            "account's trail; a log of its own would need one more bucket",
        )
        acknowledge(
            self.bucket,
            "NIST.800.53.R5-S3BucketReplicationEnabled",
            because="S3 keeps each object in three zones; a copy in another region is the "
            "account's decision, and its cost",
        )
        if key_arn is None:
            acknowledge_aws_key(self.bucket, "NIST.800.53.R5-S3DefaultEncryptionKMS")


def _encryption(key_arn: str | None) -> s3.CfnBucket.BucketEncryptionProperty:
    by_default = s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
        sse_algorithm="aws:kms" if key_arn else "AES256", kms_master_key_id=key_arn
    )
    return s3.CfnBucket.BucketEncryptionProperty(
        server_side_encryption_configuration=[
            s3.CfnBucket.ServerSideEncryptionRuleProperty(
                server_side_encryption_by_default=by_default,
                # One request to the key a day and prefix, instead of one an object.
                bucket_key_enabled=True if key_arn else None,
            )
        ]
    )


def _lock(days: int) -> s3.CfnBucket.ObjectLockConfigurationProperty:
    retention = s3.CfnBucket.DefaultRetentionProperty(mode="COMPLIANCE", days=days)
    return s3.CfnBucket.ObjectLockConfigurationProperty(
        object_lock_enabled="Enabled",
        rule=s3.CfnBucket.ObjectLockRuleProperty(default_retention=retention),
    )


def _lifecycle(
    days: int, transitions: Sequence[s3.CfnBucket.TransitionProperty]
) -> s3.CfnBucket.LifecycleConfigurationProperty:
    return s3.CfnBucket.LifecycleConfigurationProperty(
        rules=[
            s3.CfnBucket.RuleProperty(
                id="Expire",
                status="Enabled",
                expiration_in_days=days,
                noncurrent_version_expiration=s3.CfnBucket.NoncurrentVersionExpirationProperty(
                    noncurrent_days=1
                ),
                transitions=list(transitions) or None,
                abort_incomplete_multipart_upload=(
                    s3.CfnBucket.AbortIncompleteMultipartUploadProperty(
                        days_after_initiation=_UPLOAD_DAYS
                    )
                ),
            ),
            # What an object that expired leaves behind in a versioned bucket.
            s3.CfnBucket.RuleProperty(
                id="DeleteMarkers", status="Enabled", expired_object_delete_marker=True
            ),
        ]
    )
