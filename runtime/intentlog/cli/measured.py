"""How much a contract's streams really carry: asked of CloudWatch, or of files."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from intentlog.contract import Contract
from intentlog.delivery.stream_files import stream_files
from intentlog.render.prices import DAYS_A_MONTH

_GIGABYTE: Final = 2**30
# CloudWatch Logs API, PutLogEvents: what an event counts besides its message.
_BYTES_AN_EVENT: Final = 26
_SHORTEST: Final = timedelta(minutes=1)
_DAY: Final = 86_400


def measured_in_cloudwatch(
    contract: Contract, client: Any, *, days: int, now: datetime | None = None
) -> dict[str, float]:
    """Return gigabytes a month by stream, from ``IncomingBytes`` (GetMetricStatistics).

    Args:
        contract: The application's contract, with the environment's prefix.
        client: A boto3 client of CloudWatch.
        days: How far to look back; a log group that is younger counts for the days that it has.
        now: The end of it. Default: the present.
    """
    end = now or datetime.now(UTC)
    volumes: dict[str, float] = {}
    for stream, log_group in contract.log_groups.items():
        points = client.get_metric_statistics(
            Namespace="AWS/Logs",
            MetricName="IncomingBytes",
            Dimensions=[{"Name": "LogGroupName", "Value": log_group}],
            StartTime=end - timedelta(days=days),
            EndTime=end,
            Period=_DAY,
            Statistics=["Sum"],
        )["Datapoints"]
        if points:
            first: datetime = min(point["Timestamp"] for point in points)
            # A day's point bears the time of its beginning, and the last day is not over.
            span = max((end - first) / timedelta(days=1), 1.0)
            total = sum(point["Sum"] for point in points)
            volumes[stream] = total / _GIGABYTE / span * DAYS_A_MONTH
    return volumes


def measured_in_files(contract: Contract, directory: Path) -> dict[str, float]:
    """Return gigabytes a month by stream: the bytes of its file and of its rotated files.

    The time is that between the first line and the last one. A stream whose lines are less than
    a minute apart, or that has none, is left out.

    Args:
        contract: The application's contract.
        directory: Where the files are.
    """
    timestamp = contract.record.name_of("timestamp")
    volumes: dict[str, float] = {}
    for stream in contract.log_groups:
        size = 0
        first = last = None
        for line in _lines(directory / contract.streams[stream].file):
            size += len(line.rstrip(b"\n")) + _BYTES_AN_EVENT
            if (when := _time(line, timestamp)) is not None:
                first, last = min(first or when, when), max(last or when, when)
        if first and last and (span := last - first) >= _SHORTEST:
            volumes[stream] = size / _GIGABYTE / (span / timedelta(days=1)) * DAYS_A_MONTH
    return volumes


def _lines(log: Path) -> Iterator[bytes]:
    for file in stream_files(log):
        with gzip.open(file.path) if file.compressed else file.path.open("rb") as lines:
            yield from lines


def _time(line: bytes, timestamp: str) -> datetime | None:
    try:
        value = msgspec.json.decode(line)[timestamp]
        when = datetime.fromisoformat(value)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
