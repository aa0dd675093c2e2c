"""From a log group to the archive: subscription filter, Firehose, bucket, and the table on it.

Sources: CloudWatch Logs User Guide, "Subscription filters with Amazon Data Firehose"; Firehose
Developer Guide, "Grant Firehose access to an Amazon S3 destination" and "Use server-side
encryption"; S3 User Guide, "Locking objects with Object Lock".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from intentlog.assembly.keys import is_set, key_of, lacking_for_role
from intentlog.assembly.policy import Document, Request, allows
from intentlog.assembly.resolver import Resolver
from intentlog.assembly.roles import lacking, role_of, trusts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import is_false, listed, mapping

from .finding import Finding, error

SUBSCRIPTION: Final = "AWS::Logs::SubscriptionFilter"
_STREAM: Final = "AWS::KinesisFirehose::DeliveryStream"
_BUCKET: Final = "AWS::S3::Bucket"
_KEY: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_PUT_RECORDS: Final = ("firehose:PutRecord", "firehose:PutRecordBatch")
_ON_BUCKET: Final = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_ON_OBJECTS: Final = ("s3:PutObject", "s3:AbortMultipartUpload")
_UNPACKING: Final = ("Decompression", "CloudWatchLogProcessing")
_ANYTHING: Final = {
    "Statement": [{"Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A subscription filter's way into a bucket, as far as it is in the assembly."""

    subscription: Resource
    stream: Resource
    bucket: Resource | None

    @property
    def destination(self) -> Mapping[str, Any]:
        """What the stream says of the bucket."""
        return _destination(self.stream)


def archives(resolver: Resolver) -> Iterator[Finding]:
    """Check that CloudWatch Logs may send to Firehose, and Firehose write to its bucket."""
    for subscription in resolver.of_type(SUBSCRIPTION):
        yield from _sends(resolver, subscription)
    for stream in dict.fromkeys(way.stream.key for way in ways(resolver)):
        yield from _delivers(resolver, stream)


def ways(resolver: Resolver) -> list[Way]:
    """Return the ways from log groups to Firehose."""
    return [
        Way(
            subscription=subscription,
            stream=stream,
            bucket=resolver.find(stream.stack, _destination(stream).get("BucketARN"), _BUCKET),
        )
        for subscription in resolver.of_type(SUBSCRIPTION)
        if (stream := _sent_to(resolver, subscription)) is not None
    ]


def folder(resolver: Resolver, way: Way) -> str:
    """Return the folder below which a way's lines are, whatever their day."""
    prefix = resolver.text(way.stream.stack, way.destination.get("Prefix", ""))
    fixed = prefix.partition("!{")[0]
    return fixed[: fixed.rfind("/") + 1]


def _sent_to(resolver: Resolver, subscription: Resource) -> Resource | None:
    arn = subscription.properties.get("DestinationArn")
    return resolver.find(subscription.stack, arn, _STREAM)


def _destination(stream: Resource) -> Mapping[str, Any]:
    given = stream.properties
    kinds = ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration")
    return next((mapping(given[kind]) for kind in kinds if kind in given), {})


def _sends(resolver: Resolver, subscription: Resource) -> Iterator[Finding]:
    stream = _sent_to(resolver, subscription)
    given = subscription.properties
    arn = resolver.text(subscription.stack, given.get("DestinationArn"))
    if stream is None:
        if ":firehose:" in arn and not resolver.is_elsewhere(subscription.stack, arn):
            message = f"no delivery stream {arn} is in the assembly: its lines go nowhere"
            yield error("archive-subscription", subscription, f"{message}; name one that is")
        return
    if not is_set(given.get("RoleArn")):
        message = f"it cannot send to {stream.path} without a role; give it RoleArn"
        yield error("archive-subscription", subscription, message)
        return
    role = role_of(resolver, subscription.stack, given.get("RoleArn"))
    if role is None:
        return
    cannot = f"CloudWatch Logs cannot send to {stream.path}: its role"
    if not trusts(resolver, role, "logs.amazonaws.com"):
        message = f"{cannot} does not trust logs.amazonaws.com; let it sts:AssumeRole"
        yield error("archive-subscription", role, message)
    if missing := lacking(resolver, role, _PUT_RECORDS, resolver.arn(stream)):
        message = f"{cannot} may not {' and '.join(missing)}; allow it on the stream's ARN"
        yield error("archive-subscription", role, message)
    encryption = mapping(stream.properties.get("DeliveryStreamEncryptionConfigurationInput"))
    yield from _may_use_key(
        resolver, "archive-subscription", role, (stream.stack, encryption.get("KeyARN")), cannot
    )


