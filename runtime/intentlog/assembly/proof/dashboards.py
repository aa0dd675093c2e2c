"""Dashboards: widgets show metrics, alarms and log groups that are there.

Source: CloudWatch API, "Dashboard Body Structure and Syntax".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping, parsed
from intentlog.contract import Contract

from .alarm_metrics import undefined
from .alarm_names import is_missing
from .finding import Finding, error
from .log_groups import group_name, missing_group
from .metrics import Emitted, Metric, emitted, why_missing
from .queries import contract_of, text_problems

_TEXT = r"""(?:'[^']*'|"[^"]*")"""
_SOURCE = re.compile(rf"\bSOURCE\s+({_TEXT}(?:\s*,\s*{_TEXT})*)", re.IGNORECASE)
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def dashboards(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check each widget of each dashboard."""
    known = emitted(resolver, contracts)
    for dashboard in resolver.of_type("AWS::CloudWatch::Dashboard"):
        text = resolver.text(dashboard.stack, dashboard.properties.get("DashboardBody"))
        body = parsed(_filled_in(text))
        if not isinstance(body, Mapping):
            if not is_open(text):
                yield error("dashboard-body", dashboard, "its body is no JSON object")
            continue
        for number, entry in enumerate(listed(body.get("widgets")), start=1):
            widget = mapping(entry)
            properties = mapping(widget.get("properties"))
            title = properties.get("title")
            name = f'widget "{title}"' if title else f"widget {number}"
            for problem in _widget(resolver, dashboard, properties, known, contracts):
                yield error("dashboard-widget", dashboard, f"{name}: {problem}")


def _filled_in(text: str) -> str:
    """Return a body with the defaults of its variables, as somebody sees it who opens it."""
    for entry in listed(mapping(parsed(text)).get("variables")):
        pattern, default = mapping(entry).get("pattern"), mapping(entry).get("defaultValue")
        if isinstance(pattern, str) and pattern:
            text = text.replace(pattern, default if isinstance(default, str) else "0")
    return text


def _widget(
    resolver: Resolver,
    dashboard: Resource,
    properties: Mapping[str, Any],
    known: Emitted,
    contracts: Sequence[Contract],
) -> Iterator[str]:
    region = properties.get("region")
    if isinstance(region, str) and region != resolver.region(dashboard.stack):
        return  # it shows what is elsewhere
    stack = dashboard.stack
    for metric in _metrics(properties):
        if why := why_missing(resolver, stack, metric, known):
            yield f"it shows a metric that does not exist: {why}"
    yield from _mathematics(properties)
    annotations = mapping(properties.get("annotations"))
    for name in (*listed(properties.get("alarms")), *listed(annotations.get("alarms"))):
        if isinstance(name, str) and is_missing(resolver, stack, name):
            yield f'it shows an alarm that does not exist: "{name.rpartition(":")[2]}"'
    query = properties.get("query")
    if isinstance(query, str) and properties.get("queryLanguage", "CWLI") in {"CWLI", "LogsQL"}:
        yield from _query(resolver, stack, query, contracts)


def _query(
    resolver: Resolver, stack: str, query: str, contracts: Sequence[Contract]
) -> Iterator[str]:
    sources = [
        single or double
        for listing in _SOURCE.findall(query)
        for single, double in _QUOTED.findall(listing)
    ]
    for source in sources:
        if (name := missing_group(resolver, stack, source)) is not None:
            yield f'it asks a log group that is not in the assembly: "{name}"'
    contract = contract_of(contracts, [group_name(source) for source in sources])
    if contract is not None:
        yield from text_problems(contract, query)


def _metrics(properties: Mapping[str, Any]) -> Iterator[Metric]:
    """Yield the metrics of a widget; a ``.`` stands for what the row before has there."""
    before: list[str] = []
    for entry in listed(properties.get("metrics")):
        row = [item for item in listed(entry) if isinstance(item, str)]
        options = next((item for item in listed(entry) if isinstance(item, Mapping)), {})
        # "..." stands for as many fields as the row before has more.
        if "..." in row:
            at = row.index("...")
            rest = row[at + 1 :]
            row = [*row[:at], *before[at : len(before) - len(rest)], *rest]
        row = [
            before[at] if item == "." and at < len(before) else item for at, item in enumerate(row)
        ]
        if len(row) < len(("namespace", "name")):
            continue
        before = row
        if "region" in options and options["region"] != properties.get("region"):
            continue
        account = options.get("accountId", "")
        pairs = dict(zip(row[2::2], row[3::2], strict=False))
        yield Metric(namespace=row[0], name=row[1], dimensions=pairs, account=account or "")


def _mathematics(properties: Mapping[str, Any]) -> Iterator[str]:
    options = [
        item
        for entry in listed(properties.get("metrics"))
        for item in listed(entry)
        if isinstance(item, Mapping)
    ]
    ids = [name for item in options if isinstance(name := item.get("id"), str)]
    expressions = [text for item in options if isinstance(text := item.get("expression"), str)]
    for name in undefined(expressions, ids):
        there = ", ".join(ids) or "none"
        yield f'its metric math names "{name}"; there are: {there}'
