"""The key first: whatever it encrypts is given its ARN."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import EncryptionKey

app = cdk.App()
stack = cdk.Stack(app, "shop-key")
contract = load("contracts/drawing-agent.toml")

key = EncryptionKey(stack, "Key", contract=contract)
cdk.CfnOutput(stack, "KeyArn", value=key.arn)

app.synth()
