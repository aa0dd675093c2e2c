"""Filters on log groups that another stack, or another tool, has made."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import ContractMetricFilters

app = cdk.App()
stack = cdk.Stack(app, "shop-metrics")

metrics = ContractMetricFilters(stack, "Metrics", contract=load("contracts/drawing-agent.toml"))
assert metrics.filters["ErrorCount"].filter_pattern == '{ $.level = "ERROR" }'

app.synth()
