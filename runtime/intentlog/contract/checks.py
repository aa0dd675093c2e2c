"""Checks between the keys of a contract, and of what AWS or a file system would refuse.

Each check yields problems; none stops at the first, and none repeats what the shape already said.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from keyword import iskeyword

from . import aws_limits
from .check_alarms import check_alarms, check_mutes
from .check_archive import check_archive, check_audit
from .check_asking import check_dashboard, check_metrics, check_queries
from .check_streams import check_files, check_streams
from .fields import expression_problems
from .model import Contract, Record
from .problem import Problem, join, unknown
from .record import AUDIT_FIELD, OWN_FIELDS

_LOGGER_NAME = re.compile(r"[^\s.]+(\.[^\s.]+)*")
_LETTERS = re.compile(r"[^\W_]")


def check(contract: Contract) -> list[Problem]:
    """Return every problem that the shape alone does not show."""
    return list(
        chain.from_iterable(
            checks(contract)
            for checks in (
                _names,
                _record,
                _categories,
                check_streams,
                check_files,
                check_metrics,
                check_alarms,
                check_mutes,
                check_queries,
                check_dashboard,
                check_audit,
                check_archive,
                _events,
                _limits,
                _redaction,
            )
        )
    )


def _names(contract: Contract) -> Iterator[Problem]:
    if complaint := aws_limits.namespace_complaint(contract.namespace):
        yield Problem("namespace", complaint)
    if contract.delivery.by == "agent" and (
        complaint := aws_limits.host_complaint(contract.service)
    ):
        yield Problem("service", complaint, ("delivery",))


def _record(contract: Contract) -> Iterator[Problem]:
    record = contract.record
    yield from _record_names(record)
    for name in _repeated((*record.fields, *record.optional)):
        yield Problem("record.fields", f'"{name}" stands there twice')
    for field in ("timestamp", "level", "message"):
        name = record.name_of(field)
        if name not in record.fields:
            yield Problem("record.fields", f'every line needs its {field}: add "{name}"')
    first = record.name_of("timestamp")
    if first in record.fields[1:]:
        yield Problem(
            "record.fields",
            f'"{first}" comes first: '
            "the CloudWatch agent takes the first timestamp of a line for the event's",
        )
    yield from _indexed(record)
    if contract.audit and AUDIT_FIELD in record.all_fields:
        yield Problem("record", f'"{AUDIT_FIELD}" is what chains the audit trail: rename the field')
    if record.data in {record.name_of(field) for field in OWN_FIELDS}:
        yield Problem("record.data", f'"{record.data}" is a field that the logger itself fills')


def _indexed(record: Record) -> Iterator[Problem]:
    for index, field in enumerate(record.indexed):
        at = join("record.indexed", index)
        if field not in record.all_fields:
            yield Problem(at, unknown("field", field, record.all_fields))
        elif field in record.indexed[:index]:
            yield Problem(at, f'"{field}" stands there twice')
    if len(record.indexed) > aws_limits.INDEXED_FIELDS:
        most = f"a log group indexes {aws_limits.INDEXED_FIELDS} at most"
        yield Problem("record.indexed", f"there are {len(record.indexed)} fields; {most}")


def _record_names(record: Record) -> Iterator[Problem]:
    for field in record.names:
        if field not in OWN_FIELDS:
            yield Problem(join("record.names", field), unknown("field", field, OWN_FIELDS))
    owner: dict[str, str] = {}
    clashes: set[str] = set()
    for field in OWN_FIELDS:
        name = record.name_of(field)
        if name in owner:
            clashes.add(name)
            at = join("record.names", field if field in record.names else owner[name])
            yield Problem(at, f'"{name}" would be both {owner[name]} and {field}')
        owner.setdefault(name, field)
    for name in dict.fromkeys((*record.fields, *record.optional)):
        new = record.name_of(name)
        if name in OWN_FIELDS and name not in owner and new not in clashes:
            yield Problem("record.fields", f'"{name}" is called "{new}" here, says record.names')


def _categories(contract: Contract) -> Iterator[Problem]:
    name = contract.record.name_of("category")
    if contract.categories and name not in contract.record.all_fields:
        what = f'no line says its category: add "{name}" to record.fields'
        yield Problem("categories", what, ("record.fields", "record.optional", "record.names"))
    owner: dict[str, str] = {}
    for category, table in contract.categories.items():
        where = join("categories", category)
        for index, prefix in enumerate(table.loggers):
            at = join(f"{where}.loggers", index)
            if complaint := _logger_complaint(prefix):
                yield Problem(at, complaint)
            elif prefix in owner:
                yield Problem(at, f'"{prefix}" belongs to category "{owner[prefix]}" already')
            owner.setdefault(prefix, category)


def _logger_complaint(name: str) -> str | None:
    if not _LOGGER_NAME.fullmatch(name):
        return f'"{name}" is no logger name; expected names joined by dots'
    if name == "root":
        return '"root" is the logger above all others; it cannot be one of them'
    return None


def _events(contract: Contract) -> Iterator[Problem]:
    for name, event in contract.events.items():
        where = join("events", name)
        if not name.isidentifier() or iskeyword(name):
            yield Problem(where, f'"{name}" cannot name a function; use letters, digits and _')
        if complaint := _logger_complaint(event.logger):
            yield Problem(f"{where}.logger", complaint)
        for table, fields in (("fields", event.fields), ("optional", event.optional)):
            for field in fields:
                if not field.isidentifier() or iskeyword(field):
                    at = join(f"{where}.{table}", field)
                    yield Problem(at, f'"{field}" cannot name an argument; use letters, digits, _')
        for field in sorted(event.fields.keys() & event.optional.keys()):
            yield Problem(join(f"{where}.optional", field), f'"{field}" is in fields already')


def _limits(contract: Contract) -> Iterator[Problem]:
    for name, limit in contract.limits.items():
        where = join("limits", name)
        yield from expression_problems(contract, f"{where}.where", limit.where)
        if (limit.sample is None) == (limit.per_minute is None):
            yield Problem(where, "a limit has either sample or per_minute: one of them")


def _redaction(contract: Contract) -> Iterator[Problem]:
    for index, key in enumerate(contract.redaction.keys):
        if not _LETTERS.search(key):
            yield Problem(
                join("redaction.keys", index), f'"{key}" has no letter or digit: it names no key'
            )


def _repeated(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    reported: set[str] = set()
    for name in names:
        if name in seen and name not in reported:
            reported.add(name)
            yield name
        seen.add(name)
