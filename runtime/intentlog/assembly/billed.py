"""What the templates of an assembly are billed for; the host that runs the application is not."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum
from typing import Final

from intentlog.contract import DELIVERY_LAG
from intentlog.contract.model import GIGABYTES_OF_SOME_LINES
from intentlog.render.billed import STANDARD_PARAMETER_BYTES
from intentlog.render.cost import ArchiveUse, Inventory, LogGroupUse
from intentlog.render.prices import DAYS_A_MONTH, HOURS_A_MONTH

from .template import Assembly, Resource
from .values import listed, mapping, number, parsed
from .words import tables, text

GIGABYTES_OF_UNKNOWN: Final = 1.0
"""What a log group is taken to ingest a month of which no contract knows."""

_TEN_YEARS = 3653
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_SOURCE = re.compile(r"SOURCE '([^']+)'")


def inventory(
    assembly: Assembly, *, volumes: Mapping[str, float] | None = None, other_dashboards: int = 0
) -> Inventory:
    """Return what there is to pay for.

    Args:
        assembly: What ``cdk synth`` wrote.
        volumes: Gigabytes a month by log group. Default: 1 for each, 0 for those of AWS services
            (``/aws/...``) and those without a name.
        other_dashboards: Dashboards that the account has besides.
    """
    volumes = volumes or {}
    counts = Counter(
        resource.type
        for template in assembly.templates.values()
        for resource in template.resources.values()
    )
    alarms = [_watched(alarm) for alarm in assembly.of_type("AWS::CloudWatch::Alarm")]
    return Inventory(
        log_groups=tuple(_log_groups(assembly, volumes)),
        archives=tuple(_archives(assembly, volumes)),
        metrics=_metrics(assembly),
        alarm_metrics=sum(count for count, band in alarms if not band),
        band_alarms=sum(band for _, band in alarms),
        composite_alarms=counts["AWS::CloudWatch::CompositeAlarm"],
        log_alarms=counts["AWS::CloudWatch::LogAlarm"],
        log_alarm_gigabytes=fsum(
            _alarm_scans(alarm, volumes) for alarm in assembly.of_type("AWS::CloudWatch::LogAlarm")
        ),
        saved_query_gigabytes=fsum(
            _volume(text(group), volumes)
            for query in assembly.of_type("AWS::Logs::QueryDefinition")
            for group in listed(query.properties.get("LogGroupNames"))
        ),
        dashboard_query_gigabytes=fsum(
            _volume(group, volumes)
            for dashboard in assembly.of_type("AWS::CloudWatch::Dashboard")
            for group in _SOURCE.findall(text(dashboard.properties.get("DashboardBody", "")))
        ),
        dashboards=counts["AWS::CloudWatch::Dashboard"],
        other_dashboards=other_dashboards,
        keys=counts["AWS::KMS::Key"],
        secrets=counts["AWS::SecretsManager::Secret"],
        polled_queues=counts["AWS::Lambda::EventSourceMapping"],
        clock_runs=fsum(map(_runs, assembly.of_type("AWS::Scheduler::Schedule"))),
        digest_query_gigabytes=_digests_ask(assembly, volumes, daily=False),
        daily_query_gigabytes=_digests_ask(assembly, volumes, daily=True),
        advanced_parameters=sum(map(_is_advanced, assembly.of_type("AWS::SSM::Parameter"))),
        anomaly_detectors=counts["AWS::Logs::LogAnomalyDetector"],
        mutes=counts["AWS::CloudWatch::AlarmMuteRule"],
    )


def _log_groups(assembly: Assembly, volumes: Mapping[str, float]) -> Iterable[LogGroupUse]:
    for group in assembly.of_type("AWS::Logs::LogGroup"):
        properties = group.properties
        name = text(properties.get("LogGroupName", ""))
        days = properties.get("RetentionInDays")
        gigabytes = _volume(name, volumes)
        # A group that ingests nothing to speak of would only be a line of noughts.
        if gigabytes:
            yield LogGroupUse(
                name=name,
                gigabytes=gigabytes,
                retention_days=days if isinstance(days, int) else None,
                infrequent_access=properties.get("LogGroupClass") == "INFREQUENT_ACCESS",
                masked=bool(properties.get("DataProtectionPolicy")),
            )


def _archives(assembly: Assembly, volumes: Mapping[str, float]) -> Iterable[ArchiveUse]:
    for subscription in assembly.of_type("AWS::Logs::SubscriptionFilter"):
        given = subscription.properties
        stream = assembly.referred(subscription.stack, given.get("DestinationArn"))
        if stream is None or stream.type != "AWS::KinesisFirehose::DeliveryStream":
            continue
        to = mapping(stream.properties.get("ExtendedS3DestinationConfiguration"))
        bucket = assembly.referred(stream.stack, to.get("BucketARN"))
        gigabytes = _volume(text(given.get("LogGroupName", "")), volumes)
        if given.get("FilterPattern"):
            gigabytes = min(gigabytes, GIGABYTES_OF_SOME_LINES)
        yield _archive(bucket, gigabytes)


def _archive(bucket: Resource | None, gigabytes: float) -> ArchiveUse:
    """Return what a bucket does with what comes in; kept ten years, where it does not say."""
    lifecycle = mapping(bucket.properties.get("LifecycleConfiguration")) if bucket else {}
    rules = [rule for rule in tables(lifecycle.get("Rules")) if rule.get("Status") == "Enabled"]
    expire = [number(rule.get("ExpirationInDays")) for rule in rules]
    move = [
        number(step.get("TransitionInDays"))
        for rule in rules
        for step in tables(rule.get("Transitions"))
        if text(step.get("StorageClass")).startswith("GLACIER")
    ]
    kept = min((days for days in expire if days is not None), default=_TEN_YEARS)
    return ArchiveUse(
        gigabytes=gigabytes,
        retention_days=kept,
        glacier_after_days=min((days for days in move if days is not None), default=kept),
    )


def _volume(log_group: str, volumes: Mapping[str, float]) -> float:
    own = log_group and not log_group.startswith("/aws/")
    return volumes.get(log_group, GIGABYTES_OF_UNKNOWN if own else 0.0)


def _metrics(assembly: Assembly) -> int:
    """Count the metrics that filters make, of which several may feed one, and that shippers do."""
    made = {
        (text(metric.get("MetricNamespace")), text(metric.get("MetricName")))
        for resource in assembly.of_type("AWS::Logs::MetricFilter")
        for metric in tables(resource.properties.get("MetricTransformations"))
    }
    shipped = {
        (text(alarm.properties.get("Namespace")), DELIVERY_LAG)
        for alarm in assembly.of_type("AWS::CloudWatch::Alarm")
        if alarm.properties.get("MetricName") == DELIVERY_LAG
    }
    return len(made | shipped)


def _watched(alarm: Resource) -> tuple[int, bool]:
    """Return how many metrics an alarm watches, and whether it compares them with a band."""
    queries = list(tables(alarm.properties.get("Metrics")))
    band = any("ANOMALY_DETECTION_BAND" in text(query.get("Expression", "")) for query in queries)
    return sum("MetricStat" in query for query in queries) if queries else 1, band


def _alarm_scans(alarm: Resource, volumes: Mapping[str, float]) -> float:
    query = mapping(alarm.properties.get("ScheduledQueryConfiguration"))
    schedule = mapping(query.get("ScheduleConfiguration"))
    every = _RATE.fullmatch(text(schedule.get("ScheduleExpression", "")))
    window = schedule.get("StartTimeOffset")
    # A cron expression, or no window: each line is taken to be scanned once.
    scans = 1.0
    if every and isinstance(window, int | float):
        scans = window / (int(every[1]) * _SECONDS[every[2]])
    groups = listed(query.get("LogGroupIdentifiers"))
    return scans * fsum(_volume(text(group), volumes) for group in groups)


def _runs(schedule: Resource) -> float:
    """Return how often a month a schedule runs; one with a cron expression, once a day."""
    expression = text(schedule.properties.get("ScheduleExpression", ""))
    every = _RATE.fullmatch(expression)
    if every:
        return HOURS_A_MONTH * 3600 / (int(every[1]) * _SECONDS[every[2]])
    return DAYS_A_MONTH if expression.startswith("cron(") else 0.0


def _digests_ask(assembly: Assembly, volumes: Mapping[str, float], *, daily: bool) -> float:
    """Return what the log groups ingest that digest functions ask, or only those run daily."""
    return fsum(
        _volume(text(group), volumes)
        for function in assembly.of_type("AWS::Lambda::Function")
        if not daily or _is_daily(assembly, function)
        for group in _asked_by(function)
    )


def _asked_by(function: Resource) -> list[object]:
    variables = mapping(mapping(function.properties.get("Environment")).get("Variables"))
    return listed(mapping(parsed(variables.get("LOG_GROUPS"))).get("groups"))


def _is_daily(assembly: Assembly, function: Resource) -> bool:
    for schedule in assembly.of_type("AWS::Scheduler::Schedule"):
        target = mapping(schedule.properties.get("Target"))
        runs = assembly.referred(schedule.stack, target.get("Arn"))
        asked = mapping(parsed(target.get("Input"))).get("digest")
        if runs is not None and runs.key == function.key and asked == "daily":
            return True
    return False


def _is_advanced(parameter: Resource) -> bool:
    value = parameter.properties.get("Value", "")
    words = value if isinstance(value, str) else json.dumps(value)
    return len(words.encode()) > STANDARD_PARAMETER_BYTES
