"""The beginnings of ARNs."""

from aws_cdk import Aws, Stack
from constructs import Construct


def arn_prefix(scope: Construct, service: str) -> str:
    """Return what ARNs of a service begin with in a construct's stack, without a last colon."""
    stack = Stack.of(scope)
    return f"arn:{Aws.PARTITION}:{service}:{stack.region}:{stack.account}"
