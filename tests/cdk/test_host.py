"""The host of system A, and what system B may do instead."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from intentlog.contract import Contract, Host
from intentlog.render import agent_config, image_id, logrotate_config, user_data

Resources = Callable[[str, str], list[dict[str, Any]]]
STACK = "drawing-agent-host"


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


def test_the_agent_reads_its_configuration_from_the_parameter(
    launch_template: dict[str, Any], resources: Resources, drawing_agent: Contract
) -> None:
    """The name in the user data is that of the parameter, and it holds the configuration."""
    (parameter,) = resources(STACK, "AWS::SSM::Parameter")
    script = launch_template["UserData"]["Fn::Base64"]

    assert f"ssm:{parameter['Name']}\n" in script
    assert parameter["Value"] == agent_config(drawing_agent)


def test_the_agent_delivers_each_file_to_its_group(drawing_agent: Contract) -> None:
    """The files as the host sees them, with the time of the event."""
    config = json.loads(agent_config(drawing_agent))
    collected = config["logs"]["logs_collected"]["files"]["collect_list"]

    assert [(c["file_path"], c["log_group_name"]) for c in collected] == [
        ("/home/ec2-user/data/logs/app.log", "/drawing-agent/app"),
        ("/home/ec2-user/data/logs/error.log", "/drawing-agent/errors"),
    ]
    assert {c["timestamp_format"] for c in collected} == {"%Y-%m-%dT%H:%M:%S.%fZ"}


def test_the_host_may_write_to_its_groups_and_read_its_parameter(resources: Resources) -> None:
    """Two statements, every resource named."""
    (role,) = resources(STACK, "AWS::IAM::Role")
    (policy,) = role["Policies"]
    logs, parameter = policy["PolicyDocument"]["Statement"]

    assert logs == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [
            "arn:aws:logs:us-east-1:123456789012:log-group:/drawing-agent/app:*",
            "arn:aws:logs:us-east-1:123456789012:log-group:/drawing-agent/errors:*",
        ],
    }
    assert parameter == {
        "Effect": "Allow",
        "Action": ["ssm:GetParameter"],
        "Resource": ["arn:aws:ssm:us-east-1:123456789012:parameter/drawing-agent/cloudwatch-agent"],
    }


def test_the_user_data_is_a_sound_script(drawing_agent: Contract, tmp_path: Path) -> None:
    """Shellcheck has no complaint, and EC2 takes it: 16 KB at most, before base64."""
    script = user_data(drawing_agent, agent_parameter="/drawing-agent/cloudwatch-agent")
    file = tmp_path / "user-data.sh"
    file.write_text(script)

    shellcheck = Path(sys.executable).with_name("shellcheck")
    result = subprocess.run([shellcheck, file], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout) == (0, "")
    assert len(script.encode()) <= 16_384


def test_the_host_rotates_as_the_contract_says(drawing_agent: Contract) -> None:
    """Daily or beyond 100 MB, 7 kept and compressed, by renaming; looked at every 5 minutes."""
    config = logrotate_config(drawing_agent)
    script = user_data(drawing_agent, agent_parameter="/drawing-agent/cloudwatch-agent")

    for directive in ("daily", "maxsize 100M", "rotate 7", "compress", "nocopytruncate"):
        assert config.count(f"    {directive}\n") == 2
    assert config in script
    assert "OnUnitActiveSec=5min" in script


def test_an_application_that_delivers_by_itself_gets_a_policy_instead(
    resources: Resources,
) -> None:
    """System B: four actions on its own group; no host."""
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
            ],
        }
    ]
    assert resources("chimera-host", "AWS::EC2::LaunchTemplate") == []
