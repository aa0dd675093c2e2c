"""The dashboard's body."""

import json
from pathlib import Path
from typing import Any

import pytest

from intentlog.contract import load
from intentlog.render import dashboard_body

CONTRACTS = Path(__file__).parents[2] / "contracts"


def body(name: str) -> dict[str, Any]:
    """Return the dashboard of a shipped contract, as CloudWatch would read it."""
    contract = load(CONTRACTS / f"{name}.toml")
    made = dashboard_body(contract, region="us-east-1", alarm_arn_prefix="arn:aws:cw:alarm:")
    read: dict[str, Any] = json.loads(json.dumps(made))
    return read


def widget(name: str, title: str) -> dict[str, Any]:
    """Return the properties of the widget with a title."""
    (found,) = (w["properties"] for w in body(name)["widgets"] if w["properties"]["title"] == title)
    properties: dict[str, Any] = found
    return properties


def test_states_of_all_alarms_come_first() -> None:
    """Whether things are well is seen at a glance."""
    first = body("chimera")["widgets"][0]

    assert (first["type"], first["x"], first["y"]) == ("alarm", 0, 0)
    names = ["high-error-rate", "error-ratio", "safety-violation", "silent"]
    assert first["properties"]["alarms"] == [f"arn:aws:cw:alarm:chimera-{name}" for name in names]


@pytest.mark.parametrize("name", ["drawing-agent", "chimera"])
def test_widgets_fill_each_row(name: str) -> None:
    """24 columns, no gap, no overlap."""
    rows: dict[int, list[tuple[int, int]]] = {}
    for w in body(name)["widgets"]:
        rows.setdefault(w["y"], []).append((w["x"], w["width"]))

    for places in rows.values():
        assert sum(width for _, width in places) == 24
        assert [x for x, _ in places] == [sum(w for _, w in places[:i]) for i in range(len(places))]


def test_parameters_become_variables() -> None:
    """What stands for one in a query is what the variable replaces, its default at first."""
    user, category = body("drawing-agent")["variables"]

    assert user == {
        "type": "pattern",
        "pattern": "__user__",
        "id": "user",
        "label": "The user's id",
        "inputType": "input",
        "defaultValue": "42",
        "visible": True,
    }
    assert (category["inputType"], category["defaultValue"]) == ("select", "auth")
    assert [choice["value"] for choice in category["values"]][:2] == ["auth", "agent"]
    timeline = widget("drawing-agent", "User activity timeline")["query"]
    assert timeline.startswith("SOURCE '/drawing-agent/app' | filter user_id = __user__\n")


def test_share_is_drawn_with_its_threshold() -> None:
    """The expression of the alarm over the alarm's own time, its two metrics hidden."""
    share = widget("chimera", "ErrorCount, per cent of LineCount")

    assert (
        share["metrics"][0][0]["expression"]
        == "IF(FILL(total, 0) >= 100, 100 * FILL(part, 0) / FILL(total, 0), 0)"
    )
    assert [metric[:2] for metric in share["metrics"][1:]] == [
        ["Chimera", "ErrorCount"],
        ["Chimera", "LineCount"],
    ]
    assert share["annotations"]["horizontal"] == [{"label": "chimera-error-ratio", "value": 5}]
    assert share["period"] == 15 * 60


def test_ingestion_is_shown_with_what_it_costs() -> None:
    """Bytes on the left, dollars a day on the right."""
    metrics = widget("drawing-agent", "Ingestion of /drawing-agent/app, a day")["metrics"]

    assert metrics[0][:4] == ["AWS/Logs", "IncomingBytes", "LogGroupName", "/drawing-agent/app"]
    assert metrics[1][0]["expression"] == "bytes / 1073741824 * 0.5"


def test_queries_are_shown_as_the_contract_says() -> None:
    """A table, unless it says otherwise."""
    assert widget("drawing-agent", "Errors by category over time")["view"] == "timeSeries"
    assert widget("drawing-agent", "Agent tool usage")["view"] == "table"
