"""Where the service's lines are, and what they call what they say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLines:
    """The lines that a metric counts: their log group, and a filter of Logs Insights."""

    group: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """A service's log groups and the names of its fields; what a line has not is ``None``.

    Attributes:
        groups: The log groups that are asked: no line is in two of them.
        others: The log groups that hold parts of those, such as the errors: only weighed.
        errors: The levels that mean failure.
        warnings: The levels at which a refused sign-in is logged, failures included.
        metrics: The lines of each metric that an alarm watches, by the metric's name. A metric
            that is not here is taken for one of errors.
        usd_per_gigabyte: What ingesting a gigabyte costs.
    """

    groups: tuple[str, ...]
    others: tuple[str, ...] = ()
    level: str | None = "level"
    category: str | None = "category"
    logger: str | None = "logger"
    message: str = "message"
    user: str | None = None
    trace: str | None = None
    data: str | None = None
    errors: tuple[str, ...] = ("ERROR", "CRITICAL")
    warnings: tuple[str, ...] = ("WARNING", "ERROR", "CRITICAL")
    metrics: Mapping[str, MetricLines] = field(default_factory=dict)
    # https://aws.amazon.com/cloudwatch/pricing/, us-east-1, standard class, 2026-11-22
    usd_per_gigabyte: float = 0.50

    @property
    def part(self) -> str | None:
        """The field that says which part of the application it was."""
        return self.category or self.logger


_LISTS = ("groups", "others", "errors", "warnings")


def load(text: str) -> LogSource:
    """Read the environment variable ``LOG_GROUPS``: JSON, with the names of ``LogSource``.

    Raises:
        ValueError: It is not that.
    """
    try:
        given: dict[str, Any] = json.loads(text)
        lists = {name: tuple(given[name]) for name in _LISTS if name in given}
        lines = given.get("metrics") or {}
        metrics = {name: MetricLines(**each) for name, each in lines.items()}
        values: dict[str, Any] = {**given, **lists, "metrics": metrics}
        return LogSource(**values)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"LOG_GROUPS: {error}") from None
