"""Alarms of every kind: what the contract says is what is deployed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import msgspec
import pytest

from intentlog.contract import Alarm, Contract, Metric, Mute, load, validate
from intentlog_constructs import ContractAlarms

Resources = Callable[[str, str], list[dict[str, Any]]]
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of system A, with an alarm of every kind, and a mute rule."""
    agent = load(CONTRACTS / "drawing-agent.toml")
    alarms = agent.alarms | {
        "incident": Alarm(any_of=("error-ratio", "odd"), purpose="It is broken"),
        "error-ratio": Alarm(
            metric="ErrorCount", of="LineCount", more_than=5, at_least=100, within_minutes=10
        ),
        "odd": Alarm(metric="LineCount", outside_band=2.5, within_minutes=15),
        "silent": Alarm(stream="app", within_minutes=30),
        "late": Alarm(stream="app", lag_seconds=60, within_minutes=10),
        "lines": Alarm(metric="ErrorCount", more_than=3, within_minutes=1, log_lines=5),
    }
    return validate(
        msgspec.structs.replace(
            agent,
            metrics=agent.metrics | {"LineCount": Metric(stream="app")},
            alarms=alarms,
            mutes={
                "backup": Mute(cron="0 2 * * SUN", minutes=90, timezone="Europe/Berlin"),
                "move": Mute(cron="0 0 1 1 *", minutes=60, alarms=("silent",), purpose="Moving"),
            },
        )
    )


def deployed(contract: Contract, *, log_alarms: bool) -> dict[str, dict[str, Any]]:
    """Return alarms and mute rules by name, with their type among the properties."""
    stack = cdk.Stack(cdk.App(), "alarms", env=cdk.Environment(region="us-east-1"))
    ContractAlarms(stack, "Alarms", contract=contract, topic_arn=TOPIC, log_alarms=log_alarms)
    template = cdk.App.of(stack).synth().get_stack_by_name("alarms").template  # type: ignore[union-attr]
    return {
        properties.get("AlarmName", properties.get("Name")): properties
        | {"Type": resource["Type"].rpartition("::")[2], "DependsOn": resource.get("DependsOn", [])}
        for resource in template["Resources"].values()
        if (properties := resource["Properties"]) and "AWS::IAM" not in resource["Type"]
    }


@pytest.fixture(scope="module")
def alarms(contract: Contract) -> dict[str, dict[str, Any]]:
    """Alarms in a region without log alarms."""
    return deployed(contract, log_alarms=False)


@pytest.fixture(scope="module")
def with_log_alarms(contract: Contract) -> dict[str, dict[str, Any]]:
    """Alarms in a region that has log alarms."""
    return deployed(contract, log_alarms=True)


def test_the_alarm_rings_at_more_than_ten_errors_in_five_minutes(resources: Resources) -> None:
    """The high-error-rate alarm of system A, whole; begin and end go to the digest's topic."""
    alarm, *_ = resources("drawing-agent-alerts", "AWS::CloudWatch::Alarm")
    subscription = resources("drawing-agent-alerts", "AWS::SNS::Subscription")[0]

    description = alarm.pop("AlarmDescription").splitlines()
    assert description[:2] == [
        "The application fails for its users",
        "Runbook: docs/operations.md#the-application-fails",
    ]
    assert [line.partition(": ")[0] for line in description[2:]] == ["Dashboard", "Query"]
    assert alarm == {
        "AlarmName": "drawing-agent-high-error-rate",
        "Namespace": "DrawingAgent",
        "MetricName": "ErrorCount",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [subscription["TopicArn"]],
        "OKActions": [subscription["TopicArn"]],
    }


def test_share_is_of_two_sums_over_the_same_time(alarms: dict[str, dict[str, Any]]) -> None:
    """The expression is what is compared; its parts are not."""
    alarm = alarms["drawing-agent-error-ratio"]
    share, part, total = alarm["Metrics"]

    assert (
        share["Expression"] == "IF(FILL(total, 0) >= 100, 100 * FILL(part, 0) / FILL(total, 0), 0)"
    )
    assert [m["ReturnData"] for m in alarm["Metrics"]] == [True, False, False]
    assert [m["MetricStat"]["Metric"]["MetricName"] for m in (part, total)] == [
        "ErrorCount",
        "LineCount",
    ]
    assert {m["MetricStat"]["Period"] for m in (part, total)} == {600}
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 5)


