"""The metrics that AWS services publish about themselves and that an alarm here may watch."""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ministack.services import cloudwatch, sqs

from sandbox import ingestion

_MINUTE = 60
_QUEUES = "AWS/SQS"
_WAITING = "ApproximateNumberOfMessagesVisible"


def record_ingestion(log_group: str, events: Iterable[Mapping[str, Any]]) -> None:
    """Record IncomingLogEvents and IncomingBytes of a log group and of the account."""
    taken = [ingestion.Event(event["timestamp"], event["message"]) for event in events]
    size = sum(event.size for event in taken)
    for dimensions in ({"LogGroupName": log_group}, {}):
        for name, value, unit in (
            ("IncomingLogEvents", len(taken), "None"),
            ("IncomingBytes", size, "Bytes"),
        ):
            cloudwatch.record_metric("AWS/Logs", name, value, unit, dimensions)


def record_queue_depths(alarms: Iterable[Mapping[str, Any]]) -> None:
    """Record how many messages wait in the queues that alarms watch."""
    for queue in set(_watched(alarms)):
        depth = _depth(queue)
        if depth is not None:
            _record_once_a_minute(_QUEUES, _WAITING, depth, {"QueueName": queue})


def _watched(alarms: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for alarm in alarms:
        queries = [query.get("MetricStat", {}) for query in alarm.get("Metrics") or []]
        for metric in [alarm, *(query.get("Metric", {}) for query in queries)]:
            if (metric.get("Namespace"), metric.get("MetricName")) == (_QUEUES, _WAITING):
                yield from (each["Value"] for each in metric.get("Dimensions") or [])


def _depth(name: str) -> int | None:
    """How many messages of a queue can be received; None when there is no such queue."""
    now = time.time()
    for queue in list(sqs._queues.values()):
        if queue["attributes"]["QueueArn"].rpartition(":")[2] == name:
            return sum(1 for message in list(queue["messages"]) if message["visible_at"] <= now)
    return None


def _record_once_a_minute(
    namespace: str, name: str, value: float, dimensions: dict[str, str]
) -> None:
    """Let the latest value stand for its minute: SQS publishes one sample a minute."""
    bucket = cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(dimensions)))
    minute = time.time() // _MINUTE
    bucket[:] = [point for point in bucket if point["Timestamp"] // _MINUTE != minute]
    cloudwatch.record_metric(namespace, name, value, "Count", dimensions)
