"""One contract per application; every side of its logging derived from it.

The logger is imported when one of its names is asked for: the command lines do without it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """Return one of the logger's names (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import logger  # noqa: PLC0415 -- see above

    globals()[name] = value = getattr(logger, name)
    return value
