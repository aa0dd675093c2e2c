"""Adds actions to MiniStack's CloudWatch API, in the JSON protocol that boto3 and the CLI speak."""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ministack.services import cloudwatch

from intentlog.errors import IntentlogError

Action = Callable[[dict[str, Any]], dict[str, Any]]


class ApiError(IntentlogError):
    """An answer that is an error.

    Args:
        code: The error's code, as ``ValidationError``.
        message: What it says.
        status: The HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def install(actions: Mapping[str, Action]) -> None:
    """Let CloudWatch answer these actions; once a process."""
    native = cloudwatch.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        action = actions.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if action is None:
            return await native(method, path, headers, body, query)
        return _answered(action, body)

    cloudwatch.handle_request = handle_request


def _answered(action: Action, body: bytes) -> Any:
    try:
        answer = action(json.loads(body or b"{}"))
    except ApiError as error:
        return cloudwatch._error(error.code, str(error), error.status, use_json=True)
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    return 200, headers, json.dumps(answer, default=_epoch).encode()


def _epoch(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"an answer holds what JSON cannot carry: {value!r}")
