"""A dashboard as it will be: every widget, with what its queries answer from lines."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from math import gcd
from typing import TYPE_CHECKING, Any, Final

from intentlog.assembly.resolver import Resolver
from intentlog.contract import ContractError, Problem
from intentlog.query import QueryError, local, parse
from intentlog.render.dashboard import dashboard_body

from .asking import files_in_words
from .lines import passed_over
from .metric_math import MathError, evaluate
from .page import Widget, note, page, pixels
from .plots import Series, over_time
from .view import view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from intentlog.assembly import Assembly
    from intentlog.contract import Contract
    from intentlog.query.table import Table

_DASHBOARD: Final = "AWS::CloudWatch::Dashboard"
_SOURCE: Final = re.compile(r"^(?:\s*SOURCE\s+'[^']*'\s*\|)+\s*", re.IGNORECASE)
_BYTES_AN_EVENT: Final = 26  # CloudWatch Logs API, PutLogEvents
_HEIGHT: Final = 190
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines that a preview asks.

    Attributes:
        contract: What they are.
        named: Files, as they were named.
        files: The same, to be read; all of the contract's examples if there is none.
        folder: Where examples are written to.
        told: What is to be said of the lines.
    """

    contract: Contract
    named: tuple[str, ...]
    files: tuple[str | Path, ...]
    folder: Path
    told: dict[str, None] = field(default_factory=dict)
    _written: dict[str, Path] = field(default_factory=dict)

    def answer(self, text: str, query: str | None = None) -> Table:
        """Answer a query from the lines: of one saved query's examples, or of all of them."""
        arrival_ms = None
        paths: Sequence[str | Path] = self.files
        if not paths:
            names = [query] if query else list(self.contract.queries)
            paths = list(map(self._examples, names))
            late = [each.arrive_after_seconds for each in self._of(names[0])] if query else []
            arrival_ms = round(max(late, default=0) * 1000)
        lines = local.Lines(paths=paths, record=self.contract.record, arrival_ms=arrival_ms)
        found = local.run(parse(text), lines)
        self.told.update(dict.fromkeys(passed_over(found)))
        return found

    def has_example(self, query: str) -> bool:
        """Tell whether a saved query has lines of its own."""
        return bool(self._of(query))

    def _of(self, query: str) -> tuple[Any, ...]:
        return self.contract.queries[query].examples

    def _examples(self, query: str) -> Path:
        if query not in self._written:
            file = self.folder / f"{query}.jsonl"
            file.write_text("\n".join(each.lines for each in self._of(query)), encoding="utf-8")
            self._written[query] = file
        return self._written[query]


