"""A policy for the role of an application that delivers its own lines."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from intentlog.contract import load
from intentlog_constructs import DeliveryPolicy

app = cdk.App()
stack = cdk.Stack(app, "bot")

delivery = DeliveryPolicy(stack, "Delivery", contract=load("contracts/chimera.toml"))
iam.Role(
    stack,
    "Role",
    assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
    managed_policies=[
        iam.ManagedPolicy.from_managed_policy_arn(stack, "Deliver", delivery.policy.ref)
    ],
)

app.synth()
