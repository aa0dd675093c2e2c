"""Metric filters: on a log group that is there, their patterns parse, their fields are known.

Sources: CloudWatch Logs API, PutMetricFilter and MetricTransformation; CloudWatch Logs User
Guide, "Filter pattern syntax for metric filters".
"""

import re
from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import NO_VALUE, listed, mapping
from intentlog.contract import Contract
from intentlog.contract.problem import unknown
from intentlog.expression import ExpressionError, FilterPattern

from .finding import Finding, error
from .log_groups import group_name, missing_group

_METRIC = "AWS::Logs::MetricFilter"
_SUBSCRIPTION = "AWS::Logs::SubscriptionFilter"
_MOST_DIMENSIONS = 3
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|%[^%]*%')
_SELECTOR = re.compile(r"\$\.([A-Za-z_][\w-]*)")


def filters(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check each metric filter and each subscription filter."""
    seen: dict[tuple[str, str], Resource] = {}
    for resource in resolver.of_type(_METRIC, _SUBSCRIPTION):
        value = resource.properties.get("LogGroupName")
        if (name := missing_group(resolver, resource.stack, value)) is not None:
            message = f'no log group "{name}" is in the assembly: it counts nothing'
            yield error("filter-log-group", resource, f"{message}; name one that is")
        yield from _pattern(resolver, resource, contracts)
        if resource.type == _METRIC:
            yield from _transformations(resource)
            yield from _names(resolver, resource, seen)


def _pattern(
    resolver: Resolver, resource: Resource, contracts: Sequence[Contract]
) -> Iterator[Finding]:
    text = resolver.text(resource.stack, resource.properties.get("FilterPattern", ""))
    if is_open(text):
        return
    try:
        FilterPattern.parse(text)
    except ExpressionError as wrong:
        message = f"its pattern is refused: {wrong.reason} ({wrong.place}): {text[:100]}"
        yield error("filter-pattern", resource, message)
        return
    group = group_name(resolver.text(resource.stack, resource.properties.get("LogGroupName")))
    for contract in contracts:
        if group in contract.log_groups.values():
            fields = contract.record.all_fields
            for field in dict.fromkeys(_SELECTOR.findall(_QUOTED.sub("", text))):
                if field not in fields:
                    message = f"it never matches: {unknown('field', field, fields)}"
                    yield error("filter-field", resource, message)


def _transformations(resource: Resource) -> Iterator[Finding]:
    pattern = resource.properties.get("FilterPattern")
    for entry in listed(resource.properties.get("MetricTransformations")):
        transformation = mapping(entry)
        dimensions = listed(transformation.get("Dimensions"))
        name = transformation.get("MetricName")
        if dimensions and transformation.get("DefaultValue", NO_VALUE) != NO_VALUE:
            message = f"metric {name} has dimensions and a default value, which CloudWatch refuses"
            message += "; make two filters, the one for alarms without dimensions"
            yield error("filter-dimensions", resource, message)
        if len(dimensions) > _MOST_DIMENSIONS:
            message = f"metric {name} has {len(dimensions)} dimensions"
            yield error("filter-dimensions", resource, f"{message}; {_MOST_DIMENSIONS} are allowed")
        if dimensions and isinstance(pattern, str) and not pattern.lstrip().startswith(("{", "[")):
            message = f"metric {name} has dimensions, which a pattern of terms gives no values"
            yield error("filter-dimensions", resource, f"{message}; write it as {{ $.field = … }}")


def _names(
    resolver: Resolver, resource: Resource, seen: dict[tuple[str, str], Resource]
) -> Iterator[Finding]:
    """Check that no two filters of a log group share a name: the second replaces the first."""
    if "FilterName" not in resource.properties:
        return
    name = resolver.text(resource.stack, resource.properties["FilterName"])
    group = resolver.text(resource.stack, resource.properties.get("LogGroupName"))
    key = f"{resolver.region(resource.stack)} {group_name(group)}", name
    if key in seen and not is_open(group):
        message = f'"{name}" is the name of {seen[key].path} on this log group already'
        yield error("filter-name", resource, f"{message}: it would replace that; rename one")
    seen.setdefault(key, resource)
