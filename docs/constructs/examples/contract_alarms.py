"""Alarms of many kinds, told to a topic: those of a contract, and more of one's own."""

from pathlib import Path

import aws_cdk as cdk

from intentlog.contract import parse
from intentlog_constructs import AlarmTopic, ContractAlarms

MORE = """
[alarms.late]
stream         = "all"
lag_seconds    = 300
within_minutes = 5

[alarms.broken]
any_of = ["high-error-rate", "error-ratio"]

[mutes.maintenance]
cron    = "0 2 * * SUN"
minutes = 60
"""

app = cdk.App()
stack = cdk.Stack(app, "bot-alarms")
contract = parse(Path("contracts/chimera.toml").read_text() + MORE)

topic = AlarmTopic(stack, "Topic", contract=contract, email="oncall@example.com").topic
alarms = ContractAlarms(stack, "Alarms", contract=contract, topic_arn=topic.ref, log_alarms=True)
assert set(alarms.alarms) == set(contract.alarms)

app.synth()
