"""The host of system A, and what system B may do instead."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import msgspec
import pytest
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from intentlog.contract import Contract, ContractError, Host, Network
from intentlog.render import agent_config, host_parameters, image_id, logrotate_config
from intentlog_constructs import LoggingHost
from stacks.host import HostStack

Resources = Callable[[str, str], list[dict[str, Any]]]
STACK = "drawing-agent-host"
NETWORK = Network(vpc="vpc-0123456789abcdef0", subnets=("subnet-0a", "subnet-0b"))


def host(contract: Contract, network: Network | None = None) -> dict[str, Any]:
    """Return the template of a contract's host stack in a network."""
    app = cdk.App()
    place = cdk.Environment(account="123456789012", region="us-east-1")
    stack = HostStack(app, contract=contract, network=network, env=place)
    template: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
    return template


def of_type(template: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    """Return the properties of a template's resources of a type."""
    return [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == type_
    ]


@pytest.fixture
def launch_template(resources: Resources) -> dict[str, Any]:
    """The data of the launch template."""
    (template,) = resources(STACK, "AWS::EC2::LaunchTemplate")
    data: dict[str, Any] = template["LaunchTemplateData"]
    return data


def test_the_host_is_encrypted_and_answers_no_imdsv1(launch_template: dict[str, Any]) -> None:
    """Tokens are required and do not reach containers; the volume is encrypted."""
    assert launch_template["MetadataOptions"] == {
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "required",
    }
    assert [d["Ebs"]["Encrypted"] for d in launch_template["BlockDeviceMappings"]] == [True]


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("t4g.small", "arm64"),
        ("c7gn.large", "arm64"),
        ("im4gn.large", "arm64"),
        ("g5g.xlarge", "arm64"),
        ("a1.medium", "arm64"),
        ("t3.small", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("g4dn.xlarge", "x86_64"),
        ("g5.xlarge", "x86_64"),
        ("u-6tb1.metal", "x86_64"),
    ],
)
def test_the_image_fits_the_processor(
    drawing_agent: Contract, instance_type: str, architecture: str
) -> None:
    """Graviton types are known by the letter after their generation."""
    contract = msgspec.structs.replace(drawing_agent, host=Host(instance_type=instance_type))

    assert image_id(contract).endswith(f"-{architecture}")


def test_the_host_reads_its_configuration_from_parameters(
    launch_template: dict[str, Any], resources: Resources, drawing_agent: Contract
) -> None:
    """The names in the user data are those of the parameters, which hold the configuration."""
    agent, rotation = resources(STACK, "AWS::SSM::Parameter")
    script = launch_template["UserData"]["Fn::Base64"]

    assert f"ssm:{agent['Name']}\n" in script
    assert agent["Value"] == agent_config(drawing_agent)
    assert f"fetch {rotation['Name']} logrotate.conf\n" in script
    assert rotation["Value"] == logrotate_config(drawing_agent)


def test_a_host_whose_application_rotates_is_told_of_the_agent_alone(
    drawing_agent: Contract,
) -> None:
    """No parameter for logrotate, and no right to read one."""
    rotation = msgspec.structs.replace(drawing_agent.files.rotation, by="process")
    files = msgspec.structs.replace(drawing_agent.files, rotation=rotation)
    template = host(msgspec.structs.replace(drawing_agent, files=files))

    (parameter,) = of_type(template, "AWS::SSM::Parameter")
    assert parameter["Name"] == "/drawing-agent/cloudwatch-agent"
    assert "/drawing-agent/logrotate" not in str(template)


def test_the_agent_delivers_each_file_to_its_group(drawing_agent: Contract) -> None:
    """The files as the host sees them, with the time of the event."""
    config = json.loads(agent_config(drawing_agent))
    collected = config["logs"]["logs_collected"]["files"]["collect_list"]

    assert [(c["file_path"], c["log_group_name"]) for c in collected] == [
        ("/home/ec2-user/data/logs/app.log", "/drawing-agent/app"),
        ("/home/ec2-user/data/logs/error.log", "/drawing-agent/errors"),
    ]
    assert {c["timestamp_format"] for c in collected} == {"%Y-%m-%dT%H:%M:%S.%fZ"}


