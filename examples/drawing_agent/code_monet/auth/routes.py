"""Asking for a magic link, and following it.

These lines show what the logger keeps to itself. They pass what they have; an address comes out
as ``c***@example.com``, and ``token``, ``magic_link`` and ``session_id`` as ``[redacted]``: the
first is secret to every logger, the others because the contract's ``[redaction]`` says so.
"""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..system import State
from .magic_links import SignInRefusedError

logger = logging.getLogger(__name__)


async def send_link(request: Request[State]) -> JSONResponse:
    """Send a magic link. There is no mail server here: the caller gets it in hand."""
    email: str = (await request.json())["email"]
    try:
        token = request.state["magic_links"].create(email)
    except SignInRefusedError as refusal:
        logger.warning("Magic link refused", extra={"email": email, "reason": str(refusal)})
        return JSONResponse({}, status_code=202)  # strangers do not learn who is invited
    link = str(request.url_for("sign_in").include_query_params(email=email, token=token))
    logger.info("Magic link sent to %s", email, extra={"email": email, "magic_link": link})
    return JSONResponse({"magic_link": link}, status_code=202)


async def sign_in(request: Request[State]) -> JSONResponse:
    """Begin a session for whoever follows a magic link."""
    email = request.query_params.get("email", "")
    token = request.query_params.get("token", "")
    try:
        user_id = request.state["magic_links"].redeem(token, email)
    except SignInRefusedError as refusal:
        logger.warning(
            "Sign-in refused", extra={"email": email, "token": token, "reason": str(refusal)}
        )
        return JSONResponse({"error": "sign-in refused"}, status_code=401)
    session_id = request.state["sessions"].begin(user_id)
    # The request came from nobody yet, so that its context has no user: `extra` fills the field.
    logger.info("Signed in", extra={"user_id": user_id, "session_id": session_id})
    return JSONResponse({"user_id": user_id, "session_id": session_id})


routes = [
    Route("/links", send_link, methods=["POST"]),
    Route("/sign-in", sign_in),
]
