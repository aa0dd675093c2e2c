"""Saved queries and the dashboard."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from intentlog.contract import Contract

Resources = Callable[[str, str], list[dict[str, Any]]]


def test_saved_queries_are_the_contracts_texts_verbatim(
    resources: Resources, drawing_agent: Contract
) -> None:
    """Name, text and log groups of each query; the user is a parameter."""
    deployed = resources("drawing-agent-insights", "AWS::Logs::QueryDefinition")

    assert {q["Name"]: q["QueryString"] for q in deployed} == {
        f"drawing-agent/{query.title}": query.text for query in drawing_agent.queries.values()
    }
    asked = {q["Name"].partition("/")[2]: q["LogGroupNames"] for q in deployed}
    assert asked.pop("Most frequent error messages") == ["/drawing-agent/errors"]
    assert {tuple(groups) for groups in asked.values()} == {("/drawing-agent/app",)}
    assert [q["Parameters"] for q in deployed if "Parameters" in q] == [
        [{"Name": "user", "DefaultValue": "42", "Description": "The user's id"}],
        [{"Name": "category", "DefaultValue": "auth", "Description": "Category"}],
    ]


@pytest.mark.parametrize("service", ["drawing-agent", "chimera"])
def test_the_dashboard_shows_only_what_is_deployed(resources: Resources, service: str) -> None:
    """Its metrics are emitted by a filter, its alarms exist, its rows fill the width."""
    (dashboard,) = resources(f"{service}-insights", "AWS::CloudWatch::Dashboard")
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    emitted = [
        [t["MetricNamespace"], t["MetricName"]]
        for f in resources(f"{service}-alerts", "AWS::Logs::MetricFilter")
        for t in f["MetricTransformations"]
    ]
    alarms = [a["AlarmName"] for a in resources(f"{service}-alerts", "AWS::CloudWatch::Alarm")]

    log_groups = [g["LogGroupName"] for g in resources(f"{service}-logs", "AWS::Logs::LogGroup")]

    for widget in widgets:
        properties = widget["properties"]
        shown = [m for m in properties.get("metrics", []) if isinstance(m[0], str)]
        for namespace, metric, *dimensions in shown:
            if namespace == "AWS/Logs":
                assert dimensions[1] in log_groups
            else:
                assert [namespace, metric] in emitted
        for alarm in properties.get("alarms", []):
            assert alarm.rpartition(":")[2] in alarms
    rows: dict[int, int] = {}
    for widget in widgets:
        rows[widget["y"]] = rows.get(widget["y"], 0) + widget["width"]
    assert set(rows.values()) == {24}
