"""One contract per application; every side of its logging derived from it."""

from .logger import (
    StructuredFormatter,
    bind_context,
    clear_context,
    get_logger,
    init_logging,
    shutdown,
)

__all__ = [
    "StructuredFormatter",
    "bind_context",
    "clear_context",
    "get_logger",
    "init_logging",
    "shutdown",
]
