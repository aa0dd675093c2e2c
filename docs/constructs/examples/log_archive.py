"""The audit trail of a contract, kept for three years in a bucket that nobody can change."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import EncryptionKey, LogArchive

app = cdk.App()
stack = cdk.Stack(app, "bot-archive")
contract = load("contracts/chimera.toml")

key = EncryptionKey(stack, "Key", contract=contract)
archive = LogArchive(stack, "Archive", contract=contract, key_arn=key.arn)
cdk.CfnOutput(stack, "Bucket", value=archive.bucket.ref)

app.synth()
