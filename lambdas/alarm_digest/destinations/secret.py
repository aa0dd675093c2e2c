"""Secrets of destinations: kept for some minutes, and read anew when a destination refuses one."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from alarm_digest.aws import client
from alarm_digest.post import PostError

T = TypeVar("T")

_KEPT_SECONDS = 300


def with_secret(arn: str, use: Callable[[str], T]) -> T:
    """Use a secret; if it is refused and has been changed since it was read, use it once more.

    Raises:
        PostError: The secret cannot be read, or ``use`` raised it.
    """
    value = _read(arn)
    try:
        return use(value)
    except PostError as error:
        if not error.secret_refused:
            raise
        changed = _read(arn, anew=True)
        if changed == value:
            raise
    return use(changed)


def _read(arn: str, *, anew: bool = False) -> str:
    from aws_lambda_powertools.utilities.parameters import (  # noqa: PLC0415 -- rendering needs none
        GetParameterError,
    )

    try:
        value = _provider().get(arn, max_age=_KEPT_SECONDS, force_fetch=anew)
    except GetParameterError as error:
        raise PostError(f"the secret cannot be read: {error}") from None
    return str(value).strip()


@cache
def _provider() -> Any:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415 -- as above

    return SecretsProvider(boto3_client=client("secretsmanager"))
