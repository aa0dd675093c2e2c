"""The application's side: from a log call to one complete line of JSON in the right files."""

from .asgi import ASGIMiddleware
from .bound import BoundLogger, get_logger
from .context import bind_context, clear_context
from .events import log_event
from .formatter import StructuredFormatter
from .setup import init_logging, set_level, shutdown
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
    "init_logging",
    "log_event",
    "set_level",
    "shutdown",
    "structlog_config",
    "timed",
]
