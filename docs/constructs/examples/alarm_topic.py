"""A topic that tells one address by e-mail, without a digest."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import AlarmTopic

app = cdk.App()
stack = cdk.Stack(app, "shop-topic")
contract = load("contracts/drawing-agent.toml")

topic = AlarmTopic(stack, "Topic", contract=contract, email="oncall@example.com").topic
cdk.CfnOutput(stack, "TopicArn", value=topic.ref)

app.synth()
