"""Who is signed in, and which of them a request comes from."""

import secrets
from dataclasses import dataclass

from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser
from starlette.requests import HTTPConnection

SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class User(BaseUser):
    """Somebody who is signed in."""

    user_id: int

    @property
    def is_authenticated(self) -> bool:
        """True: who is not signed in is an ``UnauthenticatedUser``."""
        return True

    @property
    def identity(self) -> int:  # type: ignore[override] # this application's ids are numbers
        """The user's id."""
        return self.user_id


class Sessions:
    """The sessions that are open."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def begin(self, user_id: int) -> str:
        """Return the id of a new session."""
        session_id = secrets.token_urlsafe(24)
        self._users[session_id] = User(user_id)
        return session_id

    def user(self, session_id: str) -> User | None:
        """Return whose session it is, if it is one."""
        return self._users.get(session_id)


class SessionBackend(AuthenticationBackend):
    """Knows people by ``Authorization: Bearer <session>``."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, User] | None:
        """Return the user and what they may do; None for everybody else."""
        scheme, _, session_id = conn.headers.get("Authorization", "").partition(" ")
        sessions: Sessions = conn.state.sessions
        user = sessions.user(session_id) if scheme == "Bearer" else None
        return (AuthCredentials([SIGNED_IN]), user) if user else None
