"""Saved queries and the dashboard."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from intentlog.contract import Contract, Dashboard
from intentlog.render import dashboard_body

Resources = Callable[[str, str], list[dict[str, Any]]]


def test_saved_queries_are_the_contracts_texts_verbatim(
    resources: Resources, drawing_agent: Contract
) -> None:
    """Name, text and log groups of each query; the user is a parameter."""
    deployed = resources("drawing-agent-insights", "AWS::Logs::QueryDefinition")

    assert {q["Name"]: q["QueryString"] for q in deployed} == {
        f"drawing-agent/{query.title}": query.text for query in drawing_agent.queries.values()
    }
    assert {tuple(q["LogGroupNames"]) for q in deployed} == {("/drawing-agent/app",)}
    assert [q["Parameters"] for q in deployed if "Parameters" in q] == [
        [{"Name": "user", "DefaultValue": "42", "Description": "The user's id"}]
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

    for widget in widgets:
        properties = widget["properties"]
        if widget["type"] == "metric":
            assert properties["metrics"][0] in emitted
        if widget["type"] == "alarm":
            assert properties["alarms"][0].rpartition(":")[2] in alarms
    rows: dict[int, int] = {}
    for widget in widgets:
        rows[widget["y"]] = rows.get(widget["y"], 0) + widget["width"]
    assert set(rows.values()) == {24}


def test_a_dashboard_query_has_its_parameters_filled_in(drawing_agent: Contract) -> None:
    """A widget cannot ask for a value: it shows the default."""
    contract = msgspec.structs.replace(
        drawing_agent, dashboard=Dashboard(rows=(("queries.user-activity",),))
    )
    body = dashboard_body(contract, region="us-east-1", alarm_arn_prefix="arn:")

    assert "filter user_id = 42\n" in json.dumps(body).replace("\\n", "\n")
