"""Changes of what is asked and shown: saved queries, dashboards, links to other accounts."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from intentlog.assembly.values import mapping
from intentlog.assembly.words import codes, tables, text

from .kinds import Finding, Kind, Pair, swaps


def _parameters(pair: Pair) -> Iterator[Finding]:
    old, new = (_named(value) for value in (pair.was("Parameters"), pair.now("Parameters")))
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    yield Finding(f"takes other parameters: {codes(names)}")


def _named(parameters: object) -> dict[str, object]:
    return {text(one.get("Name")): one for one in tables(parameters)}


def _body(pair: Pair) -> Iterator[Finding]:
    old, new = (_titles(value) for value in (pair.was("DashboardBody"), pair.now("DashboardBody")))
    if lost := [title for title in old if title not in new]:
        yield Finding(f"no longer shows {codes(lost)}")
    if won := [title for title in new if title not in old]:
        yield Finding(f"shows {codes(won)}, too")
    if set(old) == set(new):
        yield Finding("shows the same widgets otherwise")


def _titles(body: object) -> list[str]:
    try:
        widgets = mapping(json.loads(text(body))).get("widgets")
    except ValueError:
        return []
    titles = (mapping(widget.get("properties")).get("title") for widget in tables(widgets))
    return [text(title) for title in titles if title]


INSIGHTS: Final[Mapping[str, Kind]] = {
    "AWS::Logs::QueryDefinition": Kind(
        noun="saved query",
        name="Name",
        loss="links to it lead nowhere",
        rules={
            "LogGroupNames": swaps("LogGroupNames", "asks other log groups"),
            "Parameters": _parameters,
            "QueryString": swaps("QueryString", "asks another question"),
        },
    ),
    "AWS::CloudWatch::Dashboard": Kind(
        noun="dashboard",
        name="DashboardName",
        loss="links to it lead nowhere",
        rules={"DashboardBody": _body},
    ),
    "AWS::Oam::Link": Kind(
        noun="link to the monitoring account",
        loss="that account sees nothing of this one any more",
        removal_is_danger=True,
        rules={
            "ResourceTypes": swaps("ResourceTypes", "shows it other things"),
            "SinkIdentifier": swaps("SinkIdentifier", "shows it to another account", danger=True),
        },
    ),
}