def test_the_host_may_write_to_its_groups_and_read_its_parameters(resources: Resources) -> None:
    """Every resource is named, but for Session Manager's actions, which have none."""
    (role,) = resources(STACK, "AWS::IAM::Role")
    (policy,) = role["Policies"]
    logs, parameters, session_manager = policy["PolicyDocument"]["Statement"]

    assert "ManagedPolicyArns" not in role

    assert logs == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [
            "arn:aws:logs:us-east-1:123456789012:log-group:/drawing-agent/app:*",
            "arn:aws:logs:us-east-1:123456789012:log-group:/drawing-agent/errors:*",
        ],
    }
    assert parameters == {
        "Effect": "Allow",
        "Action": ["ssm:GetParameter"],
        "Resource": [
            "arn:aws:ssm:us-east-1:123456789012:parameter/drawing-agent/cloudwatch-agent",
            "arn:aws:ssm:us-east-1:123456789012:parameter/drawing-agent/logrotate",
        ],
    }
    assert session_manager == {
        "Effect": "Allow",
        "Action": [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenDataChannel",
        ],
        "Resource": ["*"],
    }


def test_the_host_rotates_as_the_contract_says(drawing_agent: Contract) -> None:
    """Daily or beyond 100 MB, 7 kept and compressed, by renaming."""
    config = logrotate_config(drawing_agent)

    for directive in ("daily", "maxsize 100M", "rotate 7", "compress", "nocopytruncate"):
        assert config.count(f"    {directive}\n") == 2


def test_without_a_network_whoever_launches_says_where(resources: Resources) -> None:
    """No security group, no Auto Scaling group, and nobody waits for a signal."""
    (template,) = resources(STACK, "AWS::EC2::LaunchTemplate")

    assert resources(STACK, "AWS::EC2::SecurityGroup") == []
    assert resources(STACK, "AWS::AutoScaling::AutoScalingGroup") == []
    assert "SecurityGroupIds" not in template["LaunchTemplateData"]
    assert "cfn-signal" not in template["LaunchTemplateData"]["UserData"]["Fn::Base64"]


