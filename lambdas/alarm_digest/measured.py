"""The metric that an alarm watches, around the time at which it rang."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .breach import Breach
from .insights import NoEvidence, refused

_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A metric's values, a period each, up to the breach; ``None`` where one is missing."""

    name: str
    period: int
    values: tuple[float | None, ...]


def measured(breach: Breach, cloudwatch: Any) -> Measured:
    """Ask for the metric of a breach, or for the outcome of its metric math.

    Raises:
        NoEvidence: It watches no metric, or CloudWatch refused.
    """
    if not breach.metrics:
        raise NoEvidence("the alarm watches other alarms or log lines, no metric")
    period = timedelta(seconds=breach.period)
    end = breach.window[1] + period
    start = end - _PERIODS * period
    try:
        answer = cloudwatch.get_metric_data(
            MetricDataQueries=list(breach.metrics), StartTime=start, EndTime=end
        )
        result = _result(answer["MetricDataResults"], breach)
        if result.get("StatusCode") in {"Forbidden", "InternalError"}:
            raise NoEvidence("CloudWatch could not compute it")
        values = _in_periods(result, start, period)
    except (BotoCoreError, ClientError) as error:
        raise refused(error, "CloudWatch") from None
    except (AttributeError, LookupError, TypeError, ValueError):
        raise NoEvidence("CloudWatch answered what cannot be read") from None
    label = result.get("Label")
    return Measured(name=str(label or breach.alarm)[:100], period=breach.period, values=values)


def _result(results: list[Mapping[str, Any]], breach: Breach) -> Mapping[str, Any]:
    """Choose the metric itself of those that come back: not the band that it should be in."""
    own = {query["Id"] for query in breach.metrics if "MetricStat" in query}
    return next((each for each in results if each["Id"] in own), results[0])


def _in_periods(
    result: Mapping[str, Any], start: datetime, period: timedelta
) -> tuple[float | None, ...]:
    values: list[float | None] = [None] * _PERIODS
    for time, value in zip(result["Timestamps"], result["Values"], strict=True):
        place = (time - start) // period
        if 0 <= place < _PERIODS:
            values[place] = float(value)
    known = [place for place, value in enumerate(values) if value is not None]
    return tuple(values[known[0] : known[-1] + 1]) if known else ()
