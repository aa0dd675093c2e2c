"""What can be set, and the first line of a run, which says what was."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

logger = logging.getLogger(__name__)

_INVITED = MappingProxyType(
    {
        "claude.monet@example.com": 42,
        "berthe.morisot@example.com": 7,
        "camille.pissarro@example.com": 108,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The application's settings."""

    invited: Mapping[str, int] = field(default_factory=lambda: _INVITED)
    """Who may sign in: email address to user id."""
    link_seconds: float = 900.0
    canvas_size: tuple[int, int] = (800, 600)


def load_settings() -> Settings:
    """Return the settings; a real application would read its environment here."""
    settings = Settings()
    logger.info(
        "Configured",
        extra={
            "invited": len(settings.invited),
            "link_seconds": settings.link_seconds,
            "canvas_size": settings.canvas_size,
        },
    )
    return settings
