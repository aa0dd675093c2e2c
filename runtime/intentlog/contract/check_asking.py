"""Checks of what is asked of lines: metrics, saved queries, the dashboard."""

from collections.abc import Iterator

from . import aws_limits
from .asking import Metric, Parameter, Query
from .check_streams import name_problems
from .fields import expression_problems, has_regex, metric_value_problems, query_problems
from .model import Contract
from .problem import Problem, join, unknown


def check_metrics(contract: Contract) -> Iterator[Problem]:
    """Check the metrics and their filters."""
    filters: dict[tuple[str, str], str] = {}
    for name, metric in contract.metrics.items():
        where = join("metrics", name)
        if complaint := aws_limits.metric_name_complaint(name):
            yield Problem(where, complaint)
        yield from stream_problems(
            contract, f"{where}.stream", metric.stream, standard="metric filters"
        )
        yield from expression_problems(
            contract, f"{where}.where", metric.where, as_pattern=not metric.embedded
        )
        if metric.embedded:
            yield from _embedded(contract, where, name, metric)
        if metric.value is not None:
            yield from metric_value_problems(contract, f"{where}.value", metric.value)
        if metric.unit not in aws_limits.UNITS:
            yield Problem(f"{where}.unit", unknown("unit", metric.unit, aws_limits.UNITS))
        filter_name = metric.filter or name
        if metric.filter and (complaint := aws_limits.filter_name_complaint(metric.filter)):
            yield Problem(f"{where}.filter", complaint)
        if other := filters.get((metric.stream, filter_name)):
            yield Problem(
                f"{where}.filter",
                f'"{filter_name}" is the filter of metric "{other}" on this stream already',
                (f"{where}.stream", join("metrics", other)),
            )
        filters.setdefault((metric.stream, filter_name), name)
    yield from _filters_per_group(contract)


def check_queries(contract: Contract) -> Iterator[Problem]:
    """Check the saved queries: titles, streams, fields, parameters."""
    titles: dict[str, str] = {}
    for name, query in contract.queries.items():
        where = join("queries", name)
        yield from name_problems("query", where, name)
        if other := titles.get(query.title):
            yield Problem(
                f"{where}.title",
                f'"{query.title}" is the title of "{other}" already',
                (join("queries", other) + ".title",),
            )
        elif complaint := aws_limits.query_name_complaint(contract.service, query.title):
            yield Problem(f"{where}.title", complaint)
        titles.setdefault(query.title, name)
        yield from _asked_streams(contract, where, query)
        yield from query_problems(contract, where, query)
        for parameter, table in query.parameters.items():
            yield from _parameter_values(join(f"{where}.parameters", parameter), table)
        yield from _examples(where, query)


def check_dashboard(contract: Contract) -> Iterator[Problem]:
    """Check that the dashboard's widgets exist and find room."""
    if contract.dashboard is None:
        return
    rows = contract.dashboard.rows
    known = [
        *(["alarms"] if contract.alarms else []),
        *(f"alarms.{name}" for name in contract.alarms),
        *(f"metrics.{name}" for name in contract.metrics),
        *(f"queries.{name}" for name in contract.queries),
        *(f"streams.{name}" for name in contract.log_groups),
    ]
    for y, row in enumerate(rows):
        where = join("dashboard.rows", y)
        if not row:
            yield Problem(where, "the row is empty")
        if len(row) > aws_limits.DASHBOARD_COLUMNS:
            most = f"a dashboard has {aws_limits.DASHBOARD_COLUMNS} columns"
            yield Problem(where, f"{len(row)} widgets do not fit: {most}")
        for x, widget in enumerate(row):
            if widget not in known:
                kind, _, name = widget.partition(".")
                yield Problem(join(where, x), unknown("widget", widget, known), (join(kind, name),))
    if (count := sum(map(len, rows))) > aws_limits.WIDGETS_PER_DASHBOARD:
        most = f"a dashboard has {aws_limits.WIDGETS_PER_DASHBOARD} at most"
        yield Problem("dashboard.rows", f"there are {count} widgets; {most}")


def _parameter_values(where: str, parameter: Parameter) -> Iterator[Problem]:
    if parameter.values and parameter.default not in parameter.values:
        yield Problem(f"{where}.default", unknown("value", parameter.default, parameter.values))


def _examples(where: str, query: Query) -> Iterator[Problem]:
    for index, example in enumerate(query.examples):
        at = join(f"{where}.examples", index)
        for parameter in example.parameters:
            if parameter not in query.parameters:
                what = unknown("parameter", parameter, query.parameters)
                yield Problem(join(f"{at}.parameters", parameter), what, (f"{where}.parameters",))


def _embedded(contract: Contract, where: str, name: str, metric: Metric) -> Iterator[Problem]:
    if metric.filter is not None:
        yield Problem(f"{where}.filter", "an embedded metric has no filter; leave it out")
    if name in contract.record.all_fields:
        what = f'"{name}" is a field of the record; an embedded metric is written beside them'
        yield Problem(where, what)


def _filters_per_group(contract: Contract) -> Iterator[Problem]:
    for stream in contract.streams:
        filters = [
            metric
            for metric in contract.metrics.values()
            if metric.stream == stream and not metric.embedded
        ]
        with_regex = [m for m in filters if has_regex(m.where)]
        for count, kind, most in (
            (len(filters), "filters", aws_limits.FILTERS_PER_GROUP),
            (len(with_regex), "filters with a /regex/", aws_limits.REGEX_FILTERS_PER_GROUP),
        ):
            if count > most:
                what = f'stream "{stream}" has {count} {kind}; a log group has {most} at most'
                yield Problem("metrics", what)


def _asked_streams(contract: Contract, where: str, query: Query) -> Iterator[Problem]:
    if not query.streams and not contract.log_groups:
        yield Problem(where, "no stream has a log_group that could be asked", ("streams",))
    if len(query.streams) > aws_limits.GROUPS_PER_QUERY:
        most = f"a query asks {aws_limits.GROUPS_PER_QUERY} log groups at most"
        yield Problem(f"{where}.streams", f"there are {len(query.streams)}; {most}")
    for index, stream in enumerate(query.streams):
        at = join(f"{where}.streams", index)
        if stream in query.streams[:index]:
            yield Problem(at, f'"{stream}" stands there twice')
        else:
            yield from stream_problems(contract, at, stream)


def stream_problems(
    contract: Contract, where: str, stream: str, *, standard: str = ""
) -> Iterator[Problem]:
    """Check a reference to a stream that must be in CloudWatch.

    Args:
        contract: The contract.
        where: The key path of the reference.
        stream: The stream's name.
        standard: What it is wanted for, if that takes a log group of the standard class.
    """
    at = join("streams", stream)
    if stream not in contract.streams:
        yield Problem(where, unknown("stream", stream, contract.streams), (at,))
    elif contract.streams[stream].log_group is None:
        what = f'stream "{stream}" has no log_group: nothing of it is in CloudWatch'
        yield Problem(where, what, (f"{at}.log_group",))
    elif standard and contract.streams[stream].log_class != "standard":
        what = f'stream "{stream}" is of infrequent access, which has no {standard}'
        yield Problem(where, what, (f"{at}.log_class",))
