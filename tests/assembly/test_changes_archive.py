"""What a review says of an archive that keeps, locks or gets less."""

import pytest

from tests.assembly.changing import KEEP, Body, assembly, resource, said, said_of_properties

BUCKET = "AWS::S3::Bucket"
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def expiring(days: int, *, glacier: int = 30) -> Body:
    """A bucket's lifecycle."""
    transitions = [{"StorageClass": "GLACIER_IR", "TransitionInDays": glacier}]
    rule = {"Status": "Enabled", "ExpirationInDays": days, "Transitions": transitions}
    return {"LifecycleConfiguration": {"Rules": [rule]}}


def locked(days: int, mode: str = "COMPLIANCE") -> Body:
    """A bucket's lock."""
    rule = {"DefaultRetention": {"Mode": mode, "Days": days}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


def encrypted(**key: str) -> Body:
    """A bucket's encryption."""
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", **key}}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def to(**destination: object) -> Body:
    """A delivery stream's destination."""
    return {"ExtendedS3DestinationConfiguration": destination}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            expiring(1096),
            expiring(365),
            (
                "! Bucket `shop/It` keeps what it holds shorter, `1096 days` → `365 days`: what is "
                "older is deleted"
            ),
        ),
        (
            expiring(365),
            {},
            (
                "Bucket `shop/It` keeps what it holds longer, `365 days` → `for ever`: more is "
                "stored and paid for"
            ),
        ),
        (
            expiring(365),
            expiring(365, glacier=90),
            "Bucket `shop/It` moves what it holds to other storage, or at another time",
        ),
        (
            locked(1096),
            locked(365),
            (
                "! Bucket `shop/It` locks what arrives less, `COMPLIANCE for 1096 days` → "
                "`COMPLIANCE for 365 days`: it can be deleted before its time"
            ),
        ),
        (
            locked(1096),
            locked(1096, "GOVERNANCE"),
            (
                "! Bucket `shop/It` locks what arrives less, `COMPLIANCE for 1096 days` → "
                "`GOVERNANCE for 1096 days`: it can be deleted before its time"
            ),
        ),
        (
            {},
            locked(1096),
            (
                "Bucket `shop/It` locks what arrives, `not at all` → `COMPLIANCE for 1096 days`: "
                "nobody can take that back"
            ),
        ),
        (
            {"ObjectLockEnabled": True},
            {},
            (
                "! Bucket `shop/It` can no longer be locked: what arrives can be deleted before "
                "its time"
            ),
        ),
        (
            {"VersioningConfiguration": {"Status": "Enabled"}},
            {"VersioningConfiguration": {"Status": "Suspended"}},
            "! Bucket `shop/It` keeps no older versions: what is overwritten or deleted is lost",
        ),
        (
            {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
            (
                "! Bucket `shop/It` may be made public: `BlockPublicPolicy`, `IgnorePublicAcls`, "
                "`RestrictPublicBuckets` is off"
            ),
        ),
        (
            encrypted(KMSMasterKeyID="old"),
            encrypted(),
            (
                "! Bucket `shop/It` no longer encrypts what arrives with a key of the account: to "
                "read it takes no key"
            ),
        ),
        (
            encrypted(KMSMasterKeyID="old"),
            encrypted(KMSMasterKeyID="new"),
            (
                "Bucket `shop/It` encrypts what arrives with another key: what is there still "
                "needs the old"
            ),
        ),
    ],
)
def test_buckets(old: Body, new: Body, expected: str) -> None:
    """What is kept shorter or can be changed is dangerous."""
    assert said_of_properties(BUCKET, old, new) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            to(Prefix="lines/app/"),
            to(Prefix="app/"),
            (
                "! Delivery stream `shop/It` delivers to another folder, which the table must "
                "read, too, `lines/app/` → `app/`"
            ),
        ),
        (
            to(BucketARN="arn:aws:s3:::a"),
            to(BucketARN="arn:aws:s3:::b"),
            (
                "! Delivery stream `shop/It` delivers to another bucket, `arn:aws:s3:::a` → "
                "`arn:aws:s3:::b`"
            ),
        ),
        (
            to(CompressionFormat="GZIP"),
            to(CompressionFormat="Snappy"),
            "Delivery stream `shop/It` changes `CompressionFormat`, `GZIP` → `Snappy`",
        ),
    ],
)
def test_delivery_streams(old: Body, new: Body, expected: str) -> None:
    """What the table would read no more is dangerous."""
    assert said_of_properties(STREAM, old, new) == [expected]


def test_an_archive_that_goes_is_dangerous() -> None:
    """Whether its bucket stays or not."""
    other = {"Other": resource("AWS::Athena::WorkGroup", Name="w")}
    before = {"Lines": resource(BUCKET, KEEP), "Delivery": resource(STREAM), **other}

    assert said(assembly(shop=before), assembly(shop=other)) == [
        (
            "! Bucket `shop/Lines` is in the templates no more and stays, with what it holds, and "
            "nobody looks after it: what is archived there cannot be counted on"
        ),
        "! Delivery stream `shop/Delivery` is removed: the archive gets no more lines",
    ]
