"""Alarms that are gathered for half a minute and posted to Slack and PagerDuty, as one message."""

import aws_cdk as cdk

from intentlog.contract import Destination, Notifications, load
from intentlog_constructs import AlarmDigest, ContractAlarms, ContractMetricFilters

app = cdk.App()
stack = cdk.Stack(app, "shop-alerts")
contract = load("contracts/drawing-agent.toml")

digest = AlarmDigest(
    stack,
    "Digest",
    contract=contract,
    notifications=Notifications(
        destinations={
            "oncall": Destination(kind="slack"),
            "pager": Destination(kind="pagerduty"),
        },
        daily_at="07:00",
        timezone="Europe/Berlin",
    ),
)
ContractMetricFilters(stack, "Metrics", contract=contract)
ContractAlarms(stack, "Alarms", contract=contract, topic_arn=digest.topic.ref)
cdk.CfnOutput(stack, "OncallSecret", value=digest.secrets["oncall"].ref)
cdk.CfnOutput(stack, "PagerSecret", value=digest.secrets["pager"].ref)

app.synth()
