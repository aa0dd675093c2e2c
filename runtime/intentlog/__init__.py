"""One contract per application; every side of its logging derived from it."""

from .logger import (
    ASGIMiddleware,
    StructuredFormatter,
    WSGIMiddleware,
    bind_context,
    clear_context,
    get_logger,
    init_logging,
    log_event,
    set_level,
    shutdown,
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
