"""``diagnose report``: what went wrong, where, for whom, and what was slow, as one page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from intentlog.query.table import Table

from .buckets import asked_time, starts, width_for
from .conditions import at_level, conditions, name, own_field
from .most import EVERY
from .page import Widget, figure, html_table, note, page, pixels
from .plots import Series, bars, over_time
from .top_errors import fingerprint, top_errors

if TYPE_CHECKING:
    from .asking import Asker

_PARTS: Final = 48
_HEIGHT: Final = 220
_TOP: Final = 12
_KINDS: Final = ("category", "logger", "level")
"""By which of these failures are told apart: the first one that lines have."""
_DURATION: Final = "duration_ms"


def report(asker: Asker) -> str | None:
    """Return the page; None if there is no line in the time that is asked about."""
    time = asked_time(asker)
    if time is None:
        return None
    writer = _Report(asker, time)
    totals, lines = writer.totals()
    if not lines:
        return None
    widgets = [*totals, *writer.errors(), *writer.users(), *writer.slow()]
    begin, end = time
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    asked = [
        f"{asker.place}, {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, asked at {now}.",
        *(f"Only lines where {each}." for each in [_narrowed(asker)] if each),
    ]
    return page(f"{asker.contract.service}: what happened", " ".join(asked), widgets)


def _narrowed(asker: Asker) -> str:
    return " and ".join(conditions(asker.contract, asker.options))


@dataclass
class _Step:
    """Calls of one kind that took time."""

    calls: int = 0
    total: float = 0.0
    slowest: float = 0.0
    names: set[str] = field(default_factory=set)


class _Report:
    """Asks for each part of the page and draws it."""

    def __init__(self, asker: Asker, time: tuple[datetime, datetime]) -> None:
        self._asker = asker
        self._time = time
        self._record = asker.contract.record
        self._failed = at_level(asker.contract)
        self._has_users = "user_id" in self._record.all_fields

    def totals(self) -> tuple[list[Widget], int]:
        """Return numbers of all lines, and how many lines there are."""
        users = ", count_distinct(user_id) as users" if self._has_users else ""
        text = f"stats count(*) as lines, sum({self._failed}) as errors{users}"
        found = self._asker.answer(text, bound=EVERY).rows
        if not found:  # `stats` of no line has no row
            return [], 0
        (row,) = found
        lines, errors = int(row[0] or 0), int(float(row[1] or 0))
        share = f"{errors / lines:.2%}" if lines else "none"
        shown = [("Lines", f"{lines:,}", False), ("Errors", f"{errors:,}", errors > 0)]
        shown.append(("Share of errors", share, errors > 0))
        if self._has_users:
            shown.append(("Users seen", f"{int(row[2] or 0):,}", False))
        width = 24 // len(shown)
        widgets = [
            Widget(title, figure(text, bad=bad), width=width, x=place * width, y=0)
            for place, (title, text, bad) in enumerate(shown)
        ]
        return widgets, lines

    def errors(self) -> list[Widget]:
        """Return errors over time by category, and what they were."""
        names = map(self._record.name_of, _KINDS)
        kind = next(each for each in names if each in self._record.all_fields)
        by = name(kind)
        seconds = (self._time[1] - self._time[0]).total_seconds()
        width = width_for(seconds, _PARTS)
        grouped = f"stats count(*) as errors by bin({width}) as time, {by} as kind"
        text = f"filter {self._failed} | {grouped}"
        counted: dict[str, dict[str, float]] = defaultdict(dict)
        for time, of, errors in self._columns(text, "time", "kind", "errors"):
            counted[of or "none"][time or ""] = float(errors or 0)
        if not counted:
            return [Widget(f"Errors by {kind}", note("no error"), y=1)]
        ranked = dict(sorted(counted.items(), key=lambda item: -sum(item[1].values())))
        series = Series(starts(*self._time, width), ranked)
        plot = over_time(series, width=pixels(24), height=_HEIGHT)
        top = top_errors(self._asker)
        return [
            Widget(f"Errors by {kind}, in parts of {width}", plot, y=1),
            Widget("Top errors", html_table(replace(top, rows=top.rows[:_TOP])), y=2),
        ]

    def users(self) -> list[Widget]:
        """Return the users whose requests failed, most often first."""
        if not self._has_users:
            return []
        text = (
            f"filter {self._failed} and ispresent(user_id) "
            "| stats count(*) as errors, latest(@timestamp) as last by user_id "
            "| sort errors desc"
        )
        rows = self._columns(text, "user_id", "errors", "last")
        values = [(user or "", float(errors or 0)) for user, errors, _ in rows[:_TOP]]
        table = Table(
            ("user", "errors", "last"),
            [(user, errors, _moment(last)) for user, errors, last in rows[:_TOP]],
        )
        if not values:
            return [Widget("Users touched by errors", note("no error names a user"), y=3)]
        title = f"Users touched by errors: {len(rows):,}"
        return [
            Widget(title, bars(values, width=pixels(12)), width=12, y=3),
            Widget("When last", html_table(table), width=12, x=12, y=3),
        ]

    def slow(self) -> list[Widget]:
        """Return what took long: lines with a duration, by category and message."""
        duration = name(f"{self._record.data}.{_DURATION}")
        message = own_field(self._asker.contract, "message")
        text = (
            f"filter ispresent({duration}) | stats count(*) as calls, avg({duration}) as usual, "
            f"max({duration}) as slowest by {message} as message | sort slowest desc"
        )
        steps: dict[str, _Step] = defaultdict(_Step)
        for told, calls, usual, slowest in self._columns(
            text, "message", "calls", "usual", "slowest"
        ):
            step = steps[fingerprint(told or "")]
            step.calls += int(calls or 0)
            step.total += float(usual or 0) * int(calls or 0)
            step.slowest = max(step.slowest, float(slowest or 0))
        ranked = sorted(steps.items(), key=lambda item: -item[1].slowest)[:_TOP]
        rows = [
            (step, str(of.calls), f"{of.total / of.calls:,.1f}", f"{of.slowest:,.1f}")
            for step, of in ranked
        ]
        if not rows:
            return [Widget("Slow steps", note(f"no line has {duration}"), y=4)]
        plot = bars([(step, of.slowest) for step, of in ranked], width=pixels(12))
        table = html_table(Table(("step", "calls", "average ms", "slowest ms"), list(rows)))
        return [
            Widget("Slow steps: slowest, ms", plot, width=12, y=4),
            Widget("Steps that took time", table, width=12, x=12, y=4),
        ]

    def _columns(self, text: str, *names: str) -> list[tuple[str | None, ...]]:
        """Ask, and return the columns of these names."""
        found = self._asker.answer(text, bound=EVERY)
        places = [found.columns.index(each) for each in names]
        return [tuple(row[place] for place in places) for row in found.rows]


def _moment(milliseconds: str | None) -> str | None:
    if milliseconds is None:
        return None
    return f"{datetime.fromtimestamp(int(milliseconds) / 1000, UTC):%Y-%m-%d %H:%M:%S}"