def test_the_security_group_lets_nothing_in_and_https_out(drawing_agent: Contract) -> None:
    """In the environment's VPC; the launch template has it, and no group is needed for that."""
    template = host(drawing_agent, Network(vpc=NETWORK.vpc))
    (group,) = of_type(template, "AWS::EC2::SecurityGroup")
    (launch_template,) = of_type(template, "AWS::EC2::LaunchTemplate")
    (group_id,) = launch_template["LaunchTemplateData"]["SecurityGroupIds"]

    assert group["VpcId"] == NETWORK.vpc
    assert "SecurityGroupIngress" not in group
    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule.get("CidrIp", "::/0"))
        for rule in group["SecurityGroupEgress"]
    ] == [("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 443, 443, "::/0")]
    assert all(rule["Description"] for rule in group["SecurityGroupEgress"])
    assert template["Resources"][group_id["Fn::GetAtt"][0]]["Properties"] == group
    assert of_type(template, "AWS::AutoScaling::AutoScalingGroup") == []


def test_a_group_keeps_one_host_running(drawing_agent: Contract) -> None:
    """Exactly one, in the environment's subnets, from the template's newest version, named."""
    template = host(drawing_agent, NETWORK)
    (group,) = of_type(template, "AWS::AutoScaling::AutoScalingGroup")
    launch_template = group["LaunchTemplate"]["LaunchTemplateId"]["Ref"]

    assert (group["MinSize"], group["MaxSize"]) == ("1", "1")
    assert group["VPCZoneIdentifier"] == ["subnet-0a", "subnet-0b"]
    assert group["HealthCheckType"] == "EC2"
    assert group["MetricsCollection"] == [{"Granularity": "1Minute"}]
    assert group["Tags"] == [{"Key": "Name", "PropagateAtLaunch": True, "Value": "drawing-agent"}]
    assert group["LaunchTemplate"]["Version"] == {
        "Fn::GetAtt": [launch_template, "LatestVersionNumber"]
    }


def test_a_changed_template_replaces_the_host_and_waits_for_it(drawing_agent: Contract) -> None:
    """The user data signals the group by its logical id; its parameters are there before it."""
    template = host(drawing_agent, NETWORK)
    ((logical_id, group),) = [
        (logical_id, resource)
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::AutoScaling::AutoScalingGroup"
    ]
    (launch_template,) = of_type(template, "AWS::EC2::LaunchTemplate")
    script = launch_template["LaunchTemplateData"]["UserData"]["Fn::Base64"]

    assert f"--region us-east-1 --stack {STACK} --resource {logical_id} " in script
    assert "aws-cfn-bootstrap" in script
    assert group["CreationPolicy"] == {"ResourceSignal": {"Count": 1, "Timeout": "PT10M"}}
    assert group["UpdatePolicy"]["AutoScalingRollingUpdate"] == {
        "MaxBatchSize": 1,
        "MinInstancesInService": 0,
        "PauseTime": "PT10M",
        "SuspendProcesses": [
            "HealthCheck",
            "ReplaceUnhealthy",
            "AZRebalance",
            "AlarmNotification",
            "ScheduledActions",
        ],
        "WaitOnResourceSignals": True,
    }
    assert {template["Resources"][parameter]["Type"] for parameter in group["DependsOn"]} == {
        "AWS::SSM::Parameter"
    }
    assert len(group["DependsOn"]) == 2


def test_cfn_lint_finds_nothing_with_a_network(drawing_agent: Contract, tmp_path: Path) -> None:
    """The template that no environment of this project has is what CloudFormation takes, too."""
    file = tmp_path / "host.template.json"
    file.write_text(json.dumps(host(drawing_agent, NETWORK)))

    # W3005: the CDK itself names a dependency that a reference already makes.
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    result = subprocess.run(
        [cfn_lint, "--ignore-checks", "W3005", "--template", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (0, "")


def test_a_host_in_a_stack_without_a_region_asks_that_of_the_stack(
    drawing_agent: Contract,
) -> None:
    """CloudFormation puts the region into the script, and the account into the role."""
    stack = cdk.Stack(cdk.App(), "anywhere")
    LoggingHost(stack, "Host", contract=drawing_agent, network=NETWORK)
    template = Template.from_stack(stack)

    (launch_template,) = template.find_resources("AWS::EC2::LaunchTemplate").values()
    user_data = launch_template["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    separator, parts = user_data["Fn::Join"]
    assert separator == ""
    assert parts.count({"Ref": "AWS::Region"}) == 2
    text = "".join(part for part in parts if isinstance(part, str))
    assert "--stack anywhere --resource HostGroup" in text


def test_cdk_nag_finds_nothing_with_a_network(drawing_agent: Contract) -> None:
    """What is not as its rules want is acknowledged, with a reason."""
    app = cdk.App()
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), NIST80053R5Checks())
    place = cdk.Environment(account="123456789012", region="us-east-1")
    HostStack(app, contract=drawing_agent, network=NETWORK, env=place)

    app.synth()  # It raises where there is a finding.


def test_more_streams_than_a_parameter_holds_are_told(drawing_agent: Contract) -> None:
    """At synth, by name and size."""
    errors = drawing_agent.streams["errors"]
    streams = {
        f"part-{n:02}": msgspec.structs.replace(
            errors, file=f"part-{n:02}.log", log_group=f"/drawing-agent/part-{n:02}"
        )
        for n in range(60)
    }

    with pytest.raises(ContractError) as raised:
        host_parameters(msgspec.structs.replace(drawing_agent, streams=streams))

    agent, rotation = str(raised.value).splitlines()
    assert re.fullmatch(
        r"drawing-agent: streams: the parameter /drawing-agent/cloudwatch-agent would hold "
        r"1\d,\d{3} bytes; Systems Manager takes 8,192: .*",
        agent,
    )
    assert "/drawing-agent/logrotate" in rotation


def test_an_application_that_delivers_by_itself_gets_a_policy_instead(
    resources: Resources,
) -> None:
    """System B: four actions on its own groups; no host."""
    (policy,) = resources("chimera-host", "AWS::IAM::ManagedPolicy")

    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:PutRetentionPolicy",
            ],
            "Resource": [
                "arn:aws:logs:us-east-1:123456789012:log-group:Chimera",
                "arn:aws:logs:us-east-1:123456789012:log-group:Chimera:*",
                "arn:aws:logs:us-east-1:123456789012:log-group:Chimera/executions",
                "arn:aws:logs:us-east-1:123456789012:log-group:Chimera/executions:*",
            ],
        }
    ]
    assert resources("chimera-host", "AWS::EC2::LaunchTemplate") == []
