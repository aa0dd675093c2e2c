"""The alarm on lines that a process delivers late."""

import aws_cdk as cdk
import msgspec
from aws_cdk.assertions import Template

from intentlog.contract import DELIVERY_LAG, Contract
from intentlog_constructs import DeliveryLag
from tests.cdk.conftest import Resources

ALARM = "AWS::CloudWatch::Alarm"


def test_it_watches_what_the_shipper_says(resources: Resources, chimera: Contract) -> None:
    """The latest line of five minutes; a shipper that says nothing changes nothing."""
    (alarm,) = (
        a for a in resources("chimera-alerts", ALARM) if a.get("MetricName") == DELIVERY_LAG
    )

    assert alarm["AlarmName"] == "chimera-delivery-lag"
    assert (alarm["Namespace"], alarm["Statistic"]) == (chimera.namespace, "Maximum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 300)
    assert alarm["TreatMissingData"] == "ignore"
    assert alarm["AlarmActions"] == alarm["OKActions"] != []
    assert "docs/operations.md#lines-arrive-late" in alarm["AlarmDescription"]


def test_where_an_agent_delivers_there_is_none(resources: Resources) -> None:
    """It says no lag; log alarms ask the lines themselves."""
    assert not [a for a in resources("drawing-agent-alerts", ALARM) if "delivery-lag" in str(a)]


def test_the_contract_says_how_late_is_late(chimera: Contract) -> None:
    """``delivery.lag_seconds``; without a topic, nobody is told."""
    delivery = msgspec.structs.replace(chimera.delivery, lag_seconds=60)
    stack = cdk.Stack(cdk.App(), "alerts")

    DeliveryLag(stack, "Lag", contract=msgspec.structs.replace(chimera, delivery=delivery))

    (alarm,) = Template.from_stack(stack).find_resources(ALARM).values()
    assert alarm["Properties"]["Threshold"] == 60
    assert alarm["Properties"]["AlarmActions"] == []
