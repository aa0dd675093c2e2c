"""What somebody may do between a log group and its archive."""

from typing import Final

from tests.assembly.drafts import drop, put, remove
from tests.assembly.fault import (
    ARCHIVE_BUCKET,
    ARCHIVE_DELIVERY,
    ARCHIVE_POLICY,
    ARCHIVE_SUBSCRIPTION,
    ARCHIVE_TABLE,
    CHIMERA_KEY,
    FIREHOSE_ROLE,
    LOGS_ROLE,
    PLACE,
    STATEMENTS,
    Fault,
)

_TRUST = ("AssumeRolePolicyDocument", "Statement", 0, "Principal", "Service")
_DESTINATION = "ExtendedS3DestinationConfiguration"
_LOCK = ("ObjectLockConfiguration", "Rule", "DefaultRetention")
_CONTRACT = "chimera: archive.executions"
_NOTHING_SENT = (
    f"{_CONTRACT}: no subscription filter sends all lines of Chimera/executions to Firehose; make "
    "it of the contract, as LogArchive does"
)
_KEY_USE = "kms:GenerateDataKey and kms:Decrypt with key"

FAULTS: Final = (
    # From the log group to Firehose.
    Fault("a subscription filter is missing", (remove(ARCHIVE_SUBSCRIPTION),), (_NOTHING_SENT,)),
    Fault(
        "a subscription filter passes other lines on",
        (put(ARCHIVE_SUBSCRIPTION, "FilterPattern", value='{ $.event = "execution" }'),),
        (_NOTHING_SENT,),
    ),
    Fault(
        "a subscription filter names a delivery stream that does not exist",
        (
            put(
                ARCHIVE_SUBSCRIPTION,
                "DestinationArn",
                value=f"arn:aws:firehose:{PLACE}:deliverystream/archive",
            ),
        ),
        (
            (
                f"{ARCHIVE_SUBSCRIPTION}: no delivery stream arn:aws:firehose:{PLACE}:"
                "deliverystream/archive is in the assembly: its lines go nowhere; name one that is"
            ),
            _NOTHING_SENT,
        ),
    ),
    Fault(
        "a subscription filter has no role",
        (drop(ARCHIVE_SUBSCRIPTION, "RoleArn"),),
        (
            (
                f"{ARCHIVE_SUBSCRIPTION}: it cannot send to {ARCHIVE_DELIVERY} without a role; "
                "give it RoleArn"
            ),
        ),
    ),
    Fault(
        "a subscription filter's role is that of another service",
        (put(LOGS_ROLE, *_TRUST, value="lambda.amazonaws.com"),),
        (
            (
                f"{LOGS_ROLE}: CloudWatch Logs cannot send to {ARCHIVE_DELIVERY}: its role does "
                "not trust logs.amazonaws.com; let it sts:AssumeRole"
            ),
        ),
    ),
    Fault(
        "a subscription filter's role may not send",
        (put(LOGS_ROLE, *STATEMENTS, 0, "Action", value=["firehose:PutRecord"]),),
        (
            (
                f"{LOGS_ROLE}: CloudWatch Logs cannot send to {ARCHIVE_DELIVERY}: its role may not "
                "firehose:PutRecordBatch; allow it on the stream's ARN"
            ),
        ),
    ),
    Fault(
        "a subscription filter's role may not use the stream's key",
        (drop(LOGS_ROLE, *STATEMENTS, 1),),
        (
            (
                f"{LOGS_ROLE}: CloudWatch Logs cannot send to {ARCHIVE_DELIVERY}: its role may not "
                f"{_KEY_USE} {CHIMERA_KEY}; allow it on the key's ARN"
            ),
        ),
    ),
    # From Firehose to the bucket.
    Fault(
        "Firehose does not unpack",
        (drop(ARCHIVE_DELIVERY, _DESTINATION, "ProcessingConfiguration"),),
        (
            (
                f"{ARCHIVE_DELIVERY}: it stores what no table reads: it has no processor "
                "Decompression and CloudWatchLogProcessing; add it, enabled"
            ),
        ),
    ),
    Fault(
        "Firehose's processors are switched off",
        (put(ARCHIVE_DELIVERY, _DESTINATION, "ProcessingConfiguration", "Enabled", value="false"),),
        (
            (
                f"{ARCHIVE_DELIVERY}: it stores what no table reads: it has no processor "
                "Decompression and CloudWatchLogProcessing; add it, enabled"
            ),
        ),
    ),
    Fault(
        "Firehose's role is that of another service",
        (put(FIREHOSE_ROLE, *_TRUST, value="logs.amazonaws.com"),),
        (
            (
                f"{FIREHOSE_ROLE}: {ARCHIVE_DELIVERY} cannot deliver: its role does not trust "
                "firehose.amazonaws.com; let it sts:AssumeRole"
            ),
        ),
    ),
    Fault(
        "Firehose's role may write to another folder only",
        (
            put(
                FIREHOSE_ROLE,
                *(*STATEMENTS, 1, "Resource"),
                value=[{"Fn::Sub": "${ArchiveLinesBucket3CABF349.Arn}/old/*"}],
            ),
        ),
        (
            (
                f"{FIREHOSE_ROLE}: {ARCHIVE_DELIVERY} cannot deliver: its role may not "
                f"s3:PutObject and s3:AbortMultipartUpload; allow it on bucket {ARCHIVE_BUCKET}"
            ),
        ),
    ),
    Fault(
        "Firehose's role may not look at the bucket",
        (drop(FIREHOSE_ROLE, *STATEMENTS, 0),),
        (
            (
                f"{FIREHOSE_ROLE}: {ARCHIVE_DELIVERY} cannot deliver: its role may not "
                "s3:GetBucketLocation and s3:ListBucket and s3:ListBucketMultipartUploads; allow "
                f"it on bucket {ARCHIVE_BUCKET}"
            ),
        ),
    ),
    Fault(
        "Firehose's role may not use the bucket's key",
        (drop(FIREHOSE_ROLE, *STATEMENTS, 3),),
        (
            (
                f"{FIREHOSE_ROLE}: {ARCHIVE_DELIVERY} cannot deliver: its role may not {_KEY_USE} "
                f"{CHIMERA_KEY}; allow it on the key's ARN"
            ),
        ),
    ),
    Fault(
        "the bucket's policy lets nobody write",
        (
            put(
                ARCHIVE_POLICY,
                *("PolicyDocument", "Statement", 0),
                value={
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:Put*",
                    "Resource": {"Fn::Sub": "${ArchiveLinesBucket3CABF349.Arn}/*"},
                },
            ),
        ),
        (
            (
                f"{ARCHIVE_BUCKET}: {ARCHIVE_DELIVERY} cannot deliver to it: its policy denies the "
                "role s3:PutObject; remove the statement"
            ),
        ),
    ),
    # What the contract promises.
    Fault(
        "the archive expires too soon",
        (
            put(
                ARCHIVE_BUCKET,
                *("LifecycleConfiguration", "Rules", 0, "ExpirationInDays"),
                value=365,
            ),
        ),
        (
            (
                f"{ARCHIVE_BUCKET}: it keeps a line 365 days; the contract of chimera says 1096 "
                "days; set ExpirationInDays to that"
            ),
        ),
    ),
    Fault(
        "the archive never expires",
        (put(ARCHIVE_BUCKET, *("LifecycleConfiguration", "Rules"), value=[]),),
        (
            (
                f"{ARCHIVE_BUCKET}: it keeps a line for ever; the contract of chimera says 1096 "
                "days; set ExpirationInDays to that"
            ),
        ),
    ),
    *(
        Fault(
            name,
            (change,),
            (
                (
                    f"{ARCHIVE_BUCKET}: a line can be changed or deleted within 1096 days: it is "
                    "not locked for them; lock it in COMPLIANCE mode"
                ),
            ),
        )
        for name, change in (
            ("the archive is not locked", drop(ARCHIVE_BUCKET, "ObjectLockConfiguration")),
            (
                "somebody may unlock the archive",
                put(ARCHIVE_BUCKET, *_LOCK, "Mode", value="GOVERNANCE"),
            ),
            ("the archive is locked for two years", put(ARCHIVE_BUCKET, *_LOCK, "Days", value=730)),
        )
    ),
    Fault(
        "a table reads another folder",
        (
            put(
                ARCHIVE_TABLE,
                *("TableInput", "StorageDescriptor", "Location"),
                value={"Fn::Sub": "s3://${ArchiveLinesBucket3CABF349}/executions/"},
            ),
        ),
        (
            (
                f"{ARCHIVE_DELIVERY}: no table chimera_archive.executions reads what it writes, "
                "below s3://<chimera-archive.ArchiveLinesBucket3CABF349>/lines/executions/; add "
                "one, as LogArchive does"
            ),
        ),
    ),
)
