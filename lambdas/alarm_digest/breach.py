"""What an alarm's notification says of its breach: of which metric, from when until when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_DEFAULT_SECONDS = 300  # composite and log alarms do not say over how long they look
_LONGEST = timedelta(days=1)
# A datum is there a minute or two after its line, and an alarm is looked at once a minute.
_MARGIN = timedelta(minutes=2)

Query = dict[str, Any]
"""A ``MetricDataQuery``, as GetMetricData takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One alarm that rings; all of it is what JSON has, so that it can be kept.

    Attributes:
        alarm: The alarm's name.
        arn: The alarm's ARN, which has its partition, region and account; empty if not told.
        changed: When its state changed: ISO 8601, as CloudWatch gives it.
        seconds: Over how long it looks: period × evaluation periods.
        metrics: What it watches, as GetMetricData takes it; empty for composite and log alarms.
    """

    alarm: str
    changed: str
    arn: str = ""
    seconds: int = _DEFAULT_SECONDS
    metrics: tuple[Query, ...] = ()

    @property
    def window(self) -> tuple[datetime, datetime]:
        """What it looked at when it rang, and a little before: first and last moment.

        Raises:
            ValueError: ``changed`` is no time.
        """
        end = datetime.fromisoformat(self.changed)
        if end.tzinfo is None:
            raise ValueError(f"no time zone in {self.changed!r}")
        return end - min(timedelta(seconds=self.seconds) + _MARGIN, _LONGEST), end


def breach(message: Mapping[str, Any]) -> Breach:
    """Read a notification of CloudWatch, whatever it lacks.

    Args:
        message: What SNS brought (with ``AlarmName``), or an event of EventBridge, of detail type
            "CloudWatch Alarm State Change" (with ``detail``).
    """
    raise NotImplementedError
