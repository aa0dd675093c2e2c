"""What it means that a property of an alarm changed: what rings later, or tells nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from intentlog.assembly.values import listed, mapping
from intentlog.assembly.words import code, codes, from_to, tables, text

from .kinds import Finding, Pair
from .metrics import watched

_BAND = re.compile(r"ANOMALY_DETECTION_BAND\(\s*\w+\s*,\s*([0-9.]+)\s*\)")
_NAMED = re.compile(r'ALARM\(\s*"?([^")]+?)"?\s*\)')
_MISSING: Final = "TreatMissingData"
_QUERY: Final = "ScheduledQueryConfiguration"


def threshold(pair: Pair) -> Iterator[Finding]:
    """Say whether it rings sooner or later."""
    old, new = pair.was("Threshold"), pair.now("Threshold")
    words = from_to(old, new)
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        yield Finding(f"changes its threshold, {words}")
        return
    below = text(pair.now("ComparisonOperator")).startswith("Less")
    if (new < old) if below else (new > old):
        yield Finding(f"is loosened, {words}: it rings later, or not at all", danger=True)
    else:
        yield Finding(f"is tightened, {words}: it rings sooner")


class Grows:
    """The rule of a number that an alarm waits for: the more of it, the later it rings."""

    def __init__(self, name: str, what: str) -> None:
        self._name, self._what = name, what

    def __call__(self, pair: Pair) -> Iterable[Finding]:
        """Say whether it waits for more or for less."""
        old, new = pair.was(self._name), pair.now(self._name)
        numbers = isinstance(new, int | float) and isinstance(old, int | float | None)
        more = numbers and new > (old or 1)
        then = "later" if more else "sooner"
        yield Finding(f"{self._what}, {from_to(old, new)}: it rings {then}", bool(more))


def missing_data(pair: Pair) -> Iterator[Finding]:
    """Say whether silence still wakes somebody."""
    old, new = (pair.was(_MISSING) or "missing", pair.now(_MISSING) or "missing")
    said = f"takes missing data otherwise, {from_to(old, new)}"
    if old == "breaching":
        yield Finding(f"{said}: silence wakes nobody any more", danger=True)
    else:
        yield Finding(said)


def enabled(pair: Pair) -> Iterator[Finding]:
    """Say whether it tells at all."""
    if pair.now("ActionsEnabled") is False:
        yield Finding("is silenced: its actions are disabled", danger=True)
    else:
        yield Finding("tells again: its actions are enabled")


def actions(pair: Pair) -> Iterator[Finding]:
    """Say whom it tells no more, and whom from now on."""
    was, now = (_plain(value) for value in (pair.was("AlarmActions"), pair.now("AlarmActions")))
    lost, won = [one for one in was if one not in now], [one for one in now if one not in was]
    incident = _incident(pair)
    if lost and not now and incident:
        yield Finding(f"tells nobody by itself any more: {code(incident)} tells for it")
    elif lost and not now:
        yield Finding(f"is silenced: it told {codes(lost)} and tells nobody now", danger=True)
    elif lost:
        yield Finding(f"no longer tells {codes(lost)} when it begins", danger=not won)
    if won:
        yield Finding(f"tells {codes(won)} when it begins")


def _incident(pair: Pair) -> str:
    """Return the alarm that tells in another's place: one on it, with actions of its own."""
    name = text(pair.now("AlarmName"))
    for other in pair.after.of_type("AWS::CloudWatch::CompositeAlarm"):
        if other.properties.get("AlarmActions") and name in _parts(other.properties):
            return text(other.properties.get("AlarmName", other.path))
    return ""


def _plain(actions: object) -> list[str]:
    return [text(action) for action in listed(actions)]


def _parts(properties: Mapping[str, object]) -> list[str]:
    return _NAMED.findall(text(properties.get("AlarmRule", "")))


def metrics(pair: Pair) -> Iterator[Finding]:
    """Say what it compares now: a band, an expression, other metrics."""
    old, new = pair.was("Metrics"), pair.now("Metrics")
    bands = [_BAND.search(text(value)) for value in (old, new)]
    if bands[0] and bands[1] and bands[0][1] != bands[1][1]:
        words = from_to(bands[0][1], bands[1][1])
        wider = float(bands[1][1]) > float(bands[0][1])
        then = "it rings later, or not at all" if wider else "it rings sooner"
        yield Finding(f"compares with another band of standard deviations, {words}: {then}", wider)
        return
    expressions = [_expressions(value) for value in (old, new)]
    if expressions[0] != expressions[1]:
        yield Finding(f"compares another expression, {from_to(*map('; '.join, expressions))}")
        return
    metrics = [", ".join(sorted(watched(one))) for one in (pair.old, pair.new)]
    if metrics[0] != metrics[1]:
        yield Finding(f"watches other metrics, {from_to(*metrics)}")
    else:
        yield Finding("reads its metrics otherwise (period, statistic or label)")


def _expressions(queries: object) -> list[str]:
    return [text(one["Expression"]) for one in tables(queries) if "Expression" in one]


def rule(pair: Pair) -> Iterator[Finding]:
    """Say which alarms it rings for no more, and for which from now on."""
    old, new = _parts(pair.old.properties), _parts(pair.new.properties)
    lost, won = [one for one in old if one not in new], [one for one in new if one not in old]
    if lost:
        yield Finding(f"no longer rings for {codes(lost)}", danger=True)
    if won:
        yield Finding(f"rings for {codes(won)}, too")
    if not lost and not won:
        words = from_to(pair.was("AlarmRule"), pair.now("AlarmRule"))
        yield Finding(f"combines its alarms otherwise, {words}", danger=True)


def suppressor(pair: Pair) -> Iterator[Finding]:
    """Say while what rings it is held back."""
    if new := pair.now("ActionsSuppressor"):
        said = f"tells nobody while {code(new)} rings"
        yield Finding(said, danger=True)
    else:
        yield Finding(f"is held back by {code(pair.was('ActionsSuppressor'))} no more")


def scheduled_query(pair: Pair) -> Iterator[Finding]:
    """Say what it asks now."""
    old, new = (mapping(pair.was(_QUERY)), mapping(pair.now(_QUERY)))
    whats = {
        "QueryString": "asks another question",
        "AggregationExpression": "compares another number",
        "LogGroupIdentifiers": "asks other log groups",
        "ScheduleConfiguration": "asks at other times",
        "ScheduledQueryRoleARN": "asks as another role",
    }
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            what = whats.get(name, f"changes {code(name)}")
            yield Finding(f"{what}, {from_to(old.get(name), new.get(name))}")
