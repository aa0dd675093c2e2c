"""CloudWatch filter patterns and values of the metrics."""

from intentlog.contract import Contract
from intentlog.expression import filter_pattern, parse_where


def metric_pattern(contract: Contract, metric: str) -> str:
    """Return the filter pattern of a metric; the empty one takes every line."""
    return where_pattern(contract.metrics[metric].where)


def where_pattern(where: str) -> str:
    """Return the filter pattern of a where-expression; the empty one takes every line.

    Raises:
        ExpressionError: It cannot be parsed, or said as a filter pattern.
    """
    return filter_pattern(parse_where(where)) if where else ""


def metric_value(contract: Contract, metric: str) -> str:
    """Return what a line adds to a metric: 1, or the selector of a numeric field."""
    value = contract.metrics[metric].value
    return "1" if value is None else f"$.{value}"