def bodies(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Return the dashboards that were synthesized: their bodies by their names."""
    resolver = Resolver(assembly)
    found = {}
    for resource in resolver.of_type(_DASHBOARD):
        text = resolver.text(resource.stack, resource.properties["DashboardBody"])
        name = resolver.text(resource.stack, resource.properties.get("DashboardName", ""))
        found[name or resource.logical_id] = json.loads(text)
    return found


def preview_page(body: Mapping[str, Any], sample: Sample) -> str:
    """Return the page of a dashboard: every widget of its body, where it will stand."""
    contract = sample.contract
    defaults = {each["pattern"]: each["defaultValue"] for each in body.get("variables", ())}
    shown = [_widget(each, sample, defaults) for each in body["widgets"]]
    chosen = ", ".join(
        f"{each['label']}: {each['defaultValue']}" for each in body.get("variables", ())
    )
    subtitle = f"{_sample_in_words(sample)}. {chosen}"
    return page(f"{contract.service}: dashboard", subtitle.strip(), shown)


def _sample_in_words(sample: Sample) -> str:
    if sample.named:
        return f"A preview with lines of {files_in_words(sample.named)}{_time_in_words(sample)}"
    if any(query.examples for query in sample.contract.queries.values()):
        return "A preview with lines of the queries' examples"
    return "A preview without lines: no saved query has an example; name files with --file"


def _time_in_words(sample: Sample) -> str:
    found = sample.answer("stats min(@timestamp) as first, max(@timestamp) as last")
    if not found.rows or None in found.rows[0]:
        return ""
    first, last = (datetime.fromtimestamp(int(cell or 0) / 1000, UTC) for cell in found.rows[0][:2])
    return f", {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"


def of_contract(contract: Contract, region: str) -> dict[str, object]:
    """Return the body that a contract's dashboard is synthesized with.

    Raises:
        ContractError: It has none.
    """
    if contract.dashboard is None:
        raise ContractError(
            contract.service, [Problem("dashboard", "there is none; list its rows in [dashboard]")]
        )
    prefix = f"arn:aws:cloudwatch:{region}:ACCOUNT:alarm:"
    return dashboard_body(contract, region=region, alarm_arn_prefix=prefix)


def _widget(widget: Mapping[str, Any], sample: Sample, defaults: Mapping[str, str]) -> Widget:
    properties, width = widget["properties"], int(widget["width"])
    try:
        match widget["type"]:
            case "log":
                html = _log(properties, sample, defaults, width)
            case "metric":
                html = _metric(properties, sample, width)
            case "alarm":
                html = _alarms(properties, sample.contract)
            case kind:
                html = note(f"a widget of type {kind} is not shown here")
    except QueryError as error:
        html = f"<pre>{escape(str(error))}</pre>"
    title = properties.get("title", "")
    return Widget(title, html, width=width, x=int(widget["x"]), y=int(widget["y"]))


def _log(
    properties: Mapping[str, Any], sample: Sample, defaults: Mapping[str, str], width: int
) -> str:
    origin = _SOURCE.match(properties["query"])
    text = _SOURCE.sub("", properties["query"])
    for pattern, value in defaults.items():
        text = text.replace(pattern, value)
    saved = [
        name for name, each in sample.contract.queries.items() if each.title == properties["title"]
    ]
    groups = re.findall(r"'([^']*)'", origin[0]) if origin else []
    wheres = [_stream_where(sample.contract, group) for group in groups]
    if wheres and all(wheres):  # lines of files are not sorted into log groups yet
        text = f"filter {' or '.join(f'({where})' for where in wheres)} | {text}"
    answer = sample.answer(text, saved[0] if saved else None)
    notes = "".join(map(note, answer.notes))
    if not answer.rows and saved and not (sample.files or sample.has_example(saved[0])):
        return note("no example shows what this query answers; add one, or name files with --file")
    kind, stacked = properties.get("view", "table"), properties.get("stacked", False)
    return view(answer, kind, columns=width, stacked=stacked) + notes


def _metric(properties: Mapping[str, Any], sample: Sample, width: int) -> str:
    figures, unknown = _figures(properties, sample)
    missing = "".join(note(f"{name}: only CloudWatch knows it") for name in unknown)
    times = sorted({time for each in figures for time in each.values})
    if not times:
        return missing or note("no line counts")
    left = {each.label: each.values for each in figures if each.shown and not each.right}
    # A second scale would tell little of a few lines: its greatest number is said instead.
    said = "".join(
        note(f"{each.label}: {max(each.values.values(), default=0):,.6f} at most")
        for each in figures
        if each.shown and each.right
    )
    limits = {
        each["label"]: float(each["value"])
        for each in properties.get("annotations", {}).get("horizontal", ())
    }
    drawn = Series(times, left, lines=limits, stacked=len(left) == 1)
    return over_time(drawn, width=pixels(width), height=_HEIGHT) + said + missing


@dataclass(frozen=True, slots=True)
class _Figure:
    """A metric of a widget, or an expression: its values by the beginnings of periods."""

    key: str
    label: str
    values: Mapping[str, float]
    shown: bool
    right: bool


def _figures(properties: Mapping[str, Any], sample: Sample) -> tuple[list[_Figure], list[str]]:
    """Return what a widget shows or reckons with, and the metrics that lines do not tell."""
    figures: list[_Figure] = []
    unknown: list[str] = []
    # Expressions reckon with metrics, which stand after them at times.
    for entry in sorted(properties["metrics"], key=lambda each: isinstance(each[0], dict)):
        options = entry[-1] if isinstance(entry[-1], dict) else {}
        if "expression" in options:
            label, values = options["expression"], _evaluated(options["expression"], figures)
        else:
            found = _points(entry, sample, int(properties["period"]))
            unknown += [] if found is not None else [" ".join(map(str, entry[:2]))]
            label, values = str(entry[1]), found or {}
        figures.append(
            _Figure(
                key=options.get("id", ""),
                label=str(options.get("label", label)),
                values=values,
                shown=options.get("visible", True),
                right=options.get("yAxis") == "right",
            )
        )
    return figures, unknown


def _points(entry: list[Any], sample: Sample, period: int) -> dict[str, float] | None:
    """Return a metric's sum for each period; None for one that lines do not tell."""
    width = f"{gcd(period, _HOUR) // 60}m"  # bin() takes an hour at most for certain
    namespace, name = str(entry[0]), str(entry[1])
    if (namespace, name) == ("AWS/Logs", "IncomingBytes"):
        of = f"sum(strlen(@message) + {_BYTES_AN_EVENT})"
        where = _stream_where(sample.contract, str(entry[3]))
    elif namespace == sample.contract.namespace and name in sample.contract.metrics:
        metric = sample.contract.metrics[name]
        of = f"sum({metric.value})" if metric.value else "count(*)"
        where = metric.where
    else:
        return None
    condition = f"filter {where} | " if where else ""
    answer = sample.answer(f"{condition}stats {of} as value by bin({width})")
    time, value = answer.columns.index(f"bin({width})"), answer.columns.index("value")
    sums: dict[int, float] = defaultdict(float)
    for row in answer.rows:
        if row[time]:
            seconds = int(datetime.fromisoformat(f"{row[time]}Z").timestamp())
            sums[seconds // period * period] += float(row[value] or 0)
    # CloudWatch has no value for a period without a line, which for a sum is as good as 0.
    every = range(min(sums), max(sums) + 1, period) if sums else ()
    return {
        f"{datetime.fromtimestamp(begin, UTC):%Y-%m-%d %H:%M:%S}": sums[begin] for begin in every
    }


def _stream_where(contract: Contract, group: str) -> str:
    """Return which lines go into a log group."""
    return next(
        (each.where for name, each in contract.streams.items() if each.log_group == group), ""
    )


def _evaluated(expression: str, figures: list[_Figure]) -> dict[str, float]:
    """Return what an expression comes to at each time; nothing if it is not known here."""
    values: dict[str, float] = {}
    with suppress(MathError):
        for time in sorted({time for each in figures for time in each.values}):
            found = evaluate(expression, {each.key: each.values.get(time) for each in figures})
            if found is not None:
                values[time] = found
    return values


def _alarms(properties: Mapping[str, Any], contract: Contract) -> str:
    """Return the alarms' names and what each means; their states are only there."""
    known = {contract.alarm_name(name): alarm for name, alarm in contract.alarms.items()}
    entries = []
    for arn in properties["alarms"]:
        name = arn.rpartition(":alarm:")[2]
        purpose = known[name].purpose if name in known else ""
        entries.append(
            f'<li><i class="state"></i>{escape(name)} '
            f'<span class="note">{escape(purpose)}</span></li>'
        )
    return f"<ul>{''.join(entries)}</ul>" + note("states are known once it is deployed")
