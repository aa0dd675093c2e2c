"""A DynamoDB of one's own, and the digest's table in it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from alarm_digest import aws
from alarm_digest.destinations import secret
from sandbox.server import REGION, Sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An embedded AWS; tests keep apart by the names they use."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as started:
        yield started


@pytest.fixture
def aws_here(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The embedded AWS, where the function's clients find it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.endpoint_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    _forget_clients()
    yield sandbox
    _forget_clients()


@pytest.fixture
def table(aws_here: Sandbox) -> str:
    """The name of an empty table, as the construct makes it; the function's client finds it."""
    name = f"state-{uuid4().hex}"
    aws_here.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "service", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "service", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def _forget_clients() -> None:
    """A client keeps the address that it was made with."""
    aws._made.cache_clear()  # noqa: SLF001
    secret._provider.cache_clear()  # noqa: SLF001
