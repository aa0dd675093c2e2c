"""Where ``diagnose`` finds lines: the files of this machine, or CloudWatch Logs."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intentlog.contract import Contract, matcher
from intentlog.render import where_pattern

Line = Mapping[str, Any]


def local_lines(
    contract: Contract, directory: Path, *, stream: str, where: str, since: datetime
) -> Iterator[Line]:
    """Yield the lines of a stream's file, oldest first; what is no JSON object is passed over.

    Args:
        contract: The application's contract.
        directory: Where the files are.
        stream: The stream whose file is read.
        where: Which lines, as a filter expression.
        since: The time of the oldest line.
    """
    matches = matcher(where)
    timestamp = contract.record.name_of("timestamp")
    earliest = since.astimezone(UTC).isoformat(timespec=contract.record.timestamp)[:-6]
    with (directory / contract.streams[stream].file).open(encoding="utf-8", errors="replace") as f:
        for text in f:
            line = _object(text)
            # Timestamps of one form, all in UTC, sort like the texts that they are.
            if line is not None and str(line.get(timestamp, "")) >= earliest and matches(line):
                yield line


def cloudwatch_lines(
    contract: Contract, client: Any, *, stream: str, where: str, since: datetime
) -> Iterator[Line]:
    """Yield the lines of a stream's log group, oldest first (FilterLogEvents).

    Args:
        contract: The application's contract.
        client: A boto3 client of CloudWatch Logs.
        stream: The stream whose log group is read.
        where: Which lines, as a filter expression; CloudWatch filters before it sends.
        since: The time of the oldest line.
    """
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=contract.log_groups[stream],
        startTime=int(since.timestamp() * 1000),
        filterPattern=where_pattern(where),
    )
    for page in pages:
        for event in page["events"]:
            line = _object(event["message"])
            if line is not None:
                yield line


def _object(text: str) -> Line | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
