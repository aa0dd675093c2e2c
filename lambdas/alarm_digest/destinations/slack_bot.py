"""Slack with a bot's token: https://docs.slack.dev/reference/methods/chat.postMessage."""

import json
import re
from dataclasses import dataclass
from typing import Any

from alarm_digest.message import Message
from alarm_digest.post import PostError, post

from . import slack
from .secret import with_secret

_ENDPOINT = "https://slack.com/api/chat.postMessage"
_TOKEN_REFUSED = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}
_NO_SUCH_THREAD = {"message_not_found", "thread_not_found"}


class _SlackError(PostError):
    """Slack answered ``ok: false``; ``code`` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}", secret_refused=code in _TOKEN_REFUSED)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackBot:
    """A channel of Slack, written to by a bot that was invited there; the secret is its token."""

    name: str
    secret: str
    channel: str
    endpoint: str = _ENDPOINT

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> str | None:
        """Post a message, into a thread if there is one, and return the thread's ``ts``.

        In a thread, what wants somebody to act is shown in the channel, too.

        Raises:
            PostError: It was not taken.
        """
        content = slack.payload(message) | {"channel": self.channel}
        if thread is None:
            return self._send(content, deadline)
        loud = message.status in {"ringing", "flapping"}
        reply = content | {"thread_ts": thread, "reply_broadcast": loud}
        try:
            self._send(reply, deadline)
        except _SlackError as error:
            if error.code not in _NO_SUCH_THREAD:
                raise
            return self._send(content, deadline)  # somebody deleted it
        return thread

    def _send(self, content: dict[str, Any], deadline: float) -> str | None:
        body = json.dumps(content).encode()

        def send(token: str) -> str | None:
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json; charset=utf-8",
            }
            return _ts(post(self.endpoint, body, deadline=deadline, headers=headers))

        return with_secret(self.secret, send)


def _ts(answer: bytes) -> str | None:
    """Read the message's ``ts``: its time, and its name as the beginning of a thread."""
    try:
        data = json.loads(answer)
        if data["ok"]:
            return str(data["ts"])
        code = str(data.get("error"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PostError("Slack answered something that is not its API's") from None
    raise _SlackError(code if re.fullmatch(r"\w{1,50}", code) else "an unknown error")
