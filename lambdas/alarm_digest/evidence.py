"""What the logs say of a breach: how much of what, since when, for whom, with a few lines.

Two queries of Logs Insights and one of GetMetricData, begun at once, over the time that the alarm
looked at and not over "now". Everything that is a text of a log line is redacted once more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .breach import Breach
from .message import Link, Section
from .source import LogSource


class NoEvidence(Exception):
    """Nothing could be learnt; the text says why in a few words, and holds no secret."""


class Clients(NamedTuple):
    """The AWS clients that evidence is asked of."""

    logs: Any
    cloudwatch: Any


def clients() -> Clients:
    """Return clients that give up in seconds, made at the first call; threads may share them."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Errors that are the same but for their numbers, names and quotes; all texts redacted."""

    fingerprint: str
    lines: int
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was learnt; ``notes`` say what was not."""

    lines: int
    categories: tuple[tuple[str, int], ...]
    kinds: tuple[Kind, ...]
    users: tuple[tuple[str, int], ...]
    traces: tuple[str, ...]
    since: datetime | None
    sparkline: str
    notes: tuple[str, ...]


def gather(breach: Breach, source: LogSource, to: Clients, *, deadline: float) -> Evidence:
    """Ask the logs and the metric; it blocks until all has answered, or until the deadline.

    Args:
        breach: The alarm that rings.
        source: Whose log groups are asked.
        to: Who is asked.
        deadline: When to give up, in seconds of ``time.monotonic()``.

    Raises:
        NoEvidence: The logs did not answer in time, or refused. Nothing else is raised.
    """
    raise NotImplementedError


def added(section: Section, evidence: Evidence) -> Section:
    """Return a section with the evidence after what it already says."""
    raise NotImplementedError


def missing(section: Section, reason: NoEvidence) -> Section:
    """Return a section that says why it has no lines: ``No lines: ...``."""
    raise NotImplementedError


def links(breach: Breach, source: LogSource) -> tuple[Link, ...]:
    """Return where to go on, made without asking anybody: the alarm, and its lines in Insights.

    Nothing if the notification did not say where the alarm is.
    """
    raise NotImplementedError
