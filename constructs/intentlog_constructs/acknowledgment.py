"""Findings of cdk-nag and checkov that are as they should be, each with its reason."""

from collections.abc import Iterable

from aws_cdk import Acknowledgment, Aws, CfnResource, Validations

_CHECKOV = "CKV_"
_LOG_STREAMS = "log streams have names that only exist at run time; the log group is named"
INLINE_POLICY = (
    "an inline policy is that of one role, goes with it, and cannot be attached to another"
)


def acknowledge(resource: CfnResource, *rules: str, because: str) -> None:
    """Acknowledge rules of cdk-nag or checkov for a resource.

    Args:
        resource: The resource.
        rules: As they are told: ``AwsSolutions-IAM5[Resource::*]``, ``CKV_AWS_117``.
        because: Why it is as it should be.
    """
    of_checkov = [rule for rule in rules if rule.startswith(_CHECKOV)]
    Validations.of(resource).acknowledge(
        *(Acknowledgment(id=rule, reason=because) for rule in rules if rule not in of_checkov)
    )
    if of_checkov:
        # Checkov reads templates, so it is told there ("Suppressing and skipping policies").
        earlier = (resource.get_metadata("checkov") or {}).get("skip", [])
        skip = [{"id": rule, "comment": because} for rule in of_checkov]
        resource.add_metadata("checkov", {"skip": [*earlier, *skip]})


def acknowledge_role(role: CfnResource, *, log_groups: Iterable[str] = ()) -> None:
    """Acknowledge what every role here has: an inline policy, and streams of named log groups.

    Args:
        role: The role.
        log_groups: ARNs of log groups whose streams its policy allows, without ``:*``.
    """
    acknowledge(role, "NIST.800.53.R5-IAMNoInlinePolicy", because=INLINE_POLICY)
    acknowledge_streams(role, log_groups)


def acknowledge_streams(policy: CfnResource, log_groups: Iterable[str]) -> None:
    """Acknowledge that a policy allows all streams of these log groups (ARNs without ``:*``)."""
    acknowledge(
        policy,
        *(f"AwsSolutions-IAM5[Resource::{_as_told(arn)}:*]" for arn in log_groups),
        because=_LOG_STREAMS,
    )


def _as_told(arn: str) -> str:
    """Write an ARN as cdk-nag does, where a token is not known before the deploy."""
    for token, name in (
        (Aws.PARTITION, "AWS::Partition"),
        (Aws.REGION, "AWS::Region"),
        (Aws.ACCOUNT_ID, "AWS::AccountId"),
    ):
        arn = arn.replace(token, f"<{name}>")
    return arn


def acknowledge_aws_key(resource: CfnResource, *rules: str) -> None:
    """Acknowledge that a resource is encrypted with a key of AWS: the environment says so."""
    because = 'the environment says `encryption = "aws-owned"`; AWS\'s own keys encrypt it'
    acknowledge(resource, *rules, because=because)
