"""Alarms in CloudWatch's words: what they compare, and what they say when they ring."""

from dataclasses import dataclass

from intentlog.contract import Alarm, Contract

from .console import dashboard_url, insights_url
from .names import dashboard_name
from .query import query_name, query_text

_LONGEST_DESCRIPTION = 1024  # CloudWatch API, PutMetricAlarm
_LOG_ALARM_MARGIN_SECONDS = 30


def alarm_description(contract: Contract, name: str, *, region: str) -> str:
    """Return what an alarm says of itself: its purpose, and where to go, a line each.

    What does not fit into CloudWatch's 1,024 characters is said shorter: a saved query by its
    name instead of a link.
    """
    alarm = contract.alarms[name]
    lines = [alarm.purpose] if alarm.purpose else []
    if alarm.runbook:
        lines.append(f"Runbook: {alarm.runbook}")
    if contract.dashboard is not None:
        lines.append(f"Dashboard: {dashboard_url(region, dashboard_name(contract))}")
    if alarm.query is not None:
        link = insights_url(
            region,
            contract.log_groups_of(alarm.query),
            query_text(contract, alarm.query),
            last_minutes=max(60, 2 * (alarm.within_minutes or 0)),
        )
        with_link = "\n".join([*lines, f"Query: {link}"])
        if len(with_link) <= _LONGEST_DESCRIPTION:
            return with_link
        lines.append(f"Query: {query_name(contract, alarm.query)}")
    return "\n".join(lines)[:_LONGEST_DESCRIPTION]


def share_expression(alarm: Alarm) -> str:
    """Return the metric math of an alarm on a share: per cent of ``total`` that are ``part``.

    Below the floor it is 0, so that one failure of one request at night wakes nobody.
    """
    # A sum of nothing has no value, and with it the whole expression would have none.
    part, total = "FILL(part, 0)", "FILL(total, 0)"
    floor = f"{total} > 0" if alarm.at_least is None else f"{total} >= {alarm.at_least:g}"
    return f"IF({floor}, 100 * {part} / {total}, 0)"


def incident_rule(contract: Contract, alarm: Alarm) -> str:
    """Return the rule of an alarm that rings when one of others does."""
    return " OR ".join(f'ALARM("{contract.alarm_name(part)}")' for part in alarm.any_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """What a log alarm asks, how often, and what it compares with.

    ``aggregation`` turns what the query finds into one number. ``window_seconds`` is a little
    more than ``minutes``: what arrives while one query runs would otherwise be seen by none.
    """

    text: str
    aggregation: str
    log_group: str
    threshold: float
    minutes: int

    @property
    def window_seconds(self) -> int:
        """How far back each run looks."""
        return self.minutes * 60 + _LOG_ALARM_MARGIN_SECONDS


def log_query(contract: Contract, name: str) -> LogQuery:
    """Return what a log alarm asks: for late lines, or for those that a metric counts."""
    alarm = contract.alarms[name]
    minutes = alarm.within_minutes or 1
    if alarm.kind == "lag":
        return LogQuery(
            text="fields (@ingestionTime - @timestamp) / 1000 as lag_seconds",
            aggregation="max(lag_seconds)",
            log_group=contract.log_groups[str(alarm.stream)],
            threshold=alarm.lag_seconds or 0,
            minutes=minutes,
        )
    metric = contract.metrics[str(alarm.metric)]
    where = f" | filter {metric.where}" if metric.where else ""
    return LogQuery(
        text=f"fields @timestamp, @message{where}",
        aggregation="count(*)",
        log_group=contract.log_groups[metric.stream],
        threshold=alarm.more_than or 0,
        minutes=minutes,
    )
