"""The ids of traces, which people copy from lines, from X-Ray, from OpenTelemetry or a header.

The logger writes X-Ray's form, ``1-6968c2d5-`` and 24 digits, of the 32 that OpenTelemetry and the
header ``traceparent`` have. In that form the first eight are the second at which the trace began
(AWS X-Ray Developer Guide, "Tracing header"); elsewhere they may be anything.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_ID: Final = re.compile(
    r"(?:1-(?P<begun>[0-9a-f]{8})-|(?:00-)?(?P<first>[0-9a-f]{8}))(?P<rest>[0-9a-f]{24})"
    r"(?:-[0-9a-f]{16}-[0-9a-f]{2})?"
)
_OLDEST: Final = timedelta(days=3650)


def spellings(trace: str) -> tuple[str, ...]:
    """Return how the id may stand in a line: as it was given, and in the other forms."""
    given = trace.strip()
    found = _ID.fullmatch(given.lower())
    if found is None:
        return (given,)
    first, rest = found["begun"] or found["first"], found["rest"]
    return tuple(dict.fromkeys((given, f"1-{first}-{rest}", f"{first}{rest}")))


def age(trace: str, now: datetime) -> timedelta:
    """Return how long ago the trace began; 0 where its id does not tell."""
    found = _ID.fullmatch(trace.strip().lower())
    if found is None or found["begun"] is None:
        return timedelta()
    passed = now - datetime.fromtimestamp(int(found["begun"], 16), UTC)
    return passed if timedelta() < passed < _OLDEST else timedelta()
