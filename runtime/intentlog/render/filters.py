"""CloudWatch filter patterns and values of the metrics."""

from intentlog.contract import Contract
from intentlog.expression import filter_pattern, parse_where


def metric_pattern(contract: Contract, metric: str) -> str:
    """Return the filter pattern of a metric; the empty one takes every line."""
    where = contract.metrics[metric].where
    return filter_pattern(parse_where(where)) if where else ""


def metric_value(contract: Contract, metric: str) -> str:
    """Return what a line adds to a metric: 1, or the selector of a numeric field."""
    value = contract.metrics[metric].value
    return "1" if value is None else f"$.{value}"
