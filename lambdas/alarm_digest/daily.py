"""The daily digest: what a day was like, against the day before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from . import alarm_history, silent_hosts, volume
from .evidence import Clients
from .insights import Answer, Asked, NoEvidence, Question, refused
from .kinds import (
    ROWS,
    any_of,
    by_part,
    count,
    field_name,
    kinds_of,
    kinds_query,
    lines_query,
    most_frequent,
)
from .links import insights_url
from .message import Link, Message, Section
from .source import LogSource

_DAY = timedelta(days=1)
_NEW = 3
_PARTS = 15
_AUTH = "auth"


def message(
    now: datetime, *, service: str, source: LogSource, to: Clients, deadline: float
) -> Message:
    """Return what the 24 hours before ``now`` were like; a part that fails says so, no more.

    Args:
        now: When the day ends; with its time zone.
        service: The contract's service; its alarms' names begin with it.
        source: Whose log groups are asked.
        to: Who is asked.
        deadline: When to give up what is not answered, in seconds of ``time.monotonic()``.
    """
    now = now.astimezone(UTC)
    where = any_of(source.level, source.errors)
    texts = [kinds_query(source, where), *_sign_ins_query(source)]
    asked = Asked(
        to.logs,
        [
            Question(source.groups, text, end - _DAY, end)
            for text in texts
            for end in (now, now - _DAY)
        ],
        deadline=deadline,
    )
    # Asked for while the queries run.
    rest = [
        _part("Volume and cost", lambda: volume.section(now, source, to.cloudwatch)),
        _part("Alarms", lambda: alarm_history.section(now, service, to.cloudwatch, deadline)),
        _part("Hosts", lambda: silent_hosts.section(now, source, to.logs, deadline)),
    ]
    today, before, *sign_ins = asked.answers()
    query = lines_query(source, where)
    region = to.logs.meta.region_name
    lines = insights_url(region, source.groups, query, start=now - _DAY, end=now)
    parts = [
        _part("Errors", lambda: _errors(_answered(today), _answered(before), lines)),
        _part("New errors", lambda: _new_errors(_answered(today), _answered(before))),
    ]
    if sign_ins:
        parts.append(_part("Sign-ins", lambda: _sign_ins(source, *map(_answered, sign_ins))))
    return Message(
        service=service,
        title=f"{service}: {_day(today, before)} until {now:%Y-%m-%d %H:%M} UTC",
        status="report",
        sections=tuple(part for part in (*parts, *rest) if part.summary or part.notes),
    )


def _part(title: str, ask: Callable[[], Section]) -> Section:
    """Return a part of the report, or say why it is missing."""
    try:
        return ask()
    except NoEvidence as reason:
        why = reason
    except (BotoCoreError, ClientError) as error:
        why = refused(error, "CloudWatch")
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError):
        why = NoEvidence("CloudWatch answered what cannot be read")
    return Section(title=title, status="report", notes=(f"Not known: {why}.",))


def _answered(answer: Answer | NoEvidence) -> Answer:
    if isinstance(answer, NoEvidence):
        raise answer
    return answer


def _day(today: Answer | NoEvidence, before: Answer | NoEvidence) -> str:
    """Return the day in a few words; not how many errors, if that is not known."""
    if isinstance(today, NoEvidence):
        return "the day"
    errors = f"{_lines(today)} errors in the day"
    if isinstance(before, NoEvidence):
        return errors
    return f"{errors} ({_lines(before)} the day before)"


def _lines(answer: Answer) -> int:
    counted = sum(count(row) for row in answer.rows)
    return max(counted, answer.matched) if len(answer.rows) >= ROWS else counted


def _errors(today: Answer, before: Answer, lines: str) -> Section:
    now, then = by_part(today), by_part(before)
    names = sorted(now.keys() | then.keys(), key=lambda name: (-now.get(name, 0), name))
    return Section(
        title="Errors",
        status="report",
        summary=f"{_lines(today)} in 24 hours, {_lines(before)} in the 24 before.",
        facts=tuple(
            (name or "(none)", f"{now.get(name, 0)}, the day before {then.get(name, 0)}")
            for name in names[:_PARTS]
        ),
        links=(Link(label="Lines", place=lines),),
    )


def _new_errors(today: Answer, before: Answer) -> Section:
    known = {kind.fingerprint for kind in kinds_of(before)}
    new = [kind for kind in kinds_of(today) if kind.fingerprint not in known]
    compared = f"The {ROWS} most frequent messages of each day were compared."
    return Section(
        title="New errors",
        status="report",
        summary=_were_new(len(new)),
        facts=(("Most frequent", most_frequent(new[:_NEW])),) if new else (),
        samples=tuple(kind.sample for kind in new[:_NEW]),
        notes=(compared,) if max(len(today.rows), len(before.rows)) >= ROWS else (),
    )


def _were_new(count: int) -> str:
    if not count:
        return "None."
    kinds = "1 kind that was" if count == 1 else f"{count} kinds that were"
    return f"{kinds} not there the day before."


def _sign_ins_query(source: LogSource) -> list[str]:
    if not source.category or not source.level:
        return []
    level = field_name(source.level)
    stages = [
        f'filter {field_name(source.category)} = "{_AUTH}"',
        f"fields {level} as lineLevel",
        "stats count(*) as lineCount by lineLevel",
        f"limit {ROWS}",
    ]
    return ["\n| ".join(stages)]


def _sign_ins(source: LogSource, today: Answer, before: Answer) -> Section:
    """Return how many sign-ins failed; nothing if the application has no category for them."""
    if not today.rows and not before.rows:
        return Section(title="Sign-ins", status="report")
    refused_now, refused_then = (
        sum(count(row) for row in answer.rows if row.get("lineLevel") in source.warnings)
        for answer in (today, before)
    )
    return Section(
        title="Sign-ins",
        status="report",
        summary=f"Lines of {_AUTH} at {source.warnings[0]} or above: {refused_now}, "
        f"the day before {refused_then}.",
    )
