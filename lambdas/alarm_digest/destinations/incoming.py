"""Incoming webhooks of chats: the secret is the URL, the URL is all they want to know."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alarm_digest.message import Message
from alarm_digest.post import post

from .secret import with_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingWebhook:
    """A webhook, and what it takes."""

    name: str
    secret: str
    render: Callable[[Message], dict[str, Any]]

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> None:
        """Post a message; it begins a thread of its own.

        Raises:
            PostError: It was not taken.
        """
        del thread
        body = json.dumps(self.render(message)).encode()
        with_secret(self.secret, lambda url: post(url, body, deadline=deadline))
