"""The Auto Scaling group that keeps one host running."""

from collections.abc import Sequence

from aws_cdk import (
    CfnAutoScalingRollingUpdate,
    CfnCreationPolicy,
    CfnResourceSignal,
    CfnUpdatePolicy,
)
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from .acknowledgment import acknowledge

_STARTS_WITHIN = "PT10M"

# While a host is replaced, nothing else may start or stop one (CloudFormation, "UpdatePolicy").
_SUSPENDED = [
    *("HealthCheck", "ReplaceUnhealthy", "AZRebalance"),
    *("AlarmNotification", "ScheduledActions"),
]


def one_host(
    scope: Construct, *, name: str, subnets: Sequence[str]
) -> autoscaling.CfnAutoScalingGroup:
    """Define a group of exactly one host, to be given its launch template.

    Two would write the same names into the same log groups and serve different files, so the old
    host goes before the new one comes. That it came is told by its user data.

    Args:
        scope: The construct that the group belongs to.
        name: The host's name, a tag of it.
        subnets: Where it may run.
    """
    group = autoscaling.CfnAutoScalingGroup(
        scope,
        "Group",
        min_size="1",
        max_size="1",
        vpc_zone_identifier=list(subnets),
        health_check_type="EC2",
        metrics_collection=[
            autoscaling.CfnAutoScalingGroup.MetricsCollectionProperty(granularity="1Minute")
        ],
        tags=[
            autoscaling.CfnAutoScalingGroup.TagPropertyProperty(
                key="Name", value=name, propagate_at_launch=True
            )
        ],
    )
    group.cfn_options.creation_policy = CfnCreationPolicy(
        resource_signal=CfnResourceSignal(count=1, timeout=_STARTS_WITHIN)
    )
    group.cfn_options.update_policy = CfnUpdatePolicy(
        auto_scaling_rolling_update=CfnAutoScalingRollingUpdate(
            min_instances_in_service=0,
            max_batch_size=1,
            pause_time=_STARTS_WITHIN,
            suspend_processes=_SUSPENDED,
            wait_on_resource_signals=True,
        )
    )
    acknowledge(
        group,
        "AwsSolutions-AS3",
        because="it never scales; that a host is missing shows in what it no longer logs",
    )
    return group


def launch_from(group: autoscaling.CfnAutoScalingGroup, template: ec2.CfnLaunchTemplate) -> None:
    """Let the group launch from a template's newest version: a changed one replaces the host."""
    group.launch_template = autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty(
        launch_template_id=template.ref, version=template.attr_latest_version_number
    )
