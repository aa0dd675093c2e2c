"""The script that an EC2 host runs when it starts."""

from shlex import quote
from typing import Final

from intentlog.contract import Contract, ContractError, Problem

from .refresh import configuration_directory, refresh_script

USER_DATA_BYTES: Final = 16_384
"""What EC2 takes, before base64 (EC2 user guide, "Run commands when you launch")."""

REFRESH_MINUTES: Final = 5
"""How often a host asks Systems Manager for its configuration."""

_BEGIN = """\
#!/bin/bash
# {service}: collects and rotates its logs, as its contract says.
# It may run again: every step states what shall be, not what to change.
set -euo pipefail
"""

_SIGNAL = """
# The Auto Scaling group's update waits for this: a host that cannot start is rolled back.
trap '/opt/aws/bin/cfn-signal --exit-code "$?" \\
  --region {region} --stack {stack} --resource {group} || true' EXIT
"""

_INSTALL = """
# From Amazon Linux's own repository alone; dnf refuses a package that its key did not sign.
dnf install --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 \\
  {packages}
systemctl enable --now amazon-ssm-agent.service

install --directory --owner=1000 --group=1000 --mode=0755 {logs}
install --directory --mode=0755 {configuration}
"""

_REFRESH = """
cat > /usr/local/sbin/{unit} <<'SCRIPT'
{script}SCRIPT
chmod 0755 /usr/local/sbin/{unit}
"""

_UNIT = """
cat > /etc/systemd/system/{unit}.service <<'UNIT'
[Unit]
Description={description}

[Service]
Type=oneshot
ExecStart={command}
UNIT

cat > /etc/systemd/system/{unit}.timer <<'UNIT'
[Unit]
Description={description}, every {minutes} minutes

[Timer]
OnActiveSec={minutes}min
OnUnitActiveSec={minutes}min
AccuracySec=1s

[Install]
WantedBy=timers.target
UNIT
"""

_START = """
systemctl daemon-reload
# The timers first: what cannot be fetched now is tried again.
systemctl enable --now {timers}
systemctl start {refresh}.service
"""


def user_data(contract: Contract, *, region: str, awaited_by: tuple[str, str] | None = None) -> str:
    """Return the host's user data: it installs the agent and logrotate and starts both.

    Args:
        contract: The application's contract.
        region: The region it runs in.
        awaited_by: Stack and logical id of the Auto Scaling group that waits for the host.
            Default: nobody waits.

    Raises:
        ContractError: It is longer than EC2 takes.
    """
    refresh, rotate = f"refresh-{contract.service}", f"logrotate-{contract.service}"
    rotates = contract.files.rotation.by == "logrotate"
    packages = ["amazon-cloudwatch-agent", "amazon-ssm-agent", "awscli-2"]
    packages += ["logrotate"] if rotates else []
    packages += ["aws-cfn-bootstrap"] if awaited_by else []
    parts = [
        _BEGIN.format(service=contract.service),
        _signal(region, awaited_by) if awaited_by else "",
        _INSTALL.format(
            packages=" ".join(packages),
            logs=quote(str(contract.host_directory)),
            configuration=configuration_directory(contract),
        ),
        _REFRESH.format(unit=refresh, script=refresh_script(contract, region=region)),
        _UNIT.format(
            unit=refresh,
            description=f"Follow the configuration of {contract.service}",
            minutes=REFRESH_MINUTES,
            command=f"/usr/local/sbin/{refresh}",
        ),
        _rotation(contract, rotate) if rotates else "",
        _START.format(
            timers=" ".join(f"{unit}.timer" for unit in (refresh, *([rotate] if rotates else []))),
            refresh=refresh,
        ),
    ]
    return _that_fits(contract, "".join(parts))


def _signal(region: str, awaited_by: tuple[str, str]) -> str:
    stack, group = awaited_by
    return _SIGNAL.format(region=region, stack=stack, group=group)


def _rotation(contract: Contract, unit: str) -> str:
    state = f"/var/lib/logrotate/{unit}.status"
    config = configuration_directory(contract) / "logrotate.conf"
    return _UNIT.format(
        unit=unit,
        description=f"Rotate the logs of {contract.service}",
        minutes=contract.files.rotation.check_minutes,
        command=f"/usr/sbin/logrotate --state {state} {config}",
    )


def _that_fits(contract: Contract, script: str) -> str:
    size = len(script.encode())
    if size > USER_DATA_BYTES:
        what = f"the host's user data would have {size:,} bytes; EC2 takes {USER_DATA_BYTES:,}"
        raise ContractError(contract.service, [Problem("files.host_directory", what)])
    return script
