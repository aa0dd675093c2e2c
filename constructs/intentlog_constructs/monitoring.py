"""Watching several accounts from one: CloudWatch cross-account observability (OAM)."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_oam as oam
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import shared_log_groups, shared_namespaces, sink_policy

SharedType = Literal["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup", "AWS::XRay::Trace"]
_METRICS: SharedType = "AWS::CloudWatch::Metric"
_LOG_GROUPS: SharedType = "AWS::Logs::LogGroup"


class MonitoringSink(Construct):
    """The sink of a monitoring account: one an account and region, that other accounts link to.

    Attributes:
        sink: The sink; its ``attr_arn`` is the ``monitoring_sink`` of the other accounts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str = "intentlog",
        accounts: Sequence[str] = (),
        organization: str | None = None,
        shares: Sequence[SharedType] = (_METRICS, _LOG_GROUPS),
    ) -> None:
        """Define the sink.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            name: The sink's name. Default: intentlog.
            accounts: Accounts that may link to it. Default: those of the organization.
            organization: The organization whose accounts may, ``o-...``; with ``accounts``, they
                must be of it. Default: any named account.
            shares: What they may share. Default: metrics and log groups.

        Raises:
            ValueError: Neither accounts nor an organization are given, which would admit everybody.
        """
        super().__init__(scope, construct_id)
        self.sink = oam.CfnSink(
            self,
            "Sink",
            name=name,
            policy=sink_policy(accounts=accounts, organization=organization, shares=shares),
        )


class MonitoringLink(Construct):
    """This account's link to a sink: it shares what the contracts name, and nothing else.

    An account has one link to a sink, so all its contracts share it.

    Attributes:
        link: The link.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, sink: str, contracts: Sequence[Contract]
    ) -> None:
        """Define the link.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            sink: ARN of the sink, which is in the same region.
            contracts: The contracts whose log groups and metrics are shared.

        Raises:
            ContractError: There are more log groups or namespaces than a link can name.
        """
        super().__init__(scope, construct_id)
        log_groups, namespaces = shared_log_groups(contracts), shared_namespaces(contracts)
        filtered = oam.CfnLink.LinkFilterProperty
        self.link = oam.CfnLink(
            self,
            "Link",
            sink_identifier=sink,
            label_template="$AccountName",
            resource_types=[_LOG_GROUPS, *([_METRICS] if namespaces else [])],
            link_configuration=oam.CfnLink.LinkConfigurationProperty(
                log_group_configuration=filtered(filter=log_groups),
                metric_configuration=filtered(filter=namespaces) if namespaces else None,
            ),
        )
