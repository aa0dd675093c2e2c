"""Links that let somebody in once."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass


class SignInRefusedError(Exception):
    """A link does not let anybody in; its text says why."""


@dataclass(slots=True)
class _Link:
    email: str
    expires: float
    used: bool = False


class MagicLinks:
    """Makes links for those who are invited, and takes them back."""

    def __init__(self, invited: Mapping[str, int], *, valid_seconds: float) -> None:
        self._invited = invited
        self._valid_seconds = valid_seconds
        self._links: dict[str, _Link] = {}

    def create(self, email: str) -> str:
        """Return a new link's token.

        Raises:
            SignInRefusedError: The address is not invited.
        """
        if email not in self._invited:
            raise SignInRefusedError("not invited")
        token = secrets.token_urlsafe(24)
        self._links[token] = _Link(email, time.monotonic() + self._valid_seconds)
        return token

    def redeem(self, token: str, email: str) -> int:
        """Use a link up, and return the id of its user.

        Raises:
            SignInRefusedError: There is no such link, or it is used or expired.
        """
        link = self._links.get(token)
        if link is None or link.email != email:
            raise SignInRefusedError("no such link")
        if link.used:
            raise SignInRefusedError("used before")
        if link.expires < time.monotonic():
            raise SignInRefusedError("expired")
        link.used = True
        return self._invited[email]
