"""How much a service logs, and what that has cost since the month began."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from .message import Section
from .source import LogSource

_HOUR = 3_600
_GIGABYTE = 2**30  # as in the AWS Pricing Calculator
_UNITS = ((2**30, "GB"), (2**20, "MB"), (2**10, "KB"))


def section(now: datetime, source: LogSource, cloudwatch: Any) -> Section:
    """Return the bytes of each log group in 24 hours, and of all of them in this month (UTC)."""
    groups = (*source.groups, *source.others)
    day: dict[str, float] = dict.fromkeys(groups, 0)
    month = 0.0
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    yesterday = now - timedelta(days=1)
    for group, time, size in _bytes(groups, min(first, yesterday), now, cloudwatch):
        day[group] += size if time >= yesterday else 0
        month += size if time >= first else 0
    return Section(
        title="Volume and cost",
        status="report",
        summary=f"{_size(sum(day.values()))} in 24 hours; {_size(month)} this month, "
        f"about ${month / _GIGABYTE * source.usd_per_gigabyte:,.2f} of ingestion "
        f"at ${source.usd_per_gigabyte:.2f} per GB.",
        facts=tuple((group, _size(size)) for group, size in day.items()),
    )


def _bytes(
    groups: tuple[str, ...], start: datetime, end: datetime, cloudwatch: Any
) -> Iterator[tuple[str, datetime, float]]:
    """Yield what each log group took in, hour by hour, as CloudWatch Logs measures it."""
    queries = [
        {
            "Id": f"g{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Logs",
                    "MetricName": "IncomingBytes",
                    "Dimensions": [{"Name": "LogGroupName", "Value": group}],
                },
                "Period": _HOUR,
                "Stat": "Sum",
            },
        }
        for number, group in enumerate(groups)
    ]
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            group = groups[int(result["Id"][1:])]
            for time, value in zip(result["Timestamps"], result["Values"], strict=True):
                yield group, time, float(value)


def _size(count: float) -> str:
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count:.0f} bytes"
