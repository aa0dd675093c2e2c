"""What an alarm's notification says of its breach: of which metric, from when until when."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_DEFAULT_SECONDS = 300  # composite and log alarms do not say over how long they look
_LONGEST = timedelta(days=1)
# A datum is there a minute or two after its line, and an alarm is looked at once a minute.
_MARGIN = timedelta(minutes=2)
_LARGEST = 7 * 86_400  # seconds, as CloudWatch's quotas for alarms have it
_STATISTICS = {"SAMPLE_COUNT": "SampleCount"}

Query = dict[str, Any]
"""A ``MetricDataQuery``, as GetMetricData takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One alarm that rings; all of it is what JSON has, so that it can be kept.

    Attributes:
        alarm: The alarm's name.
        changed: When its state changed: ISO 8601, as CloudWatch gives it.
        arn: The alarm's ARN, which has its partition, region and account; empty if not told.
        seconds: Over how long it looks: its period times its evaluation periods.
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

        Of more than a day it is the last one.

        Raises:
            ValueError: ``changed`` is no time.
        """
        end = datetime.fromisoformat(self.changed)
        if end.tzinfo is None:
            raise ValueError(f"no time zone in {self.changed!r}")
        return end - min(timedelta(seconds=self.seconds) + _MARGIN, _LONGEST), end

    @property
    def period(self) -> int:
        """The longest period of its metrics, in seconds; 60 if none has one."""
        return max(filter(None, (_period(query) for query in self.metrics)), default=60)

    @property
    def metric_names(self) -> list[str]:
        """The names of the metrics that it watches, in its order."""
        stats = (query.get("MetricStat") for query in self.metrics)
        return [stat["Metric"]["MetricName"] for stat in stats if stat]


def breach(message: Mapping[str, Any]) -> Breach:
    """Read a notification of CloudWatch, whatever it lacks.

    Args:
        message: What SNS brought (with ``AlarmName``), or an event of EventBridge, of detail type
            "CloudWatch Alarm State Change" (with ``detail``).
    """
    if detail := _mapping(message.get("detail")):
        return _of_event(message, detail)
    trigger = _mapping(message.get("Trigger"))
    metrics = _metrics(trigger)
    period = _number(trigger.get("Period")) or max(map(_period, metrics), default=0)
    return Breach(
        alarm=_text(message.get("AlarmName")),
        changed=_text(message.get("StateChangeTime")),
        arn=_text(message.get("AlarmArn")),
        seconds=period * (_number(trigger.get("EvaluationPeriods")) or 1) or _DEFAULT_SECONDS,
        metrics=metrics,
    )


def _of_event(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Breach:
    state = _mapping(detail.get("state"))
    metrics = _metrics(_mapping(detail.get("configuration")))
    # The configuration in an event has no evaluation periods; the reason has what was looked at.
    looked_at = _looked_at(_text(state.get("reasonData")))
    return Breach(
        alarm=_text(detail.get("alarmName")),
        changed=_text(state.get("timestamp")),
        arn=next((_text(arn) for arn in _items(event.get("resources"))), ""),
        seconds=max(map(_period, metrics), default=0) * looked_at or _DEFAULT_SECONDS,
        metrics=metrics,
    )


def _looked_at(reason: str) -> int:
    """Return how many periods were looked at, 1 if that is not told."""
    try:
        data = _mapping(json.loads(reason))
    except (RecursionError, ValueError):
        return 1
    return len(list(_items(data.get("evaluatedDatapoints")))) or 1


def _metrics(watched: Mapping[str, Any]) -> tuple[Query, ...]:
    """Read what an alarm watches, in SNS's or in EventBridge's spelling."""
    if name := _text(watched.get("MetricName")):
        stat = _statistic(watched, watched)
        return ({"Id": "watched", "Label": name, "MetricStat": stat, "ReturnData": True},)
    queries = (_mapping(query) for query in _items(_of(watched, "Metrics")))
    return tuple(_query(query) for query in queries if _of(query, "Id"))


def _query(query: Mapping[str, Any]) -> Query:
    made: Query = {
        "Id": _text(_of(query, "Id")),
        "ReturnData": _of(query, "ReturnData") is not False,
    }
    if label := _text(_of(query, "Label")):
        made["Label"] = label
    if stat := _mapping(_of(query, "MetricStat")):
        return made | {"MetricStat": _statistic(_mapping(_of(stat, "Metric")), stat)}
    made["Expression"] = _text(_of(query, "Expression"))
    if period := _number(_of(query, "Period")):
        made["Period"] = period
    return made


def _statistic(metric: Mapping[str, Any], stat: Mapping[str, Any]) -> Query:
    statistic = _text(stat.get("ExtendedStatistic") or stat.get("Statistic") or _of(stat, "Stat"))
    if statistic.isupper():  # SUM, where GetMetricData says Sum
        statistic = _STATISTICS.get(statistic, statistic.capitalize())
    return {
        "Metric": {
            "Namespace": _text(_of(metric, "Namespace")),
            "MetricName": _text(metric.get("MetricName") or metric.get("name")),
            "Dimensions": list(_dimensions(_of(metric, "Dimensions"))),
        },
        "Period": _number(_of(stat, "Period")) or 60,
        "Stat": statistic or "Average",
    }


def _dimensions(given: object) -> Iterator[dict[str, str]]:
    for name, value in _mapping(given).items():  # EventBridge
        yield {"Name": _text(name), "Value": _text(value)}
    for each in map(_mapping, _items(given)):  # SNS, with small letters, and the API, with capitals
        yield {"Name": _text(_of(each, "Name")), "Value": _text(_of(each, "Value"))}


def _of(mapping: Mapping[str, Any], key: str) -> Any:
    """Return a value whose key SNS begins with a capital and EventBridge does not."""
    return mapping.get(key, mapping.get(key[0].lower() + key[1:]))


def _period(query: Query) -> int:
    period = query.get("Period") or query.get("MetricStat", {}).get("Period")
    return _number(period)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Iterator[Any]:
    return iter(value) if isinstance(value, list) else iter(())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """Return a positive number of seconds or periods; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 < value <= _LARGEST else 0
