"""The proof over stacks of one's own: a missing link ends the synth."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import (
    AlarmTopic,
    ContractAlarms,
    ContractLogGroups,
    ContractMetricFilters,
    DeliveryPolicy,
    DeliveryProof,
    SavedQueries,
)

app = cdk.App()
stack = cdk.Stack(app, "bot")
contract = load("contracts/chimera.toml")

ContractLogGroups(stack, "LogGroups", contract=contract)
ContractMetricFilters(stack, "Metrics", contract=contract)
topic = AlarmTopic(stack, "Topic", contract=contract, email="oncall@example.com").topic
ContractAlarms(stack, "Alarms", contract=contract, topic_arn=topic.ref)
DeliveryPolicy(stack, "Delivery", contract=contract)
SavedQueries(stack, "Queries", contract=contract)

cdk.Validations.of(app).add_plugins(DeliveryProof(contracts=[contract]))
app.synth()
