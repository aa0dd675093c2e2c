"""Saved queries, in the console under *Logs Insights → Saved queries*."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import SavedQueries

app = cdk.App()
stack = cdk.Stack(app, "shop-queries")

saved = SavedQueries(stack, "Queries", contract=load("contracts/drawing-agent.toml"))
assert saved.queries["errors-by-category"].name == "drawing-agent/Error rate by category"

app.synth()
