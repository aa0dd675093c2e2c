"""What alarms say of themselves, and what log alarms ask."""

from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from intentlog.contract import Alarm, Contract, load, validate
from intentlog.render import alarm_description, incident_rule, log_query, share_expression

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture
def contract() -> Contract:
    """The contract of system B, with an alarm of every kind."""
    chimera = load(CONTRACTS / "chimera.toml")
    more = {
        "incident": Alarm(any_of=("error-ratio", "silent"), purpose="It is broken"),
        "late": Alarm(stream="all", lag_seconds=60, within_minutes=10),
        "lines": Alarm(metric="ErrorCount", more_than=3, within_minutes=1, log_lines=5),
    }
    return validate(msgspec.structs.replace(chimera, alarms=chimera.alarms | more))


def test_description_leads_to_runbook_dashboard_and_query(contract: Contract) -> None:
    """One line each; the query opens in Logs Insights, filled in."""
    purpose, runbook, dashboard, query = alarm_description(
        contract, "high-error-rate", region="eu-central-1"
    ).splitlines()

    assert purpose == "The bot fails"
    assert runbook == "Runbook: docs/operations.md#the-application-fails"
    console = "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#"
    assert dashboard == f"Dashboard: {console}dashboards/dashboard/chimera"
    assert query.startswith(f"Query: {console}logsV2:logs-insights$3FqueryDetail$3D~$28end~0")
    text = unquote(unquote(query.replace("$", "%")).replace("*", "%"))
    assert contract.queries["recent-errors"].text.strip() in text
    assert text.endswith("~source~(~'Chimera))")


def test_description_never_exceeds_what_cloudwatch_takes(contract: Contract) -> None:
    """A query that is too long for a link is named instead; nothing else is lost."""
    long = "filter event in [{}] | limit 5".format(", ".join(f'"event {n}"' for n in range(60)))
    query = msgspec.structs.replace(contract.queries["recent-errors"], text=long)
    contract = msgspec.structs.replace(
        contract, queries=contract.queries | {"recent-errors": query}
    )

    description = alarm_description(contract, "high-error-rate", region="us-east-1")

    assert len(description) <= 1024
    assert description.endswith("\nQuery: chimera/Errors by module")


def test_share_is_nothing_below_its_floor(contract: Contract) -> None:
    """Per cent of the whole; no division by nothing."""
    ratio = contract.alarms["error-ratio"]

    assert (
        share_expression(ratio)
        == "IF(FILL(total, 0) >= 100, 100 * FILL(part, 0) / FILL(total, 0), 0)"
    )
    without = msgspec.structs.replace(ratio, at_least=None)
    assert (
        share_expression(without)
        == "IF(FILL(total, 0) > 0, 100 * FILL(part, 0) / FILL(total, 0), 0)"
    )


def test_incident_names_its_parts(contract: Contract) -> None:
    """By the names that they have in CloudWatch."""
    assert (
        incident_rule(contract, contract.alarms["incident"])
        == 'ALARM("chimera-error-ratio") OR ALARM("chimera-silent")'
    )


def test_log_alarm_asks_for_the_lines_that_the_metric_counts(contract: Contract) -> None:
    """The where-expression is the metric's own; each run looks back a little further than one."""
    query = log_query(contract, "lines")

    assert query.text == 'fields @timestamp, @message | filter level = "ERROR"'
    assert (query.aggregation, query.threshold, query.log_group) == ("count(*)", 3, "Chimera")
    assert (query.minutes, query.window_seconds) == (1, 90)


def test_lag_is_what_passes_between_event_and_arrival(contract: Contract) -> None:
    """In seconds, of the slowest line."""
    query = log_query(contract, "late")

    assert query.text == "fields (@ingestionTime - @timestamp) / 1000 as lag_seconds"
    assert (query.aggregation, query.threshold) == ("max(lag_seconds)", 60)
