"""The EC2 host whose CloudWatch agent collects the application's files."""

from typing import Any

from aws_cdk import CfnResource, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import agent_config, agent_policy, assumed_by, image_id, user_data

from .delivery_policy import arn_prefix


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
        parameter = f"/{contract.service}/cloudwatch-agent"
        self.agent_parameter = ssm.CfnParameter(
            self,
            "AgentConfig",
            name=parameter,
            description=f"What the CloudWatch agent collects for {contract.service}",
            type="String",
            tier="Intelligent-Tiering",  # beyond 4 KB only the advanced tier takes it
            value=agent_config(contract),
        )
        document = agent_policy(
            contract,
            logs_arn_prefix=arn_prefix(self, "logs"),
            parameter_arn=f"{arn_prefix(self, 'ssm')}:parameter{parameter}",
        )
        self.role = iam.CfnRole(
            self,
            "Role",
            description=f"The host of {contract.service}",
            assume_role_policy_document=assumed_by("ec2.amazonaws.com"),
            policies=[iam.CfnRole.PolicyProperty(policy_name="Agent", policy_document=document)],
        )
        profile = iam.CfnInstanceProfile(self, "Profile", roles=[self.role.ref])
        self.launch_template = CfnResource(
            self,
            "LaunchTemplate",
            type="AWS::EC2::LaunchTemplate",
            properties={
                "LaunchTemplateName": contract.service,
                "LaunchTemplateData": _launch_template_data(contract, parameter, profile.attr_arn),
            },
        )


def _launch_template_data(contract: Contract, parameter: str, profile_arn: str) -> dict[str, Any]:
    name = {"Key": "Name", "Value": contract.service}
    volume = {
        "Encrypted": True,
        "VolumeSize": contract.host.volume_gigabytes,
        "VolumeType": "gp3",
    }
    return {
        "ImageId": image_id(contract),
        "InstanceType": contract.host.instance_type,
        "IamInstanceProfile": {"Arn": profile_arn},
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": volume}],
        # A container is one hop further: it gets no credentials, for it only writes files.
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "TagSpecifications": [
            {"ResourceType": resource, "Tags": [name]} for resource in ("instance", "volume")
        ],
        "UserData": Fn.base64(user_data(contract, agent_parameter=parameter)),
    }
