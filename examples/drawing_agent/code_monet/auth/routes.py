"""Asking for a magic link, and following it.

These lines show what the logger keeps to itself. Callers log what they have; an address comes
out as ``c***@example.com``, and ``token``, ``magic_link`` and ``session_id`` as ``[redacted]``:
the first is secret to every logger, the others because the contract's ``[redaction]`` says so.
"""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ..system_state import State
from .magic_links import SignInRefusedError

logger = logging.getLogger(__name__)
