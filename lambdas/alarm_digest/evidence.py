"""What the logs say of a breach: how much of what, since when, for whom, with a few lines.

Two queries of Logs Insights and one of GetMetricData, begun at once, over the time that the alarm
looked at and not over "now". Insights counts, by category, exception and message; the function
then joins messages that differ in numbers and names alone. So a storm of a million lines is
counted whole, and a thousand rows are read at most. What comes from lines is redacted again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from .aws import client
from .breach import Breach
from .insights import Answer, Asked, NoEvidence, Question
from .kinds import (
    ROWS,
    Kind,
    any_of,
    by_part,
    count,
    field_name,
    filtered,
    kinds_of,
    kinds_query,
    lines_query,
    most_frequent,
)
from .links import alarm_url, insights_url, region_of, trace_url
from .measured import Measured, measured
from .message import Link, Section
from .redaction import shown
from .source import LogSource
from .sparkline import sparkline

__all__ = ["Clients", "Evidence", "NoEvidence", "added", "clients", "gather", "links", "missing"]

_KINDS = 3
_PARTS = 10
_USERS = 5
_TRACES = 3
_LONGEST_USER = 60


class Clients(NamedTuple):
    """The AWS clients that evidence is asked of."""

    logs: Any
    cloudwatch: Any


def clients() -> Clients:
    """Return clients that give up in seconds, made at the first call; threads may share them."""
    return Clients(client("logs"), client("cloudwatch"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was learnt; all texts are redacted and cut.

    Attributes:
        start: From when the logs were asked.
        end: Until when.
        lines: How many lines the alarm is about.
        parts: How many of each category (or logger, without categories), the most frequent ten.
        kinds: The most frequent kinds of them, three at most.
        users: How many lines of each user, the most frequent first, five at most.
        user_count: How many users there are.
        traces: Ids of traces, three at most.
        since: When the first line was, within the time that was asked.
        metric: The metric up to the breach.
        notes: What could not be learnt, and why.
    """

    start: datetime
    end: datetime
    lines: int
    parts: tuple[tuple[str, int], ...] = ()
    kinds: tuple[Kind, ...] = ()
    users: tuple[tuple[str, int], ...] = ()
    user_count: int = 0
    traces: tuple[str, ...] = ()
    since: datetime | None = None
    metric: Measured | None = None
    notes: tuple[str, ...] = ()


def gather(breach: Breach, source: LogSource, to: Clients, *, deadline: float) -> Evidence:
    """Ask the logs and the metric; it blocks until all has answered, or until the deadline.

    Args:
        breach: The alarm that rings.
        source: Whose log groups are asked.
        to: Who is asked.
        deadline: When to give up, in seconds of ``time.monotonic()``; a call that hangs may take
            some seconds longer.

    Raises:
        NoEvidence: The logs did not answer in time, or refused. Nothing else is raised.
    """
    start, end = _window(breach)
    groups, where = _lines_of(breach, source)
    questions = [Question(groups, text, start, end) for text in _queries(source, where)]
    asked = Asked(to.logs, questions, deadline=deadline)
    notes: list[str] = []
    try:
        metric = measured(breach, to.cloudwatch)
    except NoEvidence as reason:
        metric = None
        notes.append(f"No metric: {reason}.")
    answer, *of_users = asked.answers()
    if isinstance(answer, NoEvidence):
        raise answer
    return _with_users(_of_lines(answer, start, end, metric, notes), *of_users)


def _window(breach: Breach) -> tuple[datetime, datetime]:
    try:
        return breach.window
    except (OverflowError, ValueError):
        raise NoEvidence("the notification does not say when the alarm rang") from None


def _lines_of(breach: Breach, source: LogSource) -> tuple[tuple[str, ...], str]:
    """Return where the lines of a breach are, and which they are: those that its metric counts."""
    for name in breach.metric_names:
        if name in source.metrics:
            return (source.metrics[name].group,), source.metrics[name].where
    return source.groups, any_of(source.level, source.errors)


def _queries(source: LogSource, where: str) -> list[str]:
    queries = [kinds_query(source, where)]
    if source.user:
        name = field_name(source.user)
        stages = [
            *filtered(where),
            f"filter ispresent({name})",
            f"fields {name} as lineUser",
            "stats count(*) as lineCount by lineUser",
            "sort lineCount desc",
            f"limit {ROWS}",
        ]
        queries.append("\n| ".join(stages))
    return queries


