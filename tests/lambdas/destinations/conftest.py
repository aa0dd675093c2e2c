"""The other end: webhooks on loopback, and secrets in an embedded AWS."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from sandbox.server import Sandbox
from tests.lambdas.destinations.server import Server

PutSecret = Callable[..., str]


@pytest.fixture
def server() -> Iterator[Server]:
    """A webhook that takes everything, until its answers are changed."""
    with Server([(200, {}, b"ok")]) as one:
        yield one


@pytest.fixture
def put_secret(aws_here: Sandbox) -> PutSecret:
    """Put a secret's value, or another one for an ARN, and return its ARN."""
    manager = aws_here.client("secretsmanager")

    def put(value: str, arn: str = "") -> str:
        if arn:
            manager.put_secret_value(SecretId=arn, SecretString=value)
            return arn
        made = manager.create_secret(Name=f"destination-{uuid4().hex}", SecretString=value)
        return str(made["ARN"])

    return put
