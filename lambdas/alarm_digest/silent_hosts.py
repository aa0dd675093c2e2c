"""Log streams that nothing arrives in any more; with the agent, a stream is a host."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .insights import NoEvidence
from .message import Section
from .redaction import redacted
from .source import LogSource

# API reference of DescribeLogStreams: lastEventTimestamp may be an hour behind, seldom more.
_SILENT = timedelta(hours=3)
# Whoever has been silent for longer was in the digest of the day before.
_NEWS = _SILENT + timedelta(days=1)
_SHOWN = 10


def section(now: datetime, source: LogSource, logs: Any, deadline: float) -> Section:
    """Return the streams whose last line is more than 3 hours old, and not more than 27.

    Raises:
        NoEvidence: There are so many streams that the time is over.
    """
    streams = [
        (group, name, last)
        for group in source.groups
        for name, last in _streams(group, now - _NEWS, logs, deadline)
    ]
    silent = [each for each in streams if each[2] < now - _SILENT]
    more = len(silent) - _SHOWN
    return Section(
        title="Hosts",
        status="report",
        summary=f"{len(silent)} of {len(streams)} log streams went silent.",
        facts=tuple(
            (redacted(f"{group} {name}"), f"last line {last:%Y-%m-%d %H:%M} UTC")
            for group, name, last in silent[:_SHOWN]
        ),
        notes=(f"{more} more went silent.",) if more > 0 else (),
    )


def _streams(
    group: str, since: datetime, logs: Any, deadline: float
) -> Iterator[tuple[str, datetime]]:
    """Yield the streams that had a line since then, and when their last one was."""
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=group, orderBy="LastEventTime", descending=True
    )
    for page in pages:
        for stream in page["logStreams"]:
            if "lastEventTimestamp" not in stream:  # nothing ever arrived
                continue
            last = datetime.fromtimestamp(stream["lastEventTimestamp"] / 1000, UTC)
            if last < since:
                return
            yield stream["logStreamName"], last
        if time.monotonic() > deadline:
            raise NoEvidence("there was no time to look at every log stream")
