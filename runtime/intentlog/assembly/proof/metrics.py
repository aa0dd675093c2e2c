"""Metrics: what the filters emit, what alarms watch, and why there may be no such metric."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping
from intentlog.contract import DELIVERY_LAG, Contract
from intentlog.contract.problem import nearest

from .log_groups import missing_group

# Namespaces of metrics that AWS publishes under other names than AWS/...
_PUBLISHED = (
    *("CWAgent", "CloudWatchSynthetics", "ContainerInsights", "ECS/ContainerInsights"),
    *("ApplicationSignals", "Glue", "LambdaInsights", "WAF"),
)

Emitted = dict[tuple[str, str], list[frozenset[str]]]
"""The names of the dimensions of each metric (namespace and name) that filters emit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric that something watches or shows."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    account: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def metrics_of(resolver: Resolver, alarm: Resource) -> list[Metric]:
    """Return the metrics that an alarm watches, by itself or in metric math."""
    found = []
    if alarm.properties.get("MetricName") is not None:
        found.append(_metric(resolver, alarm.stack, alarm.properties))
    for entry in listed(alarm.properties.get("Metrics")):
        statistic = mapping(mapping(entry).get("MetricStat"))
        if inner := mapping(statistic.get("Metric")):
            account = resolver.text(alarm.stack, mapping(entry).get("AccountId", ""))
            found.append(_metric(resolver, alarm.stack, inner, account))
    return found


def emitted(resolver: Resolver, contracts: Sequence[Contract]) -> Emitted:
    """Return what the assembly's metric filters emit, and what loggers and shippers embed."""
    found: Emitted = {
        (contract.namespace, name): [frozenset()]
        for contract in contracts
        for name in _embedded(contract)
    }
    for resource in resolver.of_type("AWS::Logs::MetricFilter"):
        for entry in listed(resource.properties.get("MetricTransformations")):
            transformation = mapping(entry)
            stack = resource.stack
            key = (
                resolver.text(stack, transformation.get("MetricNamespace")),
                resolver.text(stack, transformation.get("MetricName")),
            )
            dimensions = listed(transformation.get("Dimensions"))
            found.setdefault(key, []).append(
                frozenset(resolver.text(stack, mapping(each).get("Key")) for each in dimensions)
            )
    return found


def _embedded(contract: Contract) -> Iterator[str]:
    yield from (name for name, metric in contract.metrics.items() if metric.embedded)
    if contract.delivery.by == "process":
        yield DELIVERY_LAG


def why_missing(resolver: Resolver, stack: str, metric: Metric, known: Emitted) -> str | None:
    """Say why there is certainly no such metric; None if there is, or may be."""
    texts = (metric.namespace, metric.name, *metric.dimensions.values())
    if any(map(is_open, texts)) or metric.account not in {"", resolver.account(stack)}:
        return None
    if metric.namespace.startswith("AWS/"):
        return _of_aws(resolver, stack, metric)
    if metric.namespace in _PUBLISHED:
        return None
    sets = known.get((metric.namespace, metric.name))
    if sets is None:
        near = nearest(str(metric), ["/".join(key) for key in known])
        meant = f'; did you mean "{near}"?' if near else ""
        return f"no metric filter emits {metric}{meant}"
    if frozenset(metric.dimensions) in sets:
        return None
    there = " or ".join(_dimensions(names) for names in dict.fromkeys(sets))
    return f"no metric filter emits {metric} {_dimensions(metric.dimensions)}, only {there}"


def _of_aws(resolver: Resolver, stack: str, metric: Metric) -> str | None:
    group = metric.dimensions.get("LogGroupName")
    if metric.namespace == "AWS/Logs" and group is not None:
        name = missing_group(resolver, stack, group)
        return None if name is None else f'no log group "{name}" is in the assembly'
    queue = metric.dimensions.get("QueueName")
    if metric.namespace == "AWS/SQS" and queue is not None:
        found = resolver.named(stack, queue, "AWS::SQS::Queue")
        return None if found else f'no queue "{queue}" is in the assembly'
    return None


def _metric(
    resolver: Resolver, stack: str, properties: Mapping[str, object], account: str = ""
) -> Metric:
    dimensions = [mapping(entry) for entry in listed(properties.get("Dimensions"))]
    return Metric(
        namespace=resolver.text(stack, properties.get("Namespace")),
        name=resolver.text(stack, properties.get("MetricName")),
        dimensions={
            resolver.text(stack, entry.get("Name")): resolver.text(stack, entry.get("Value"))
            for entry in dimensions
        },
        account=account,
    )


def _dimensions(names: Iterator[str] | Mapping[str, str] | frozenset[str]) -> str:
    listing = ", ".join(sorted(names))
    return f"by {listing}" if listing else "without dimensions"
