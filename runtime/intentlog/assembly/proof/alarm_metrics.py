"""From an alarm to its metric: it is emitted, the mathematics hold, and the period is allowed.

Sources: CloudWatch API, PutMetricAlarm (Period, EvaluationPeriods, Metrics, ThresholdMetricId);
CloudWatch User Guide, "Using metric math" and "Configuring how CloudWatch alarms treat missing
data".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import is_false, listed, mapping, number
from intentlog.contract import Contract

from .finding import Finding, error
from .metrics import emitted, metrics_of, why_missing

_HIGH_RESOLUTION = (10, 20, 30)
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800
_BANDS = (
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
_INCOMING = ("IncomingLogEvents", "IncomingBytes")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ID = re.compile(r"(?<![\w.])([a-z]\w*)(?!\w*\s*\()")
_SQL = re.compile(r"\s*SELECT\b", re.IGNORECASE)


def alarm_metrics(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check what each metric alarm watches, and how."""
    known = emitted(resolver, contracts)
    for alarm in resolver.of_type("AWS::CloudWatch::Alarm"):
        for metric in metrics_of(resolver, alarm):
            if why := why_missing(resolver, alarm.stack, metric, known):
                message = f"it watches a metric that does not exist: {why}"
                yield error("alarm-metric", alarm, message)
        for problem in _mathematics(resolver, alarm):
            yield error("alarm-math", alarm, problem)
        for problem in _periods(resolver, alarm):
            yield error("alarm-period", alarm, problem)
        yield from _silence(resolver, alarm)


def undefined(expressions: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return the names in metric math that are no ids of metrics or other expressions.

    Functions and their keywords are in capitals, ids begin with a small letter.
    """
    found = []
    for expression in expressions:
        if not _SQL.match(expression) and not is_open(expression):
            found += _ID.findall(_QUOTED.sub("", expression))
    return [name for name in dict.fromkeys(found) if name not in ids]


def _mathematics(resolver: Resolver, alarm: Resource) -> Iterator[str]:
    entries = [mapping(entry) for entry in listed(alarm.properties.get("Metrics"))]
    if not entries:
        return
    ids = [resolver.text(alarm.stack, entry.get("Id")) for entry in entries]
    expressions = {
        name: resolver.text(alarm.stack, entry["Expression"])
        for name, entry in zip(ids, entries, strict=True)
        if "Expression" in entry
    }
    for name in undefined(list(expressions.values()), ids):
        yield f'its metric math names "{name}"; there are: {", ".join(ids)}'
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f'its metric math has "{name}" twice; rename one'
    threshold = alarm.properties.get("ThresholdMetricId")
    if threshold is None:
        yield from _returned(alarm, entries)
    else:
        yield from _band(alarm, resolver.text(alarm.stack, threshold), expressions)


def _returned(alarm: Resource, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    returned = [entry for entry in entries if not is_false(entry.get("ReturnData"))]
    if len(returned) != 1:
        yield (
            f"its metric math returns {len(returned)} series; an alarm watches one: "
            "set ReturnData: false on the others"
        )
    if alarm.properties.get("ComparisonOperator") in _BANDS:
        yield "it compares with a band and names none; set ThresholdMetricId"


def _band(alarm: Resource, threshold: str, expressions: Mapping[str, str]) -> Iterator[str]:
    if is_open(threshold):
        return
    expression = expressions.get(threshold, "")
    if "ANOMALY_DETECTION_BAND" not in expression and not is_open(expression):
        yield f'ThresholdMetricId "{threshold}" is no ANOMALY_DETECTION_BAND(...) of its Metrics'
    operator = alarm.properties.get("ComparisonOperator")
    if isinstance(operator, str) and operator not in _BANDS:
        yield f"it compares with a band by {operator}; allowed: {', '.join(_BANDS)}"


def _periods(resolver: Resolver, alarm: Resource) -> Iterator[str]:
    times = number(alarm.properties.get("EvaluationPeriods"))
    wanted = number(alarm.properties.get("DatapointsToAlarm"))
    if times is not None and wanted is not None and wanted > times:
        yield f"it wants {wanted:g} breaching points of {times:g}; lower DatapointsToAlarm"
    own = emitted(resolver, ())
    of_filters = any(
        (metric.namespace, metric.name) in own for metric in metrics_of(resolver, alarm)
    )
    for period in _all_periods(alarm):
        if period <= 0 or (period not in _HIGH_RESOLUTION and period % _MINUTE):
            yield f"its period of {period:g} s is refused; allowed: 10, 20, 30 or whole minutes"
        elif period < _MINUTE and of_filters:
            yield f"its period of {period:g} s has no data: metric filters emit one point a minute"
        most = _DAY if period < _HOUR else _WEEK
        if times is not None and period * times > most:
            days = "a day" if most == _DAY else "7 days"
            yield f"it looks at {times:g} periods of {period:g} s; {days} is the most"


def _all_periods(alarm: Resource) -> list[float]:
    given = [alarm.properties.get("Period")]
    for entry in listed(alarm.properties.get("Metrics")):
        inner = mapping(entry)
        given += [inner.get("Period"), mapping(inner.get("MetricStat")).get("Period")]
    return list(dict.fromkeys(period for each in given if (period := number(each)) is not None))


def _silence(resolver: Resolver, alarm: Resource) -> Iterator[Finding]:
    """Check that an alarm on nothing arriving takes missing data for that.

    CloudWatch Logs publishes no zero for a log group: when nothing arrives there is no data.
    """
    metrics = metrics_of(resolver, alarm)
    operator = alarm.properties.get("ComparisonOperator")
    if (
        len(metrics) == 1
        and alarm.properties.get("MetricName") is not None
        and metrics[0].namespace == "AWS/Logs"
        and metrics[0].name in _INCOMING
        and isinstance(operator, str)
        and operator.startswith("LessThan")
    ):
        treated = alarm.properties.get("TreatMissingData", "missing")
        if isinstance(treated, str) and treated != "breaching":
            message = (
                f"it never rings: nothing arriving is missing data, which it takes as {treated}"
            )
            yield error("alarm-silence", alarm, f"{message}; set TreatMissingData: breaching")
