"""An alarm on lines that an application delivers late by itself."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import AlarmTopic, DeliveryLag

app = cdk.App()
stack = cdk.Stack(app, "bot-alerts")
contract = load("contracts/chimera.toml")

alarms = AlarmTopic(stack, "Alarms", contract=contract)
DeliveryLag(stack, "Lag", contract=contract, topic_arn=alarms.topic.ref)

app.synth()