def _of_lines(
    answer: Answer, start: datetime, end: datetime, metric: Measured | None, notes: list[str]
) -> Evidence:
    kinds = kinds_of(answer)
    counted = sum(kind.lines for kind in kinds)
    lines = counted
    if len(answer.rows) >= ROWS and counted < answer.matched:
        lines = answer.matched
        notes.append(
            f"Of {lines} lines the {counted} of the most frequent messages are told apart."
        )
    return Evidence(
        start=start,
        end=end,
        lines=lines,
        parts=tuple(by_part(answer).items())[:_PARTS],
        kinds=tuple(kinds[:_KINDS]),
        traces=tuple(dict.fromkeys(kind.trace for kind in kinds if kind.trace))[:_TRACES],
        since=min((kind.first for kind in kinds if kind.first), default=None),
        metric=metric,
        notes=tuple(notes),
    )


def _with_users(evidence: Evidence, answer: Answer | NoEvidence | None = None) -> Evidence:
    if answer is None:
        return evidence
    if isinstance(answer, NoEvidence):
        return replace(evidence, notes=(*evidence.notes, f"Users not counted: {answer}."))
    users = [
        (shown(row.get("lineUser", ""), _LONGEST_USER), count(row)) for row in answer.rows[:_USERS]
    ]
    return replace(evidence, users=tuple(users), user_count=len(answer.rows))


def added(section: Section, evidence: Evidence) -> Section:
    """Return a section with the evidence after what it already says."""
    return replace(
        section,
        facts=(*section.facts, *_facts(evidence)),
        samples=(*section.samples, *(kind.sample for kind in evidence.kinds)),
        sparkline=sparkline(evidence.metric.values) if evidence.metric else section.sparkline,
        notes=(*section.notes, *evidence.notes),
    )


def missing(section: Section, reason: NoEvidence) -> Section:
    """Return a section that says why it has no lines: ``No lines: ...``."""
    return replace(section, notes=(*section.notes, f"No lines: {reason}."))


def _facts(evidence: Evidence) -> list[tuple[str, str]]:
    asked = f"from {evidence.start:%H:%M:%S} to {evidence.end:%H:%M:%S} UTC"
    facts = [("Lines", f"{evidence.lines or 'none'} {asked}")]
    if evidence.since:
        facts.insert(0, ("First line", f"{evidence.since:%Y-%m-%d %H:%M:%S} UTC"))
    if any(name for name, _ in evidence.parts):
        facts.append(("Where", _listed(evidence.parts)))
    if evidence.kinds:
        facts.append(("Most frequent", most_frequent(evidence.kinds)))
    if evidence.user_count:
        more = " or more" if evidence.user_count >= ROWS else ""
        facts.append(("Users", f"{evidence.user_count}{more}: {_listed(evidence.users)}"))
    if evidence.traces:
        facts.append(("Traces", ", ".join(evidence.traces)))
    if evidence.metric:
        facts.append(("Metric", _said(evidence.metric)))
    return facts


def _listed(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name or '(none)'} {lines}" for name, lines in counts)


def _said(metric: Measured) -> str:
    known = [value for value in metric.values if value is not None]
    if not known:
        return f"{metric.name}: no data"
    return f"{metric.name}: {known[-1]:g}, at most {max(known):g}; {metric.period} s each"


def links(breach: Breach, source: LogSource, evidence: Evidence | None = None) -> tuple[Link, ...]:
    """Return where to go on, made without asking anybody: the alarm, its lines, a trace.

    Nothing if the notification did not say where the alarm is; no trace without evidence.
    """
    region = region_of(breach.arn)
    if not region:
        return ()
    found = [Link(label="Alarm", place=alarm_url(region, breach.alarm))]
    try:
        start, end = breach.window
    except (OverflowError, ValueError):
        return tuple(found)
    groups, where = _lines_of(breach, source)
    place = insights_url(region, groups, lines_query(source, where), start=start, end=end)
    found.append(Link(label="Lines", place=place))
    traces = (trace_url(region, trace) for trace in (evidence.traces if evidence else ()))
    found += [Link(label="Trace", place=url) for url in traces if url][:1]
    return tuple(found)
