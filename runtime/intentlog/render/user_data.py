"""The script that an EC2 host runs when it starts."""

from shlex import quote

from intentlog.contract import Contract

from .logrotate import logrotate_config

_INSTALL = """\
#!/bin/bash
# {service}: collects and rotates its logs, as its contract says.
# It may run again: every step states what shall be, not what to change.
set -euo pipefail

dnf install --assumeyes {packages}

install --directory --owner=1000 --group=1000 --mode=0755 {directory}
"""

_ROTATE = """
install --directory --mode=0755 /etc/intentlog
cat > /etc/intentlog/{service}.logrotate <<'LOGROTATE'
{logrotate}LOGROTATE

cat > /etc/systemd/system/{unit}.service <<'UNIT'
[Unit]
Description=Rotate the logs of {service}

[Service]
Type=oneshot
ExecStart=/usr/sbin/logrotate --state {state} /etc/intentlog/{service}.logrotate
UNIT

cat > /etc/systemd/system/{unit}.timer <<'UNIT'
[Unit]
Description=Look at the logs of {service} every {minutes} minutes

[Timer]
OnActiveSec={minutes}min
OnUnitActiveSec={minutes}min
AccuracySec=1s

[Install]
WantedBy=timers.target
UNIT

systemctl daemon-reload
systemctl enable --now {unit}.timer
"""

_COLLECT = """
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\
  -a fetch-config -m ec2 -s -c {parameter}
"""


def user_data(contract: Contract, *, agent_parameter: str) -> str:
    """Return the host's user data: it installs the agent and logrotate and starts both.

    Args:
        contract: The application's contract.
        agent_parameter: Name of the SSM parameter that holds the agent's configuration.
    """
    rotates = contract.files.rotation.by == "logrotate"
    install = _INSTALL.format(
        service=contract.service,
        packages="amazon-cloudwatch-agent logrotate" if rotates else "amazon-cloudwatch-agent",
        directory=quote(str(contract.host_directory)),
    )
    collect = _COLLECT.format(parameter=quote(f"ssm:{agent_parameter}"))
    return install + (_rotation(contract) if rotates else "") + collect


def _rotation(contract: Contract) -> str:
    unit = f"logrotate-{contract.service}"
    return _ROTATE.format(
        service=contract.service,
        logrotate=logrotate_config(contract),
        unit=unit,
        state=f"/var/lib/logrotate/{unit}.status",
        minutes=contract.files.rotation.check_minutes,
    )
