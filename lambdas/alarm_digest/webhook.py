"""Posting to a webhook: delivered, or an error; nothing in between."""

import json
from typing import Any
from urllib.parse import urlsplit

import urllib3

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_TIMEOUT = urllib3.Timeout(connect=3, read=7)
_http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)


class WebhookError(Exception):
    """The webhook did not take the message. The text never holds the URL: it is a secret."""


def post(url: str, payload: dict[str, Any]) -> None:
    """Post a payload as JSON; certificates are verified and redirects are not followed.

    Raises:
        WebhookError: It was not taken: bad URL, no connection, or no 2xx answer.
    """
    _check(url)
    try:
        response = _http.request(
            "POST",
            url,
            body=json.dumps(payload).encode(),
            headers={"Content-Type": "application/json"},
            redirect=False,
        )
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise WebhookError(f"the webhook cannot be reached: {type(error).__name__}") from None
    if not 200 <= response.status < 300:  # noqa: PLR2004
        raise WebhookError(f"the webhook answered {response.status}")


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        secure = False
    if not secure:
        raise WebhookError(
            "the secret does not hold an https URL: put the webhook's URL there, "
            "with `aws secretsmanager put-secret-value`"
        )
