"""Evaluates MiniStack's alarms: dimensions, periods, missing data, metric math, mutes, the clock.

MiniStack has the stores, the rules of composite alarms, the history and SNS; what decides a state
is ``sandbox.alarms``; what is published is ``sandbox.alarm_messages`` to topics and
``sandbox.alarm_events`` on the event bus.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, eventbridge, sns

from sandbox import alarm_events, alarm_messages, alarms, mute_rules, service_metrics

_TICK_SECONDS = 5.0
_ACTIONS = {
    alarms.ALARM: "AlarmActions",
    alarms.OK: "OKActions",
    alarms.INSUFFICIENT_DATA: "InsufficientDataActions",
}

_log = logging.getLogger(__name__)
_lock = threading.RLock()
# Alarm name → the state from which it came and the state that nobody was told of.
_muted = responses.AccountRegionScopedDict()


def install() -> None:
    """Put the evaluation in the place of MiniStack's; once a process."""
    cloudwatch._evaluate_alarm = _evaluate_alone
    cloudwatch._dispatch_alarm_actions = _changed
    threading.Thread(target=_evaluate_by_the_clock, name="alarms", daemon=True).start()


def reset() -> None:
    """Forget what was muted."""
    _muted.clear()


def _evaluate_alone(alarm: dict[str, Any]) -> None:
    # Data and the clock may ask at once, and a transition must notify once.
    with _lock:
        _evaluate(alarm)


def _evaluate(alarm: dict[str, Any]) -> None:
    """Move one alarm to the state that its data call for, with MiniStack's history and actions."""
    if not alarms.is_evaluated(alarm):
        return
    state, reason = alarms.state(alarm, _values(alarm, time.time()))
    old = alarm["StateValue"]
    if state in (None, old):
        return
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], old, state, reason)
    _changed(alarm, old, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Mapping[str, Any], now: float) -> list[float | None]:
    """What the alarm looks at, one value for each of its periods, the latest first."""
    if "Metrics" not in alarm:
        name = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
        return _statistics(alarm, name, alarm, now)
    queries = alarm["Metrics"]
    periods = {"EvaluationPeriods": alarm["EvaluationPeriods"]}
    metrics = {
        query["Id"]: _statistics(
            query["MetricStat"]["Metric"],
            query["MetricStat"]["Stat"],
            periods | {"Period": alarms.math_period(queries)},
            now,
        )
        for query in queries
        if "MetricStat" in query
    }
    return alarms.math_values(queries, metrics)


def _statistics(
    metric: Mapping[str, Any], name: str, periods: Mapping[str, Any], now: float
) -> list[float | None]:
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    key = (metric.get("Namespace"), metric.get("MetricName"), dimensions)
    points = list(cloudwatch._metrics.get(key) or ())
    return [_statistic(period, name) for period in alarms.periods(periods, points, now)]


def _statistic(period: list[alarms.Point], name: str) -> float | None:
    statistics = cloudwatch._calc_stats(period)
    if not statistics:
        return None
    value: float | None = cloudwatch._stat_value(statistics, name, period)
    return value


# Actions, and when there are none ---------------------------------------------------------------


def _changed(alarm: dict[str, Any], old: str, state: str, reason: str) -> None:
    """Put the change on the event bus, muted or not, and do what the alarm names for it."""
    now = datetime.now(UTC)
    entry = alarm_events.event(alarm, old=old, reason=reason, now=now)
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    _notify(alarm, old, state, reason, now)


def _notify(alarm: dict[str, Any], old: str, state: str, reason: str, now: datetime) -> None:
    """Publish to the topics that the alarm names for its new state, unless it is muted."""
    name = alarm["AlarmName"]
    _muted.pop(name, None)
    if not alarm.get("ActionsEnabled", True):
        return
    if mute_rules.is_muted(name):
        _muted[name] = (old, state, reason)
        return
    message = alarm_messages.message(alarm, old=old, reason=reason, now=now)
    for action in alarm.get(_ACTIONS[state]) or []:
        if cloudwatch._is_sns_action_arn(action):
            subject = alarm_messages.subject(alarm, responses.get_region())
            sns._fanout(action, responses.new_uuid(), json.dumps(message), subject)


def _make_up_for_mutes() -> None:
    """Do what a mute kept back, where it is over and the alarm still is in that state."""
    for name, (old, state, reason) in list(_muted.items()):
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
        if alarm is None or alarm["StateValue"] != state:
            _muted.pop(name, None)
        elif not mute_rules.is_muted(name):
            _notify(alarm, old, state, reason, datetime.now(UTC))


# The clock --------------------------------------------------------------------------------------


def _evaluate_by_the_clock() -> None:
    """Let time alone change an alarm: MiniStack looks only when data arrive."""
    while True:
        time.sleep(_TICK_SECONDS)
        for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
            with responses.request_scope(account, region), _lock:
                try:
                    _tick()
                except Exception:  # noqa: BLE001 - whatever it is, alarms go on being evaluated
                    _log.exception("alarms were not looked at")


def _tick() -> None:
    service_metrics.record_queue_depths(list(cloudwatch._alarms.values()))
    cloudwatch._evaluate_all_alarms()
    _make_up_for_mutes()
