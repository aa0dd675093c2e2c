"""One host, kept running in two subnets of a VPC."""

import aws_cdk as cdk

from intentlog.contract import Network, load
from intentlog_constructs import LoggingHost

app = cdk.App()
stack = cdk.Stack(app, "shop-host", env=cdk.Environment(region="us-east-1"))

host = LoggingHost(
    stack,
    "Host",
    contract=load("contracts/drawing-agent.toml"),
    network=Network(
        vpc="vpc-0123456789abcdef0",
        subnets=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    ),
)
cdk.CfnOutput(stack, "Role", value=host.role.ref)

app.synth()
