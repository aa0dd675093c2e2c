"""The application's side: from a log call to one complete line of JSON in the right files."""

from .asgi import ASGIMiddleware
from .bound import BoundLogger, get_logger
from .context import bind_context, clear_context
from .events import log_event
from .formatter import StructuredFormatter
from .structlog_door import structlog_config
from .timed import timed
from .wsgi import WSGIMiddleware

__all__ = [
    "ASGIMiddleware",
    "BoundLogger",
    "StructuredFormatter",
    "WSGIMiddleware",
    "bind_context",
    "clear_context",
    "get_logger",
    "log_event",
    "structlog_config",
    "timed",
]
