"""Which alarms rang in a day, and which could not make up their mind."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from .insights import NoEvidence
from .message import Section

FLAPPING_RINGS = 3
"""So many rings in a day are flapping."""

_ALARMS = 100


def section(now: datetime, service: str, cloudwatch: Any, deadline: float) -> Section:
    """Return how often the service's alarms rang in 24 hours; those that flapped by name.

    Raises:
        NoEvidence: There are so many alarms that the time is over.
    """
    rings: dict[str, int] = {}
    for name in _names(service, cloudwatch):
        if time.monotonic() > deadline:
            raise NoEvidence("there was no time to ask for every alarm")
        rings[name] = _rings(name, now, cloudwatch)
    rang = sum(count > 0 for count in rings.values())
    flapped = {name: count for name, count in rings.items() if count >= FLAPPING_RINGS}
    return Section(
        title="Alarms",
        status="report",
        summary=f"{rang} of {len(rings)} rang, {len(flapped)} of them flapped.",
        facts=tuple(
            (name, f"rang {count} times")
            for name, count in sorted(flapped.items(), key=lambda item: -item[1])
        ),
    )


def _names(service: str, cloudwatch: Any) -> Iterator[str]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=f"{service}-",
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        PaginationConfig={"MaxItems": _ALARMS},
    )
    for page in pages:
        for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
            yield alarm["AlarmName"]


def _rings(alarm: str, now: datetime, cloudwatch: Any) -> int:
    """Count the changes to ALARM; of more than a hundred changes the latest hundred are read."""
    answer = cloudwatch.describe_alarm_history(
        AlarmName=alarm,
        HistoryItemType="StateUpdate",
        StartDate=now - timedelta(days=1),
        EndDate=now,
        MaxRecords=100,
    )
    states = (json.loads(item["HistoryData"])["newState"] for item in answer["AlarmHistoryItems"])
    return sum(state["stateValue"] == "ALARM" for state in states)
