"""One contract per application; every side of its logging derived from it."""

from ._setup import init_logging, set_level, shutdown
from .logger import (
    ASGIMiddleware,
    StructuredFormatter,
    WSGIMiddleware,
    bind_context,
    clear_context,
    get_logger,
    log_event,
    structlog_config,
    timed,
)

__all__ = [
    "ASGIMiddleware",
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
