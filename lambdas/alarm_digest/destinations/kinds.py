"""The kinds of destinations, and how they are configured."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from alarm_digest.message import Message

from . import discord, google_chat, mail, pagerduty, slack, teams, webhook
from .incoming import IncomingWebhook
from .mail import Email
from .pagerduty import PagerDuty
from .slack_bot import SlackBot
from .webhook import Webhook

RENDERERS: dict[str, Callable[[Message], Any]] = {
    "slack": slack.payload,
    "slack-bot": slack.payload,
    "teams": teams.payload,
    "discord": discord.payload,
    "google-chat": google_chat.payload,
    "pagerduty": pagerduty.payload,
    "webhook": webhook.payload,
    "email": mail.payload,
}
"""What each kind gets of a message: plain data, or for e-mail subject and text."""

_INCOMING = {"slack", "teams", "discord", "google-chat"}
_OTHERS: dict[str, Callable[..., "Destination"]] = {
    "slack-bot": SlackBot,
    "pagerduty": PagerDuty,
    "webhook": Webhook,
    "json": Webhook,  # what it was called when there was one destination
    "email": Email,
}


class Destination(Protocol):
    """Where messages are posted."""

    @property
    def name(self) -> str:
        """What ``environments.toml`` calls it."""
        raise NotImplementedError

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> str | None:
        """Post a message, with tries until the deadline.

        Args:
            message: The message.
            thread: What an earlier message about the same returned.
            deadline: When to give up, in seconds of ``time.monotonic()``.

        Returns:
            Where later messages about the same can be added, if the kind has such a thing.

        Raises:
            PostError: It was not taken; the text holds no secret.
        """
        raise NotImplementedError


def load(environ: Mapping[str, str]) -> tuple[Destination, ...]:
    """Read the environment variable ``DESTINATIONS``.

    It is a JSON list of objects with ``name`` and ``kind`` and what the kind wants besides:
    ``secret`` (an ARN), ``topic`` (an ARN), ``channel``, ``endpoint``.

    Raises:
        ValueError: It is not that.
    """
    return tuple(_destination(**settings) for settings in json.loads(environ["DESTINATIONS"]))


def _destination(*, kind: str, **settings: str) -> Destination:
    if kind in _INCOMING:
        return IncomingWebhook(render=RENDERERS[kind], **settings)
    if kind not in _OTHERS:
        raise ValueError(f"DESTINATIONS: no kind {kind!r}; there are: {', '.join(RENDERERS)}")
    return _OTHERS[kind](**settings)
