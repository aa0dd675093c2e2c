"""The entry point: a batch of SQS records becomes one posted message."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities import parameters

from .digest import digest
from .notification import parse
from .payload import RENDERERS
from .webhook import WebhookError, post

logger = Logger()

_SECRET_SECONDS = 300


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Post one digest of all records; if it is not taken, all of them are tried again.

    Environment variables: ``WEBHOOK_SECRET_ARN`` (the secret that holds the URL),
    ``WEBHOOK_KIND`` (``slack`` or ``json``), ``POWERTOOLS_SERVICE_NAME``.

    Returns:
        The records to retry (``batchItemFailures``): none or all. SQS dead-letters them after
        its number of attempts.
    """
    records = event["Records"]
    message = digest(
        os.environ["POWERTOOLS_SERVICE_NAME"], [parse(record["body"]) for record in records]
    )
    try:
        post(_webhook_url(), RENDERERS[os.environ["WEBHOOK_KIND"]](message))
    except (WebhookError, parameters.GetParameterError) as error:
        # No stack trace: its locals and causes could hold the URL, which is a secret.
        logger.error(  # noqa: TRY400
            "digest not posted",
            reason=str(error),
            notifications=len(records),
            ringing=message.ringing,
        )
        return {
            "batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]
        }
    logger.info(
        "digest posted", title=message.title, notifications=len(records), ringing=message.ringing
    )
    return {"batchItemFailures": []}


def _webhook_url() -> str:
    secret = parameters.get_secret(os.environ["WEBHOOK_SECRET_ARN"], max_age=_SECRET_SECONDS)
    return str(secret).strip()
