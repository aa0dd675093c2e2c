"""The application's side: from a log call to one complete line of JSON in the right files."""

from .bound import BoundLogger, get_logger
from .context import bind_context, clear_context
from .formatter import StructuredFormatter
from .setup import init_logging, shutdown

__all__ = [
    "BoundLogger",
    "StructuredFormatter",
    "bind_context",
    "clear_context",
    "get_logger",
    "init_logging",
    "shutdown",
]
