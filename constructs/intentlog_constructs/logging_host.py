"""The EC2 host whose CloudWatch agent collects the application's files."""

from typing import TYPE_CHECKING

from aws_cdk import CfnTag, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from intentlog.contract import Contract, Network
from intentlog.render import (
    agent_parameter,
    agent_policy,
    assumed_by,
    host_parameters,
    image_id,
    rotation_parameter,
    user_data,
)

from .acknowledgment import acknowledge, acknowledge_role
from .arn import arn_prefix

if TYPE_CHECKING:
    from aws_cdk import aws_autoscaling as autoscaling

_HTTPS = 443


class LoggingHost(Construct):
    """A launch template: agent and logrotate installed, least privilege, IMDSv2, encrypted.

    What the agent collects and logrotate rotates is in Systems Manager, where the host follows it.
    One logs in through Session Manager: no port is open, and there is no key.

    Attributes:
        agent_parameter: The SSM parameter that holds the agent's configuration.
        rotation_parameter: That of logrotate; None where the application rotates.
        role: The instance's role: write to the log groups, read the parameters, Session Manager.
        security_group: It lets nothing in, and HTTPS out; None without a network.
        launch_template: The launch template.
        group: The Auto Scaling group that keeps one host running; None without subnets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        network: Network | None = None,
    ) -> None:
        """Define the host.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            network: Where it runs. Default: whoever launches it says where.

        Raises:
            ContractError: There are more streams than a host can be told of.
        """
        super().__init__(scope, construct_id)
        self._contract = contract
        texts = host_parameters(contract)
        self.agent_parameter = self._parameter(
            "AgentConfig",
            agent_parameter(contract),
            "What the CloudWatch agent collects for",
            texts,
        )
        self.rotation_parameter = (
            self._parameter(
                "RotationConfig", rotation_parameter(contract), "What logrotate rotates for", texts
            )
            if rotation_parameter(contract) in texts
            else None
        )
        self.role = self._role(list(texts))
        self.security_group = self._security_group(network.vpc) if network else None
        self.group = self._group(network) if network and network.subnets else None
        self.launch_template = self._launch_template()
        self._launch()

    def _parameter(
        self, construct_id: str, name: str, purpose: str, texts: dict[str, str]
    ) -> ssm.CfnParameter:
        return ssm.CfnParameter(
            self,
            construct_id,
            name=name,
            description=f"{purpose} {self._contract.service}",
            type="String",
            tier="Intelligent-Tiering",  # beyond 4 KB only the advanced tier takes it
            value=texts[name],
        )

    def _role(self, parameters: list[str]) -> iam.CfnRole:
        logs, systems_manager = arn_prefix(self, "logs"), arn_prefix(self, "ssm")
        document = agent_policy(
            self._contract,
            logs_arn_prefix=logs,
            parameter_arns=[f"{systems_manager}:parameter{name}" for name in parameters],
        )
        role = iam.CfnRole(
            self,
            "Role",
            description=f"The host of {self._contract.service}",
            assume_role_policy_document=assumed_by("ec2.amazonaws.com"),
            policies=[iam.CfnRole.PolicyProperty(policy_name="Agent", policy_document=document)],
        )
        groups = self._contract.log_groups.values()
        acknowledge_role(role, log_groups=[f"{logs}:log-group:{name}" for name in groups])
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            "CKV_AWS_111",
            because="what the agent of Session Manager calls has no resources to name",
        )
        return role

    def _security_group(self, vpc: str) -> ec2.CfnSecurityGroup:
        """Let HTTPS out, to AWS and to Amazon Linux's packages; the rest is the application's.

        The VPC's own DNS and time, and the instance's metadata, need no rule.
        """
        description = "HTTPS: the APIs of AWS, packages of Amazon Linux"
        anywhere = ({"cidr_ip": "0.0.0.0/0"}, {"cidr_ipv6": "::/0"})
        return ec2.CfnSecurityGroup(
            self,
            "SecurityGroup",
            group_description=f"The host of {self._contract.service}: nothing in, HTTPS out",
            vpc_id=vpc,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=_HTTPS,
                    to_port=_HTTPS,
                    description=description,
                    **destination,
                )
                for destination in anywhere
            ],
            tags=[self._name_tag()],
        )

    def _group(self, network: Network) -> "autoscaling.CfnAutoScalingGroup":
        # Here, because importing it takes longer than everything else of this package.
        from .host_group import one_host  # noqa: PLC0415

        return one_host(self, name=self._contract.service, subnets=network.subnets)

    def _launch_template(self) -> ec2.CfnLaunchTemplate:
        data = ec2.CfnLaunchTemplate
        profile = iam.CfnInstanceProfile(self, "Profile", roles=[self.role.ref])
        volume = data.EbsProperty(
            encrypted=True, volume_size=self._contract.host.volume_gigabytes, volume_type="gp3"
        )
        groups = [self.security_group.attr_group_id] if self.security_group else None
        return data(
            self,
            "LaunchTemplate",
            launch_template_name=self._contract.service,
            launch_template_data=data.LaunchTemplateDataProperty(
                image_id=image_id(self._contract),
                instance_type=self._contract.host.instance_type,
                iam_instance_profile=data.IamInstanceProfileProperty(arn=profile.attr_arn),
                security_group_ids=groups,
                block_device_mappings=[
                    data.BlockDeviceMappingProperty(device_name="/dev/xvda", ebs=volume)
                ],
                # A container is one hop further: it gets no credentials, for it only writes files.
                metadata_options=data.MetadataOptionsProperty(
                    http_tokens="required", http_put_response_hop_limit=1
                ),
                tag_specifications=[
                    data.TagSpecificationProperty(resource_type=kind, tags=[self._name_tag()])
                    for kind in ("instance", "volume")
                ],
                user_data=Fn.base64(self._user_data()),
            ),
        )

    def _user_data(self) -> str:
        stack = Stack.of(self)
        awaited_by = (stack.stack_name, stack.get_logical_id(self.group)) if self.group else None
        return user_data(self._contract, region=stack.region, awaited_by=awaited_by)

    def _launch(self) -> None:
        if self.group is None:
            return
        from .host_group import launch_from  # noqa: PLC0415

        launch_from(self.group, self.launch_template)
        # The first host looks for its configuration as soon as it runs.
        for parameter in (self.agent_parameter, self.rotation_parameter):
            if parameter is not None:
                self.group.add_resource_dependency(parameter)

    def _name_tag(self) -> CfnTag:
        return CfnTag(key="Name", value=self._contract.service)