def test_band_is_learnt_by_cloudwatch(alarms: dict[str, dict[str, Any]]) -> None:
    """Both sides of it alarm; there is no threshold."""
    alarm = alarms["drawing-agent-odd"]
    watched, band = alarm["Metrics"]

    assert band["Expression"] == "ANOMALY_DETECTION_BAND(watched, 2.5)"
    assert (watched["Id"], alarm["ThresholdMetricId"]) == ("watched", band["Id"])
    assert alarm["ComparisonOperator"] == "LessThanLowerOrGreaterThanUpperThreshold"
    assert "Threshold" not in alarm


def test_silence_is_that_nothing_is_counted(alarms: dict[str, dict[str, Any]]) -> None:
    """CloudWatch Logs publishes no zero, so missing data is what alarms."""
    alarm = alarms["drawing-agent-silent"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Logs", "IncomingLogEvents")
    assert alarm["Dimensions"] == [{"Name": "LogGroupName", "Value": "/drawing-agent/app"}]
    assert (alarm["Period"], alarm["Threshold"]) == (1800, 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_incident_pages_and_its_parts_do_not(alarms: dict[str, dict[str, Any]]) -> None:
    """One message for one incident; the parts are made first, or the rule would be refused."""
    incident = alarms["drawing-agent-incident"]

    assert incident["Type"] == "CompositeAlarm"
    assert (
        incident["AlarmRule"] == 'ALARM("drawing-agent-error-ratio") OR ALARM("drawing-agent-odd")'
    )
    assert incident["AlarmActions"] == incident["OKActions"] == [TOPIC]
    assert len(incident["DependsOn"]) == 2
    for part in ("error-ratio", "odd"):
        assert alarms[f"drawing-agent-{part}"]["AlarmActions"] == []


def test_mute_rule_is_about_the_alarms_that_page(alarms: dict[str, dict[str, Any]]) -> None:
    """All of them, or those that it names; in the time zone of those who sleep."""
    backup, move = alarms["drawing-agent-backup"], alarms["drawing-agent-move"]

    assert backup["Rule"]["Schedule"] == {
        "Expression": "cron(0 2 * * SUN)",
        "Duration": "PT90M",
        "Timezone": "Europe/Berlin",
    }
    paging = {"high-error-rate", "incident", "lines", "silent"}
    assert set(backup["MuteTargets"]["AlarmNames"]) == {f"drawing-agent-{n}" for n in paging}
    assert move["MuteTargets"]["AlarmNames"] == ["drawing-agent-silent"]


def test_log_alarm_shows_lines_where_there_are_log_alarms(
    with_log_alarms: dict[str, dict[str, Any]],
) -> None:
    """It asks for what the metric counts, as often as the alarm looks."""
    alarm = with_log_alarms["drawing-agent-lines"]
    scheduled = alarm["ScheduledQueryConfiguration"]

    assert (alarm["Type"], alarm["ActionLogLineCount"], alarm["Threshold"]) == ("LogAlarm", 5, 3)
    assert scheduled["QueryString"] == 'fields @timestamp, @message | filter level = "ERROR"'
    assert scheduled["AggregationExpression"] == "count(*)"
    assert scheduled["LogGroupIdentifiers"] == ["/drawing-agent/app"]
    assert scheduled["ScheduleConfiguration"] == {
        "ScheduleExpression": "rate(1 minute)",
        "StartTimeOffset": 90,
    }
    late = with_log_alarms["drawing-agent-late"]
    assert (late["Type"], late["Threshold"]) == ("LogAlarm", 60)
    assert "ActionLogLineCount" not in late


def test_without_log_alarms_the_metric_is_watched(alarms: dict[str, dict[str, Any]]) -> None:
    """The same threshold without the lines; what only a log alarm can see is not made."""
    lines = alarms["drawing-agent-lines"]

    assert (lines["Type"], lines["MetricName"], lines["Threshold"]) == ("Alarm", "ErrorCount", 3)
    assert "drawing-agent-late" not in alarms
