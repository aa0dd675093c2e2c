"""Who may do what, each on named resources and nothing else.

Actions and forms of ARNs are those of the AWS "Service Authorization Reference".
"""

from collections.abc import Sequence
from typing import Any

from intentlog.contract import Contract

PolicyDocument = dict[str, Any]


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    """Return a policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """Return the statement of an identity's policy that allows actions on resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def assumed_by(service: str, *, for_arns: str | None = None) -> PolicyDocument:
    """Return the trust policy of a role that an AWS service takes on: ``ec2.amazonaws.com``.

    Args:
        service: The service.
        for_arns: What it may take it on for, as a pattern of ARNs. Default: anything.
    """
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
    }
    condition = {"StringLike": {"aws:SourceArn": for_arns}}
    return policy(statement | ({"Condition": condition} if for_arns else {}))


def over_tls_only(action: str, *resources: str) -> dict[str, Any]:
    """Return the statement of a resource's policy that refuses plain HTTP to everybody."""
    return {
        "Sid": "OverTlsOnly",
        "Effect": "Deny",
        "Action": action,
        "Principal": "*",
        "Resource": resources[0] if len(resources) == 1 else list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def agent_policy(
    contract: Contract, *, logs_arn_prefix: str, parameter_arns: Sequence[str]
) -> PolicyDocument:
    """Let a host write to the log groups, read its configuration, and be logged in to.

    Args:
        contract: The application's contract.
        logs_arn_prefix: What log groups' ARNs begin with: ``arn:aws:logs:us-east-1:123456789012``.
        parameter_arns: ARNs of the SSM parameters that hold its configuration.
    """
    streams = [f"{logs_arn_prefix}:log-group:{group}:*" for group in contract.log_groups.values()]
    return policy(
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams),
        allow(["ssm:GetParameter"], parameter_arns),
        session_manager(),
    )


def process_policy(contract: Contract, *, logs_arn_prefix: str) -> PolicyDocument:
    """Let an application that delivers its own lines write to its log groups, and make them.

    Args:
        contract: The application's contract.
        logs_arn_prefix: What log groups' ARNs begin with: ``arn:aws:logs:us-east-1:123456789012``.
    """
    groups = [f"{logs_arn_prefix}:log-group:{group}" for group in contract.log_groups.values()]
    actions = (
        *("logs:CreateLogGroup", "logs:CreateLogStream"),
        *("logs:PutLogEvents", "logs:PutRetentionPolicy"),
    )
    return policy(allow(actions, [arn for group in groups for arn in (group, f"{group}:*")]))


def session_manager() -> dict[str, Any]:
    """Return the statement that lets Session Manager reach a host: what its agent calls, no more.

    It is all of what the managed policy ``AmazonSSMManagedInstanceCore`` allows that a session
    needs; the rest runs commands, patches, and reads every parameter of the account. None of
    these actions can be limited to a resource.
    """
    channels = [
        f"ssmmessages:{action}{channel}Channel"
        for channel in ("Control", "Data")
        for action in ("Create", "Open")
    ]
    return allow(["ssm:UpdateInstanceInformation", *channels], ["*"])