def _may_use_key(
    resolver: Resolver, rule: str, role: Resource, given: tuple[str, object], cannot: str
) -> Iterator[Finding]:
    stack, value = given
    key = key_of(resolver, stack, value) if is_set(value) else None
    if key and (missing := lacking_for_role(resolver, key, role, _KEY)):
        message = f"{cannot} may not {' and '.join(missing)} with key {key.path}"
        yield error(rule, role, f"{message}; allow it on the key's ARN")


def _delivers(resolver: Resolver, key: tuple[str, str]) -> Iterator[Finding]:
    stream = resolver.assembly.templates[key[0]].resources[key[1]]
    destination = _destination(stream)
    yield from _unpacks(stream, destination)
    bucket = resolver.find(stream.stack, destination.get("BucketARN"), _BUCKET)
    role = role_of(resolver, stream.stack, destination.get("RoleARN"))
    if role is None:
        return
    cannot = f"{stream.path} cannot deliver: its role"
    if not trusts(resolver, role, "firehose.amazonaws.com"):
        message = f"{cannot} does not trust firehose.amazonaws.com; let it sts:AssumeRole"
        yield error("archive-delivery", role, message)
    if bucket is None:
        return
    arn = resolver.arn(bucket)
    objects = f"{arn}/{resolver.text(stream.stack, destination.get('Prefix', ''))}"
    missing = [
        *lacking(resolver, role, _ON_BUCKET, arn),
        *lacking(resolver, role, _ON_OBJECTS, objects),
    ]
    if missing:
        message = f"{cannot} may not {' and '.join(missing)}; allow it on bucket {bucket.path}"
        yield error("archive-delivery", role, message)
    if _denied(resolver, bucket, role, objects):
        message = f"{stream.path} cannot deliver to it: its policy denies the role s3:PutObject"
        yield error("archive-delivery", bucket, f"{message}; remove the statement")
    yield from _may_use_key(
        resolver, "archive-delivery", role, (bucket.stack, _key_of_bucket(bucket)), cannot
    )


def _unpacks(stream: Resource, destination: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that what CloudWatch Logs sends, gzipped envelopes, becomes lines."""
    processing = mapping(destination.get("ProcessingConfiguration"))
    found = [mapping(one).get("Type") for one in listed(processing.get("Processors"))]
    if is_false(processing.get("Enabled", "false")):
        found = []
    if missing := [kind for kind in _UNPACKING if kind not in found]:
        message = f"it stores what no table reads: it has no processor {' and '.join(missing)}"
        yield error("archive-delivery", stream, f"{message}; add it, enabled")


def _denied(resolver: Resolver, bucket: Resource, role: Resource, objects: str) -> bool:
    documents: list[Document] = [
        (policy.stack, policy.properties.get("PolicyDocument"))
        for policy in resolver.of_type("AWS::S3::BucketPolicy")
        if (on := resolver.find(policy.stack, policy.properties.get("Bucket"), _BUCKET))
        and on.key == bucket.key
    ]
    request = Request(
        action="s3:PutObject",
        resource=objects,
        principals=(resolver.arn(role),),
        context={"aws:securetransport": "true"},
    )
    return not allows(resolver, [(bucket.stack, _ANYTHING), *documents], request)


def _key_of_bucket(bucket: Resource) -> object:
    encryption = mapping(bucket.properties.get("BucketEncryption"))
    rules: Sequence[object] = listed(encryption.get("ServerSideEncryptionConfiguration"))
    found = (mapping(mapping(rule).get("ServerSideEncryptionByDefault")) for rule in rules)
    return next((rule["KMSMasterKeyID"] for rule in found if "KMSMasterKeyID" in rule), None)
