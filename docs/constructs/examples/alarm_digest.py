"""Alarms that are gathered for half a minute and posted to Slack as one message."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import AlarmDigest, ContractAlarms, ContractMetricFilters

app = cdk.App()
stack = cdk.Stack(app, "shop-alerts")
contract = load("contracts/drawing-agent.toml")

digest = AlarmDigest(stack, "Digest", contract=contract, webhook="slack", batch_seconds=30)
ContractMetricFilters(stack, "Metrics", contract=contract)
ContractAlarms(stack, "Alarms", contract=contract, topic_arn=digest.topic.ref)
cdk.CfnOutput(stack, "WebhookSecret", value=digest.secret.ref)

app.synth()
