"""An e-mail when a digest could not be posted, or a run by the clock failed."""

import aws_cdk as cdk

from intentlog.contract import load
from intentlog_constructs import AlarmDigest, DigestWatch

app = cdk.App()
stack = cdk.Stack(app, "shop-alerts")
contract = load("contracts/drawing-agent.toml")

digest = AlarmDigest(stack, "Digest", contract=contract)
DigestWatch(
    stack,
    "Watch",
    contract=contract,
    dead_letter_queue=digest.dead_letter_queue,
    missed_runs=digest.missed_runs,
    email="oncall@example.com",
)

app.synth()
