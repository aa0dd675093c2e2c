"""Which metrics are made in an assembly, and which are watched."""

from intentlog.assembly.template import Assembly, Resource
from intentlog.assembly.values import mapping
from intentlog.assembly.words import tables, text


def counted(assembly: Assembly) -> frozenset[str]:
    """Return the metrics that metric filters count: namespace and name."""
    return frozenset(
        f"{text(metric.get('MetricNamespace'))}/{text(metric.get('MetricName'))}"
        for filter_ in assembly.of_type("AWS::Logs::MetricFilter")
        for metric in tables(filter_.properties.get("MetricTransformations"))
    )


def watched(alarm: Resource) -> frozenset[str]:
    """Return the metrics that an alarm reads: namespace and name."""
    metrics = [
        alarm.properties,
        *(
            mapping(mapping(query.get("MetricStat")).get("Metric"))
            for query in tables(alarm.properties.get("Metrics"))
        ),
    ]
    return frozenset(
        f"{text(metric['Namespace'])}/{text(metric['MetricName'])}"
        for metric in metrics
        if "Namespace" in metric and "MetricName" in metric
    )
