"""Checks of alarms and of when they are mute."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from . import aws_limits
from .asking import Alarm, AlarmKind
from .check_asking import stream_problems
from .model import Contract
from .problem import Problem, join, unknown

_KIND_KEYS: Final[dict[AlarmKind, tuple[frozenset[str], frozenset[str]]]] = {
    "threshold": (
        frozenset({"metric", "more_than", "within_minutes"}),
        frozenset({"log_lines", "missing_data"}),
    ),
    "ratio": (
        frozenset({"metric", "of", "more_than", "within_minutes"}),
        frozenset({"at_least", "missing_data"}),
    ),
    "band": (frozenset({"metric", "outside_band", "within_minutes"}), frozenset({"missing_data"})),
    "silence": (frozenset({"stream", "within_minutes"}), frozenset()),
    "lag": (frozenset({"stream", "lag_seconds", "within_minutes"}), frozenset()),
    "composite": (frozenset({"any_of"}), frozenset()),
}
"""The keys that each kind of alarm must and may have."""

_OF_A_KIND: Final = frozenset[str]().union(
    *(required | allowed for required, allowed in _KIND_KEYS.values())
)
_TAKEN: Final = {
    "delivery-lag": "the alarm on late lines that a process delivers",
    "missed-digest-runs": "the alarm on runs of the digest that fail",
    "undelivered-digests": "the alarm on digests that could not be posted",
}
"""What other alarms of the service are called."""
_DEFAULTS: Final = msgspec.structs.asdict(Alarm())
_WHAT: Final[dict[AlarmKind, str]] = {
    "threshold": "an alarm on a metric",
    "ratio": "an alarm on a share (`of`)",
    "band": "an alarm on what is unusual (`outside_band`)",
    "silence": "an alarm on a stream that falls silent",
    "lag": "an alarm on late lines (`lag_seconds`)",
    "composite": "an alarm on others (`any_of`)",
}


def check_alarms(contract: Contract) -> Iterator[Problem]:
    """Check the alarms: their keys, and what they refer to."""
    for name, alarm in contract.alarms.items():
        where = join("alarms", name)
        if complaint := aws_limits.alarm_name_complaint(contract.alarm_name(name)):
            yield Problem(where, complaint, ("service",))
        if name in _TAKEN:
            yield Problem(where, f'"{name}" is {_TAKEN[name]}')
        yield from _keys(where, alarm)
        yield from _references(contract, where, alarm)
        yield from _parts(contract, where, name, alarm)


def check_mutes(contract: Contract) -> Iterator[Problem]:
    """Check when alarms are mute."""
    paging = [name for name in contract.alarms if contract.pages(name)]
    for name, mute in contract.mutes.items():
        where = join("mutes", name)
        if complaint := aws_limits.alarm_name_complaint(contract.alarm_name(name)):
            yield Problem(where, complaint, ("service",))
        if not contract.alarms:
            yield Problem(where, "there is no alarm that it could mute", ("alarms",))
        for index, alarm in enumerate(mute.alarms):
            at = join(f"{where}.alarms", index)
            if alarm not in contract.alarms:
                yield Problem(
                    at, unknown("alarm", alarm, contract.alarms), (join("alarms", alarm),)
                )
            elif alarm not in paging:
                yield Problem(
                    at, f'"{alarm}" does not page by itself: mute the alarm it is part of'
                )
        try:
            ZoneInfo(mute.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            what = f'no time zone "{mute.timezone}"; expected an IANA name, such as Europe/Berlin'
            yield Problem(f"{where}.timezone", what)


def _keys(where: str, alarm: Alarm) -> Iterator[Problem]:
    """Compare the keys that are given with those that the alarm's kind has."""
    given = {key for key in _OF_A_KIND if getattr(alarm, key) != _DEFAULTS[key]}
    if not given & {"metric", "stream", "any_of"}:
        yield Problem(where, "it watches nothing: give it a `metric`, a `stream` or `any_of`")
        return
    required, allowed = _KIND_KEYS[alarm.kind]
    for key in sorted(required - given):
        yield Problem(where, f"{_WHAT[alarm.kind]} needs `{key}`", (f"{where}.{key}",))
    for key in sorted(given - required - allowed):
        yield Problem(f"{where}.{key}", f"{_WHAT[alarm.kind]} has no `{key}`; leave it out")


def _references(contract: Contract, where: str, alarm: Alarm) -> Iterator[Problem]:
    for key, metric in (("metric", alarm.metric), ("of", alarm.of)):
        if metric is not None and metric not in contract.metrics:
            what = unknown("metric", metric, contract.metrics)
            yield Problem(f"{where}.{key}", what, (join("metrics", metric),))
    if alarm.of is not None and alarm.of == alarm.metric:
        yield Problem(f"{where}.of", f'"{alarm.of}" is all of itself: name another metric')
    if alarm.stream is not None:
        yield from stream_problems(contract, f"{where}.stream", alarm.stream, standard="alarms")
    if alarm.query is not None and alarm.query not in contract.queries:
        what = unknown("query", alarm.query, contract.queries)
        yield Problem(f"{where}.query", what, (join("queries", alarm.query),))
    if alarm.log_lines and alarm.metric in contract.metrics:
        yield from _lines(contract, where, alarm.metric)


def _lines(contract: Contract, where: str, metric: str) -> Iterator[Problem]:
    if contract.metrics[metric].value is not None:
        what = f'lines are shown for metrics that count them; "{metric}" sums a value'
        yield Problem(f"{where}.log_lines", what, (join("metrics", metric) + ".value",))


def _parts(contract: Contract, where: str, name: str, alarm: Alarm) -> Iterator[Problem]:
    for index, part in enumerate(alarm.any_of):
        at = join(f"{where}.any_of", index)
        if part not in contract.alarms:
            yield Problem(at, unknown("alarm", part, contract.alarms), (join("alarms", part),))
        elif part == name:
            yield Problem(at, f'"{part}" is the alarm itself')
        elif part in alarm.any_of[:index]:
            yield Problem(at, f'"{part}" stands there twice')
        elif contract.alarms[part].kind in {"composite", "lag"}:
            # A lag alarm is not made in every region, and a rule that names it would be refused.
            what = _WHAT[contract.alarms[part].kind]
            yield Problem(at, f'"{part}" is {what}; it cannot be part of another')
    if len(alarm.any_of) > aws_limits.PARTS_OF_COMPOSITE:
        most = f"an alarm on others names {aws_limits.PARTS_OF_COMPOSITE} at most"
        yield Problem(f"{where}.any_of", f"there are {len(alarm.any_of)}; {most}")
