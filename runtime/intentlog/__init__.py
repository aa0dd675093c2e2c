"""One contract per application; every side of its logging derived from it.

What an application uses is imported when one of its names is asked for: the command lines do
without it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """Return one of these names (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _setup, logger  # noqa: PLC0415 -- see above

    value = getattr(logger, name, None) or getattr(_setup, name)
    globals()[name] = value
    return value
