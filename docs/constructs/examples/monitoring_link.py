"""In an account that is watched: it shares the log groups and metrics of two contracts."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import MonitoringLink

app = cdk.App()
stack = cdk.Stack(app, "monitoring-link")

MonitoringLink(
    stack,
    "Monitoring",
    sink="arn:aws:oam:us-east-1:999999999999:sink/0c5e2c4c-11b6-4a2e-8a0e-2b0cf0d4a9c7",
    contracts=[load("contracts/drawing-agent.toml"), load("contracts/chimera.toml")],
)

app.synth()
