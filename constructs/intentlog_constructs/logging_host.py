"""The EC2 host whose CloudWatch agent collects the application's files."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import agent_config, agent_statement, user_data

from .delivery_policy import logs_arn_prefix

_IMAGES = {
    architecture: f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{name}"
    for architecture, name in (
        (ec2.InstanceArchitecture.ARM_64, "arm64"),
        (ec2.InstanceArchitecture.X86_64, "x86_64"),
    )
}


class LoggingHost(Construct):
    """A launch template: agent and logrotate installed, least privilege, IMDSv2, encrypted.

    Attributes:
        agent_parameter: The SSM parameter that holds the agent's configuration.
        role: The instance's role: write to the log groups, read that parameter.
        launch_template: The launch template.
    """

    def __init__(self, scope: Construct, construct_id: str, *, contract: Contract) -> None:
        """Define the host.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
        """
        super().__init__(scope, construct_id)
        self.agent_parameter = ssm.StringParameter(
            self,
            "AgentConfig",
            parameter_name=f"/{contract.service}/cloudwatch-agent",
            description=f"What the CloudWatch agent collects for {contract.service}",
            string_value=agent_config(contract),
        )
        self.role = iam.Role(
            self,
            "Role",
            description=f"The host of {contract.service}",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        )
        statement = agent_statement(contract, arn_prefix=logs_arn_prefix(self))
        self.role.add_to_policy(iam.PolicyStatement.from_json(statement))
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["ssm:GetParameter"], resources=[self.agent_parameter.parameter_arn]
            )
        )
        self.launch_template = self._launch_template(contract)

    def _launch_template(self, contract: Contract) -> ec2.LaunchTemplate:
        script = user_data(contract, agent_parameter=f"/{contract.service}/cloudwatch-agent")
        volume = ec2.BlockDeviceVolume.ebs(
            contract.host.volume_gigabytes,
            encrypted=True,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
        )
        instance_type = ec2.InstanceType(contract.host.instance_type)
        return ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            launch_template_name=contract.service,
            instance_type=instance_type,
            # Resolved by EC2 at launch: a new image changes no template.
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(
                _IMAGES[instance_type.architecture]
            ),
            role=self.role,
            user_data=ec2.UserData.custom(script),
            require_imdsv2=True,
            # A container is one hop further: it gets no credentials, for it only writes files.
            http_put_response_hop_limit=1,
            block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=volume)],
        )
