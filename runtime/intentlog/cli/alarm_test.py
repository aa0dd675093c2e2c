"""Whether an alarm arrives: rings it and waits for its digest to be posted."""

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from intentlog.contract import Contract, ContractError, Problem
from intentlog.contract.problem import unknown
from intentlog.render import digest_log_group

_REASON = "Tested by hand with `diagnose alarm-test`"
_POLL_SECONDS = 2.0
_SAID = '{ ($.message = "digest posted") || ($.message = "digest not posted") }'


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of one alarm's notification; ``seconds`` since the alarm rang."""

    alarm: str
    outcome: Literal["posted", "refused", "missing"]
    seconds: float
    reason: str = ""


def told(arrival: Arrival) -> str:
    """Say what became of an alarm's notification."""
    after = f"{arrival.seconds:.0f} s"
    match arrival.outcome:
        case "posted":
            return f"{arrival.alarm}: posted after {after}"
        case "refused":
            return f"{arrival.alarm}: not posted within {after}: {arrival.reason}"
        case _:
            return f"{arrival.alarm}: no digest within {after}: is the topic subscribed to?"


def tested_alarms(contract: Contract, names: Collection[str]) -> dict[str, str]:
    """Return what is rung for each alarm that must be heard of: alarm by alarm, full names.

    Without names, every alarm that tells somebody. A part of an incident is heard of as the
    incident.

    Raises:
        ContractError: There is no such alarm.
    """
    for name in names:
        if name not in contract.alarms:
            what = unknown("alarm", name, contract.alarms)
            raise ContractError(contract.service, [Problem("alarm-test", what)])
    heard: dict[str, str] = {}
    for name in names or [alarm for alarm in contract.alarms if contract.pages(alarm)]:
        incidents = [other for other, table in contract.alarms.items() if name in table.any_of]
        for told in incidents or [name]:
            heard[contract.alarm_name(told)] = contract.alarm_name(name)
    return heard


def ring(
    contract: Contract,
    heard: dict[str, str],
    *,
    cloudwatch: Any,
    logs: Any,
    wait_seconds: float,
) -> Iterator[Arrival]:
    """Ring alarms and yield what became of each, as it becomes known.

    CloudWatch itself returns an alarm to its true state when it looks next. That a digest was
    posted is read in the log group of the digest function.

    Args:
        contract: The contract, with the environment's prefix.
        heard: The alarms that must be heard of, and what is rung for each.
        cloudwatch: A boto3 client of CloudWatch.
        logs: A boto3 client of CloudWatch Logs.
        wait_seconds: How long to wait for the last digest.
    """
    began = time.time()
    for name in dict.fromkeys(heard.values()):
        # One that rings already would change nothing and tell nobody; on the way through missing
        # data nobody is told.
        for state in ("INSUFFICIENT_DATA", "ALARM"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=_REASON)
    waiting = set(heard)
    refused: dict[str, str] = {}
    while waiting and time.time() - began < wait_seconds:
        for entry in _entries(logs, digest_log_group(contract), began):
            named = waiting & set(entry.get("ringing", ()))
            if entry["message"] == "digest posted":
                waiting -= named
                for name in sorted(named):
                    yield Arrival(alarm=name, outcome="posted", seconds=time.time() - began)
            else:
                refused |= dict.fromkeys(named, str(entry.get("reason", "")))
        if waiting:
            time.sleep(_POLL_SECONDS)
    for name in sorted(waiting):
        yield Arrival(
            alarm=name,
            outcome="refused" if name in refused else "missing",
            seconds=time.time() - began,
            reason=refused.get(name, ""),
        )


def _entries(logs: Any, log_group: str, since: float) -> Iterator[dict[str, Any]]:
    """Yield what the digest function said of digests since a time."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group,
        startTime=int(since * 1000),
        filterPattern=_SAID,
    )
    for page in pages:
        for event in page["events"]:
            yield json.loads(event["message"])
