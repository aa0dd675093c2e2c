"""The script by which a host follows its configuration in Systems Manager."""

from pathlib import PurePosixPath
from shlex import quote

from intentlog.contract import Contract

from .host_parameters import rotation_parameter
from .names import agent_parameter

_BEGIN = """\
#!/bin/bash
# Applies what Systems Manager holds for {service}, where it is another than the last time.
# What cannot be fetched changes nothing: the agent and logrotate go on with what they have.
set -euo pipefail
umask 022
cd {directory}
trap 'rm --force ./*.new' EXIT

fetch() {{
  aws ssm get-parameter --region {region} --name "$1" \\
    --query Parameter.Value --output text > "$2.new"
}}

# In the shell itself: cmp(1) need not be installed.
changed() {{
  [[ ! -f "$1" || "$(< "$1.new")" != "$(< "$1")" ]]
}}
"""

_ROTATE = """
fetch {parameter} logrotate.conf
if changed logrotate.conf; then
  mv logrotate.conf.new logrotate.conf
  echo 'logrotate: configuration applied'
fi
"""

_COLLECT = """
fetch {parameter} cloudwatch-agent.json
if changed cloudwatch-agent.json; then
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\
    -a fetch-config -m ec2 -s -c {source}
  # Kept only now: what the agent refused is tried again.
  mv cloudwatch-agent.json.new cloudwatch-agent.json
  echo 'CloudWatch agent: configuration applied'
fi
"""


def configuration_directory(contract: Contract) -> PurePosixPath:
    """Return where the host keeps what it applied."""
    return PurePosixPath("/etc/intentlog", contract.service)


def refresh_script(contract: Contract, *, region: str) -> str:
    """Return the script; it may run at any time, and again.

    Args:
        contract: The application's contract.
        region: The region of the parameters.
    """
    begin = _BEGIN.format(
        service=contract.service,
        directory=configuration_directory(contract),
        region=quote(region),
    )
    rotate = _ROTATE.format(parameter=rotation_parameter(contract))
    collect = _COLLECT.format(
        parameter=agent_parameter(contract), source=f"ssm:{agent_parameter(contract)}"
    )
    return begin + (rotate if contract.files.rotation.by == "logrotate" else "") + collect
