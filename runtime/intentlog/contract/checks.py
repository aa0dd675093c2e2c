"""Checks between the keys of a contract, and of what AWS or a file system would refuse.

Each check yields problems; none stops at the first, and none repeats what the shape already said.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath

from . import aws_limits
from .fields import expression_problems, known_fields, query_problems
from .model import Contract, Metric, Stream
from .problem import Problem, join, unknown
from .record import OWN_FIELDS

_LOGGER_NAME = re.compile(r"[^\s.]+(\.[^\s.]+)*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_PARAMETER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def check(contract: Contract) -> list[Problem]:
    """Return every problem that the shape alone does not show."""
    return list(
        chain.from_iterable(
            checks(contract)
            for checks in (
                _namespace,
                _record,
                _categories,
                _streams,
                _files,
                _metrics,
                _alarms,
                _queries,
                _dashboard,
                _audit,
                _events,
            )
        )
    )


def _namespace(contract: Contract) -> Iterator[Problem]:
    if complaint := aws_limits.namespace_complaint(contract.namespace):
        yield Problem("namespace", complaint)


def _record(contract: Contract) -> Iterator[Problem]:
    record = contract.record
    for field in record.names:
        if field not in OWN_FIELDS:
            yield Problem(join("record.names", field), unknown("field", field, OWN_FIELDS))
    for name in _repeated((*record.fields, *record.optional)):
        yield Problem("record.fields", f'"{name}" stands there twice')
    for field in ("timestamp", "level", "message"):
        name = record.name_of(field)
        if name not in record.fields:
            yield Problem("record.fields", f'every line needs its {field}: add "{name}"')
    if record.fields and record.fields[0] != record.name_of("timestamp"):
        yield Problem(
            "record.fields",
            f'"{record.name_of("timestamp")}" comes first: '
            "the CloudWatch agent takes the first timestamp of a line for the event's",
        )
    if record.data in {record.name_of(field) for field in OWN_FIELDS}:
        yield Problem("record.data", f'"{record.data}" is a field that the logger itself fills')


def _categories(contract: Contract) -> Iterator[Problem]:
    name = contract.record.name_of("category")
    if contract.categories and name not in contract.record.all_fields:
        yield Problem("categories", f'no line says its category: add "{name}" to record.fields')
    owner: dict[str, str] = {}
    for category, table in contract.categories.items():
        where = join("categories", category)
        for index, prefix in enumerate(table.loggers):
            at = join(f"{where}.loggers", index)
            if not _LOGGER_NAME.fullmatch(prefix):
                yield Problem(at, f'"{prefix}" is no logger name; expected names joined by dots')
            elif prefix in owner:
                yield Problem(at, f'"{prefix}" belongs to category "{owner[prefix]}" already')
            owner.setdefault(prefix, category)


def _streams(contract: Contract) -> Iterator[Problem]:
    if not contract.streams:
        yield Problem("streams", "there is none: lines need a file, as in [streams.app]")
    files: dict[str, str] = {}
    groups: dict[str, str] = {}
    for name, stream in contract.streams.items():
        where = join("streams", name)
        yield from _names("stream", where, name)
        yield from _file(where, name, stream, files)
        yield from _log_group(where, name, stream, groups)
        yield from expression_problems(contract, f"{where}.where", stream.where)


def _file(where: str, name: str, stream: Stream, taken: dict[str, str]) -> Iterator[Problem]:
    file = stream.file
    if PurePosixPath(file).name != file or file in {".", ".."} or "\0" in file:
        yield Problem(f"{where}.file", f'"{file}" is no file name: it goes into files.directory')
    elif other := taken.get(file.casefold()):
        yield Problem(f"{where}.file", f'"{file}" is the file of stream "{other}" already')
    taken.setdefault(file.casefold(), name)


def _log_group(where: str, name: str, stream: Stream, taken: dict[str, str]) -> Iterator[Problem]:
    group = stream.log_group
    if stream.retention_days not in aws_limits.RETENTION_DAYS:
        steps = ", ".join(map(str, aws_limits.RETENTION_DAYS))
        yield Problem(
            f"{where}.retention_days",
            f"CloudWatch does not offer {stream.retention_days} days; allowed: {steps}",
        )
    if group is None:
        return
    if complaint := aws_limits.log_group_complaint(group):
        yield Problem(f"{where}.log_group", complaint)
    elif other := taken.get(group):
        yield Problem(
            f"{where}.log_group",
            f'"{group}" is the log group of stream "{other}" already: '
            "a line of both would be counted twice",
        )
    taken.setdefault(group, name)


def _files(contract: Contract) -> Iterator[Problem]:
    files = contract.files
    if contract.delivery.by != "agent":
        return
    host_directory = files.host_directory or files.directory
    if not PurePosixPath(host_directory).is_absolute():
        key = "host_directory" if files.host_directory else "directory"
        yield Problem(
            f"files.{key}",
            f'"{host_directory}" is relative: the agent on the host needs an absolute path',
        )


def _metrics(contract: Contract) -> Iterator[Problem]:
    filters: dict[tuple[str, str], str] = {}
    for name, metric in contract.metrics.items():
        where = join("metrics", name)
        if complaint := aws_limits.metric_name_complaint(name):
            yield Problem(where, complaint)
        yield from _stream_with_group(contract, f"{where}.stream", metric.stream)
        yield from expression_problems(contract, f"{where}.where", metric.where, as_pattern=True)
        yield from _metric_value(contract, where, metric)
        if metric.unit not in aws_limits.UNITS:
            yield Problem(f"{where}.unit", unknown("unit", metric.unit, aws_limits.UNITS))
        filter_name = metric.filter or name
        if complaint := aws_limits.filter_name_complaint(filter_name):
            yield Problem(f"{where}.filter", complaint)
        if other := filters.get((metric.stream, filter_name)):
            yield Problem(
                f"{where}.filter",
                f'"{filter_name}" is the filter of metric "{other}" on this stream already',
            )
        filters.setdefault((metric.stream, filter_name), name)
    yield from _filters_per_group(contract)


def _metric_value(contract: Contract, where: str, metric: Metric) -> Iterator[Problem]:
    if metric.value is not None and metric.value.partition(".")[0] not in contract.record.all_fields:
        yield Problem(f"{where}.value", unknown("field", metric.value, known_fields(contract)))


def _filters_per_group(contract: Contract) -> Iterator[Problem]:
    for stream in contract.streams:
        count = sum(metric.stream == stream for metric in contract.metrics.values())
        if count > aws_limits.FILTERS_PER_GROUP:
            yield Problem(
                "metrics",
                f'{count} metrics are counted on stream "{stream}"; '
                f"a log group has {aws_limits.FILTERS_PER_GROUP} filters at most",
            )


def _alarms(contract: Contract) -> Iterator[Problem]:
    for name, alarm in contract.alarms.items():
        where = join("alarms", name)
        if complaint := aws_limits.alarm_name_complaint(f"{contract.service}-{name}"):
            yield Problem(where, complaint)
        if alarm.metric not in contract.metrics:
            yield Problem(f"{where}.metric", unknown("metric", alarm.metric, contract.metrics))
        if alarm.query is not None and alarm.query not in contract.queries:
            yield Problem(f"{where}.query", unknown("query", alarm.query, contract.queries))


def _queries(contract: Contract) -> Iterator[Problem]:
    titles: dict[str, str] = {}
    for name, query in contract.queries.items():
        where = join("queries", name)
        yield from _names("query", where, name)
        if other := titles.get(query.title):
            yield Problem(f"{where}.title", f'"{query.title}" is the title of "{other}" already')
        titles.setdefault(query.title, name)
        if not query.streams and not contract.log_groups:
            yield Problem(where, "no stream has a log group that could be asked")
        for index, stream in enumerate(query.streams):
            yield from _stream_with_group(contract, join(f"{where}.streams", index), stream)
        yield from query_problems(contract, f"{where}.text", query.text)
        used = set(_PARAMETER.findall(query.text))
        for parameter in sorted(used - set(query.parameters)):
            yield Problem(f"{where}.text", unknown("parameter", parameter, query.parameters))
        for parameter in query.parameters:
            if parameter not in used:
                at = join(f"{where}.parameters", parameter)
                yield Problem(at, f"the text has no {{{{{parameter}}}}}")


def _dashboard(contract: Contract) -> Iterator[Problem]:
    if contract.dashboard is None:
        return
    known = [
        *(f"alarms.{name}" for name in contract.alarms),
        *(f"metrics.{name}" for name in contract.metrics),
        *(f"queries.{name}" for name in contract.queries),
    ]
    for y, row in enumerate(contract.dashboard.rows):
        for x, widget in enumerate(row):
            if widget not in known:
                at = join(join("dashboard.rows", y), x)
                yield Problem(at, unknown("widget", widget, known))


def _audit(contract: Contract) -> Iterator[Problem]:
    if contract.audit is not None and contract.audit.stream not in contract.streams:
        yield Problem("audit.stream", unknown("stream", contract.audit.stream, contract.streams))


def _events(contract: Contract) -> Iterator[Problem]:
    for name, event in contract.events.items():
        where = join("events", name)
        if not name.isidentifier():
            yield Problem(where, f'"{name}" cannot name a function; use letters, digits and _')
        if not _LOGGER_NAME.fullmatch(event.logger):
            yield Problem(f"{where}.logger", f'"{event.logger}" is no logger name')
        for field in event.fields.keys() & event.optional.keys():
            yield Problem(f"{where}.optional", f'"{field}" is in fields already')


def _stream_with_group(contract: Contract, where: str, stream: str) -> Iterator[Problem]:
    if stream not in contract.streams:
        yield Problem(where, unknown("stream", stream, contract.streams))
    elif contract.streams[stream].log_group is None:
        yield Problem(where, f'stream "{stream}" has no log_group: nothing of it is in CloudWatch')


def _names(kind: str, where: str, name: str) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        yield Problem(where, f'"{name}" cannot name a {kind}; use letters, digits, - and _')


def _repeated(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
