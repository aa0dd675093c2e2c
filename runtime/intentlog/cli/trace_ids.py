"""The ids of traces, which people copy from lines, from X-Ray, from OpenTelemetry or a header.

The logger writes X-Ray's form, ``1-6968c2d5-`` and 24 digits, of the 32 that OpenTelemetry and the
header ``traceparent`` have. In that form the first eight are the second at which the trace began
(AWS X-Ray Developer Guide, "Tracing header"); elsewhere they may be anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .options import Options

_ID: Final = re.compile(
    r"(?:1-(?P<begun>[0-9a-f]{8})-|(?:00-)?(?P<first>[0-9a-f]{8}))(?P<rest>[0-9a-f]{24})"
    r"(?:-[0-9a-f]{16}-[0-9a-f]{2})?"
)
_DAY: Final = timedelta(days=1)
_MARGIN: Final = timedelta(minutes=5)  # clocks differ
_OLDEST: Final = timedelta(days=3650)


def spellings(trace: str) -> tuple[str, ...]:
    """Return how the id may stand in a line: as it was given, and in the other forms."""
    given = trace.strip()
    found = _ID.fullmatch(given.lower())
    if found is None:
        return (given,)
    first, rest = found["begun"] or found["first"], found["rest"]
    return tuple(dict.fromkeys((given, f"1-{first}-{rest}", f"{first}{rest}")))


def in_its_day(options: Options, trace: str, now: datetime) -> Options:
    """Return options that ask about the day in which a trace began, if they say no time.

    Nothing changes where its id does not tell when, or it began within the last day.
    """
    found = _ID.fullmatch(trace.strip().lower())
    if options.since or options.until or options.file or found is None or found["begun"] is None:
        return options
    begun = datetime.fromtimestamp(int(found["begun"], 16), UTC)
    if not _DAY < now - begun < _OLDEST:
        return options
    since, until = begun - _MARGIN, begun + _DAY
    return replace(options, since=since.isoformat(), until=until.isoformat())
