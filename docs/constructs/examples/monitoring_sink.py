"""In the account that watches others: any account of the organization may link to it."""

import aws_cdk as cdk

from intentlog_constructs import MonitoringSink

app = cdk.App()
stack = cdk.Stack(app, "monitoring-sink")

sink = MonitoringSink(stack, "Monitoring", organization="o-0123456789")
cdk.CfnOutput(stack, "Sink", value=sink.sink.attr_arn)

app.synth()
