"""Clients of AWS, which give up in seconds: patience is the deadline's."""

from functools import cache
from threading import Lock
from typing import Any

_MAKING = Lock()


def client(service: str) -> Any:
    """Return a service's client, made at the first call; threads may share it."""
    with _MAKING:  # boto3 makes clients in one thread at a time
        return _made(service)


@cache
def _made(service: str) -> Any:
    import boto3  # noqa: PLC0415 -- rendering a message needs no AWS
    from botocore.config import Config  # noqa: PLC0415 -- the same

    config = Config(
        connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"}
    )
    return boto3.client(service, config=config)
