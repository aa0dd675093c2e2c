"""One message out of many notifications."""

from collections.abc import Iterable
from dataclasses import dataclass

from .notification import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSummary:
    """What one alarm did: its last notification, and all the states it went through."""

    last: Notification
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is posted: one service's alarms, those that ring first."""

    service: str
    alarms: tuple[AlarmSummary, ...]

    @property
    def ringing(self) -> list[str]:
        """The alarms that rang, though some may have stopped since: their names."""
        return [summary.last.alarm for summary in self.alarms if "ALARM" in summary.states]

    @property
    def title(self) -> str:
        """The message in one line: ``drawing-agent: 1 alarm rings, 2 resolved``."""
        ringing = sum(summary.last.state == "ALARM" for summary in self.alarms)
        resolved = sum(summary.last.state == "OK" for summary in self.alarms)
        other = len(self.alarms) - ringing - resolved
        counts = [
            (ringing, "1 alarm rings" if ringing == 1 else f"{ringing} alarms ring"),
            (resolved, f"{resolved} resolved"),
            (other, f"{other} to look at"),
        ]
        return f"{self.service}: " + ", ".join(words for count, words in counts if count)


def digest(service: str, notifications: Iterable[Notification]) -> Digest:
    """Group notifications by alarm, in the order of their times; the ringing alarms first."""
    by_alarm: dict[str, list[Notification]] = {}
    for notification in sorted(notifications, key=lambda notification: notification.time):
        by_alarm.setdefault(notification.alarm, []).append(notification)
    summaries = [
        AlarmSummary(last=changes[-1], states=tuple(change.state for change in changes))
        for changes in by_alarm.values()
    ]
    summaries.sort(key=lambda summary: summary.last.state != "ALARM")
    return Digest(service=service, alarms=tuple(summaries))
