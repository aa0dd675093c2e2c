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

REGEX_FILTERS_PER_GROUP: Final = 5
"""Filters with a regular expression of one log group ("Filter pattern syntax")."""

SUBSCRIPTIONS_PER_GROUP: Final = 2
"""Subscription filters of one log group (CloudWatch Logs quotas)."""

GROUPS_PER_QUERY: Final = 50
"""Log groups that one query can ask (Logs API, StartQuery)."""

PARAMETERS_PER_QUERY: Final = 20
"""Parameters of a saved query (Logs API, PutQueryDefinition)."""

INDEXED_FIELDS: Final = 20
"""Fields of a log group's index policy (Logs API, PutIndexPolicy)."""

PARTS_OF_COMPOSITE: Final = 100
"""Alarms that a composite alarm's rule can name (CloudWatch API, PutCompositeAlarm)."""

DASHBOARD_COLUMNS: Final = 24
"""Width of a dashboard; a widget is one column wide at least ("Dashboard Body Structure")."""

WIDGETS_PER_DASHBOARD: Final = 500
"""Widgets of a dashboard (CloudWatch quotas)."""

_LOG_GROUP = re.compile(r"[\w./#-]{1,512}", re.ASCII)
_FILTER = re.compile(r"[^:*]{1,512}")
_METRIC = re.compile(r"[^:*$]{1,255}")
_METRIC_VALUE = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
_NAMESPACE = re.compile(r"[\w.\-/# ]{1,255}", re.ASCII)
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_PRINTABLE = re.compile(r"[ -~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_NAME = 255
_LONGEST_VALUE = 100
_SHORTEST_TEMPLATE = 3


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
    """Say why CloudWatch would refuse this namespace, if it would.

    PutMetricFilter allows no colon, PutMetricData does.
    """
    if name.startswith("AWS/"):
        return f'"{name}" is reserved: namespaces that begin with "AWS/" are those of AWS'
    if not _NAMESPACE.fullmatch(name) or not name.strip():
        return (
            f'CloudWatch refuses the namespace "{name}"; '
            "allowed: 1-255 letters, digits, spaces and . - _ / # characters"
        )
    return None


def host_complaint(service: str) -> str | None:
    """Say why a host's launch template and SSM parameter could not be named after a service."""
    if service.startswith(("aws", "ssm")):
        return f'"{service}" is refused by Systems Manager: its names cannot begin with aws or ssm'
    if len(service) < _SHORTEST_TEMPLATE:
        return f'"{service}" is too short: a launch template\'s name has at least 3 characters'
    return None


def filter_name_complaint(name: str) -> str | None:
    """Say why the Logs API (PutMetricFilter) would refuse this filter's name, if it would."""
    if not _FILTER.fullmatch(name) or _CONTROL.search(name):
        return f'CloudWatch refuses the name "{name}"; allowed: 1-512 characters, none of : *'
    return None


def metric_name_complaint(name: str) -> str | None:
    """Say why the Logs API (MetricTransformation) would refuse this metric, if it would."""
    if not _METRIC.fullmatch(name) or not _PRINTABLE.fullmatch(name):
        return (
            f'CloudWatch refuses the name "{name}"; allowed: 1-255 ASCII characters, none of : * $'
        )
    return None


def metric_value_complaint(name: str) -> str | None:
    """Say why the Logs API (MetricTransformation) would refuse this field, if it would."""
    if not _METRIC_VALUE.fullmatch(name) or len(name) + len("$.") > _LONGEST_VALUE:
        return (
            f'CloudWatch refuses the field "{name}"; '
            "allowed: names joined by dots, 98 characters at most"
        )
    return None


def alarm_name_complaint(name: str) -> str | None:
    """Say why CloudWatch (PutMetricAlarm) would refuse this alarm's full name, if it would."""
    if len(name) > _LONGEST_NAME or _CONTROL.search(name):
        return (
            f'CloudWatch refuses the name "{name}"; '
            "allowed: 1-255 characters, no control characters"
        )
    return None


def query_name_complaint(service: str, title: str) -> str | None:
    """Say why the Logs API (PutQueryDefinition) would refuse ``service/title``, if it would."""
    if len(service) + len("/") + len(title) > _LONGEST_NAME:
        most = _LONGEST_NAME - len(service) - len("/")
        return f"the title has {len(title)} characters; {most} are allowed, the service comes first"
    if _CONTROL.search(title) or not all(part.strip() for part in title.split("/")):
        return f'"{title}" is no title; slashes make folders, and each needs a name'
    return None


def parameter_complaint(name: str) -> str | None:
    """Say why the Logs API (QueryParameter) would refuse this name, if it would."""
    if not _PARAMETER.fullmatch(name):
        return (
            f'CloudWatch refuses the name "{name}"; '
            "allowed: 1-128 letters, digits and _, no digit first"
        )
    return None
