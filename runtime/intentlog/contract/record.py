"""What a line is: the words that the logger writes and every other side reads.

The logger, the agent configuration, the filter patterns and the queries all take these
from here, so that none of them can spell a level or a timestamp in its own way.
"""

from typing import Final, Literal, get_args

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
TimestampForm = Literal["milliseconds", "microseconds"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""The levels that a line can have, mildest first."""

FALLBACK_CATEGORY: Final = "system"
"""The category of a logger that no prefix of the contract matches."""

OWN_FIELDS: Final = ("timestamp", "level", "category", "logger", "message", "service")
"""The fields that the logger itself fills; every other one comes from the caller or the context."""

AUDIT_FIELD: Final = "_audit"
"""The field at the end of an audit trail's lines that chains each to the one before."""

DELIVERY_LAG: Final = "DeliveryLag"
"""The metric of how late lines were that a process delivered, in seconds."""
