"""What AWS accepts, where a contract could ask for more.

Sources are pages of the AWS documentation, read in November 2026.
"""

import re
from typing import Final

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
"""Steps of a log group's retention (Logs API, PutRetentionPolicy)."""

UNITS: Final = (
    *("Seconds", "Microseconds", "Milliseconds"),
    *("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
    *("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"),
    *("Percent", "Count"),
    *("Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second"),
    *("Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second"),
    *("Gigabits/Second", "Terabits/Second", "Count/Second", "None"),
)
"""Units of a metric (CloudWatch API, MetricDatum)."""

FILTERS_PER_GROUP: Final = 100
"""Metric filters of one log group (CloudWatch Logs quotas)."""

_LOG_GROUP = re.compile(r"[\w./#-]{1,512}", re.ASCII)
_FILTER = re.compile(r"[^:*]{1,512}")
_METRIC = re.compile(r"[^:*$]{1,255}")
_NAMESPACE = re.compile(r"[\w.\-/#: ]{1,255}", re.ASCII)
_PRINTABLE = re.compile(r"[ -~]+")


def log_group_complaint(name: str) -> str | None:
    """Say why the Logs API (CreateLogGroup) would refuse this name, if it would."""
    if name.startswith("aws/"):
        return f'"{name}" is reserved: a log group cannot begin with "aws/"'
    if not _LOG_GROUP.fullmatch(name):
        return (
            f'CloudWatch refuses the name "{name}"; '
            "allowed: 1-512 letters, digits and . - _ / # characters"
        )
    return None


def namespace_complaint(name: str) -> str | None:
    """Say why CloudWatch would refuse this namespace of custom metrics, if it would."""
    if name.startswith("AWS/"):
        return f'"{name}" is reserved: namespaces that begin with "AWS/" are those of AWS'
    if name.startswith(":") or not _NAMESPACE.fullmatch(name) or not name.strip():
        return (
            f'CloudWatch refuses the namespace "{name}"; '
            "allowed: 1-255 letters, digits, spaces and . - _ / # : characters, no colon first"
        )
    return None


def filter_name_complaint(name: str) -> str | None:
    """Say why the Logs API (PutMetricFilter) would refuse this filter's name, if it would."""
    if not _FILTER.fullmatch(name):
        return f'CloudWatch refuses the name "{name}"; allowed: 1-512 characters, none of : *'
    return None


def metric_name_complaint(name: str) -> str | None:
    """Say why the Logs API (MetricTransformation) would refuse this metric, if it would."""
    if not _METRIC.fullmatch(name) or not _PRINTABLE.fullmatch(name):
        return (
            f'CloudWatch refuses the name "{name}"; '
            "allowed: 1-255 ASCII characters, none of : * $"
        )
    return None


def alarm_name_complaint(name: str) -> str | None:
    """Say why CloudWatch (PutMetricAlarm) would refuse this alarm's full name, if it would."""
    if len(name) > 255 or not _PRINTABLE.fullmatch(name):  # noqa: PLR2004
        return f'CloudWatch refuses the name "{name}"; allowed: 1-255 ASCII characters'
    return None
