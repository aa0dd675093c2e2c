"""Log groups with a key of one's own; masked when they are read, kept when the stack goes."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import ContractLogGroups, EncryptionKey

app = cdk.App()
stack = cdk.Stack(app, "shop-logs")
contract = load("contracts/drawing-agent.toml")

key = EncryptionKey(stack, "Key", contract=contract)
groups = ContractLogGroups(stack, "LogGroups", contract=contract, key_arn=key.arn)
cdk.CfnOutput(stack, "Errors", value=groups.log_groups["errors"].ref)

app.synth()
