"""A dashboard; its widgets name metrics, alarms and log groups of the contract."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import ContractDashboard

app = cdk.App()
stack = cdk.Stack(app, "shop-dashboard")

board = ContractDashboard(stack, "Dashboard", contract=load("contracts/drawing-agent.toml"))
assert board.dashboard.dashboard_name == "drawing-agent"

app.synth()
