"""The host's scripts, run for real on a system whose commands are stand-ins."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from intentlog.contract import Contract, ContractError, load
from intentlog.render import (
    agent_config,
    agent_parameter,
    host_parameters,
    logrotate_config,
    refresh_script,
    rotation_parameter,
    user_data,
)

ROOT = Path(__file__).parents[2]
GROUP = ("drawing-agent-host", "HostGroup")
LOGROTATE = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
_ABSOLUTE = re.compile(r"(?<![\w./-])/(?=(etc|home|opt|usr/local|var)/)")

# Every stand-in says what it was called with; $SYSTEM is the root of the system.
_STUBS = {
    "bin/dnf": "",
    "bin/install": """
        arguments=()
        for argument; do
          case $argument in --owner=* | --group=*) ;; *) arguments+=("$argument") ;; esac
        done
        exec "$REAL_INSTALL" "${arguments[@]}"
    """,
    # Starting a service runs what its unit says, and fails as that does.
    "bin/systemctl": """
        [[ $1 == start ]] || exit 0
        exec bash "$(sed -n 's/^ExecStart=//p' "$SYSTEM/etc/systemd/system/$2")"
    """,
    # As the AWS CLI prints text: the value, and an end of line.
    "bin/aws": """
        [[ ! -e $SYSTEM/aws-is-down ]] || { echo 'Unable to connect' >&2; exit 255; }
        while [[ $1 != --name ]]; do shift; done
        cat "$SYSTEM/parameters$2"
        echo
    """,
    "opt/aws/bin/cfn-signal": "",
    "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl": """
        [[ ! -e $SYSTEM/agent-refuses ]]
    """,
}


@dataclass(frozen=True)
class System:
    """A host: a folder with what user data finds and leaves, and commands that are stand-ins."""

    root: Path

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script, whose absolute paths are below ``root``."""
        return subprocess.run(
            ["bash", "-c", self.here(script)],
            env={
                "PATH": f"{self.root}/bin:{os.environ['PATH']}",
                "REAL_INSTALL": shutil.which("install") or "",
                "SYSTEM": str(self.root),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def here(self, script: str) -> str:
        """Return a script with its absolute paths below ``root``."""
        return _ABSOLUTE.sub(f"{self.root}/", script)

    def refresh(self) -> subprocess.CompletedProcess[str]:
        """Do what the timer does."""
        return self.run("systemctl start refresh-drawing-agent.service")

    def put(self, name: str, text: str) -> None:
        """Put a parameter into Systems Manager."""
        file = self.root / "parameters" / name.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def calls(self, command: str) -> list[str]:
        """Return the arguments of each call of a command, and forget them."""
        file = self.root / "calls" / command
        calls = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return calls

    def files(self) -> dict[str, str]:
        """Return what the scripts leave: each file's mode and content, and when it was applied."""
        return {
            str(path.relative_to(self.root)): " ".join(
                [
                    f"{path.stat().st_mode:o}",
                    path.read_text(),
                    str(path.stat().st_mtime_ns) if "intentlog" in path.parts else "",
                ]
            )
            for folder in ("etc", "home", "usr", "var")
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="module")
def drawing_agent() -> Contract:
    """The contract of system A."""
    return load(ROOT / "contracts" / "drawing-agent.toml")


@pytest.fixture
def system(tmp_path: Path, drawing_agent: Contract) -> System:
    """A new host, whose parameters are in Systems Manager."""
    for name, body in _STUBS.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        call = f'printf "%s\\n" "$*" >> "$SYSTEM/calls/{file.name}"'
        file.write_text(f"#!/bin/bash\n{call}\n{body}\n")
        file.chmod(0o755)
    for folder in ("calls", "etc/systemd/system", "usr/local/sbin"):
        (tmp_path / folder).mkdir(parents=True)
    system = System(tmp_path)
    for name, text in host_parameters(drawing_agent).items():
        system.put(name, text)
    return system


@pytest.fixture
def script(drawing_agent: Contract) -> str:
    """The user data of a host in an Auto Scaling group."""
    return user_data(drawing_agent, region="us-east-1", awaited_by=GROUP)


@pytest.mark.parametrize("awaited_by", [None, GROUP])
def test_the_scripts_are_sound(
    drawing_agent: Contract, tmp_path: Path, awaited_by: tuple[str, str] | None
) -> None:
    """Shellcheck has no complaint of either, and EC2 takes the user data."""
    script = user_data(drawing_agent, region="us-east-1", awaited_by=awaited_by)
    (tmp_path / "user-data").write_text(script)
    (tmp_path / "refresh").write_text(refresh_script(drawing_agent, region="us-east-1"))

    shellcheck = Path(sys.executable).with_name("shellcheck")
    result = subprocess.run(
        [shellcheck, "--enable=quote-safe-variables", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (0, "")
    assert len(script.encode()) <= 16_384


def test_the_user_data_does_not_grow_with_the_streams(drawing_agent: Contract) -> None:
    """What there is of each stream is in Systems Manager."""
    errors = drawing_agent.streams["errors"]
    more = {f"part-{n}": msgspec.structs.replace(errors, file=f"{n}.log") for n in range(20)}
    contract = msgspec.structs.replace(drawing_agent, streams=drawing_agent.streams | more)

    assert user_data(contract, region="us-east-1") == user_data(drawing_agent, region="us-east-1")


def test_user_data_that_ec2_would_refuse_is_told(drawing_agent: Contract) -> None:
    """With its size, what EC2 takes, and the key that makes it long."""
    files = msgspec.structs.replace(drawing_agent.files, host_directory="/" + "d" * 16_000)
    contract = msgspec.structs.replace(drawing_agent, files=files)

    with pytest.raises(
        ContractError,
        match=r"files\.host_directory: the host's user data would have 1\d,\d+ bytes; "
        r"EC2 takes 16,384",
    ):
        user_data(contract, region="us-east-1")


def test_packages_come_signed_and_from_amazon_linux_alone(system: System, script: str) -> None:
    """The agent too: no other repository is asked, and no signature is forgone."""
    system.run(script)

    (call,) = system.calls("dnf")
    assert call == (
        "install --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 "
        "amazon-cloudwatch-agent amazon-ssm-agent awscli-2 logrotate aws-cfn-bootstrap"
    )


def test_a_new_host_collects_and_rotates(
    system: System, script: str, drawing_agent: Contract
) -> None:
    """Both configurations are applied, timers run, and the group is told that all went well."""
    result = system.run(script)

    assert (result.returncode, result.stderr) == (0, "")
    applied = system.root / "etc/intentlog/drawing-agent"
    assert {file.name: file.read_text() for file in applied.iterdir()} == {
        "cloudwatch-agent.json": agent_config(drawing_agent) + "\n",
        "logrotate.conf": logrotate_config(drawing_agent) + "\n",
    }
    assert (system.root / "home/ec2-user/data/logs").is_dir()
    assert system.calls("amazon-cloudwatch-agent-ctl") == [
        "-a fetch-config -m ec2 -s -c ssm:/drawing-agent/cloudwatch-agent"
    ]
    assert system.calls("systemctl") == [
        "enable --now amazon-ssm-agent.service",
        "daemon-reload",
        "enable --now refresh-drawing-agent.timer logrotate-drawing-agent.timer",
        "start refresh-drawing-agent.service",
    ]
    assert system.calls("cfn-signal") == [
        "--exit-code 0 --region us-east-1 --stack drawing-agent-host --resource HostGroup"
    ]


def test_a_second_run_changes_nothing(system: System, script: str) -> None:
    """Every file is as it was, what was applied is not applied again."""
    system.run(script)
    before = system.files()
    system.calls("amazon-cloudwatch-agent-ctl")

    result = system.run(script)

    assert result.returncode == 0
    assert system.files() == before
    assert system.calls("amazon-cloudwatch-agent-ctl") == []


def test_the_timers_run_what_was_installed(system: System, script: str) -> None:
    """Each timer's service exists, and its command is a file that can be run."""
    system.run(script)
    units = system.root / "etc/systemd/system"

    assert {unit.name for unit in units.iterdir()} == {
        f"{unit}-drawing-agent.{kind}"
        for unit in ("logrotate", "refresh")
        for kind in ("service", "timer")
    }
    service = (units / "refresh-drawing-agent.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert os.access(command, os.X_OK)
    timer = (units / "logrotate-drawing-agent.timer").read_text()
    assert "OnUnitActiveSec=5min\n" in timer


def test_a_changed_parameter_is_applied_once(
    system: System, script: str, drawing_agent: Contract
) -> None:
    """Without another host: the next look applies it, the one after that finds nothing new."""
    system.run(script)
    system.calls("amazon-cloudwatch-agent-ctl")
    system.put(agent_parameter(drawing_agent), '{"logs":{}}')

    assert system.refresh().returncode == 0
    assert system.refresh().returncode == 0

    assert len(system.calls("amazon-cloudwatch-agent-ctl")) == 1
    assert (system.root / "etc/intentlog/drawing-agent/cloudwatch-agent.json").read_text() == (
        '{"logs":{}}\n'
    )


def test_a_changed_rotation_leaves_the_agent_alone(
    system: System, script: str, drawing_agent: Contract
) -> None:
    """Logrotate reads its file each time it runs; nothing is restarted."""
    system.run(script)
    system.calls("amazon-cloudwatch-agent-ctl")
    system.put(rotation_parameter(drawing_agent), "# none")

    result = system.refresh()

    assert (result.returncode, result.stdout) == (0, "logrotate: configuration applied\n")
    assert system.calls("amazon-cloudwatch-agent-ctl") == []
    assert (system.root / "etc/intentlog/drawing-agent/logrotate.conf").read_text() == "# none\n"


def test_a_failed_look_touches_nothing(system: System, script: str) -> None:
    """The service fails with the CLI's message, and the agent goes on with what it has."""
    system.run(script)
    before = system.files()
    system.calls("amazon-cloudwatch-agent-ctl")
    (system.root / "aws-is-down").touch()

    result = system.refresh()

    assert (result.returncode, result.stderr) == (255, "Unable to connect\n")
    assert system.files() == before
    assert system.calls("amazon-cloudwatch-agent-ctl") == []


def test_what_the_agent_refuses_is_tried_again(
    system: System, script: str, drawing_agent: Contract
) -> None:
    """It is not taken for applied."""
    system.run(script)
    system.calls("amazon-cloudwatch-agent-ctl")
    system.put(agent_parameter(drawing_agent), '{"logs":{}}')
    (system.root / "agent-refuses").touch()

    assert system.refresh().returncode == 1
    (system.root / "agent-refuses").unlink()
    assert system.refresh().returncode == 0

    assert len(system.calls("amazon-cloudwatch-agent-ctl")) == 2


def test_a_host_that_cannot_start_says_so(system: System, script: str) -> None:
    """The group is told of the failure; the timers run, so that the host may still recover."""
    (system.root / "aws-is-down").touch()

    assert system.run(script).returncode == 255

    (signal,) = system.calls("cfn-signal")
    assert signal.startswith("--exit-code 255 ")
    assert "enable --now refresh-drawing-agent.timer logrotate-drawing-agent.timer" in (
        system.calls("systemctl")
    )


@pytest.mark.skipif(LOGROTATE is None, reason="logrotate is not installed")
def test_logrotate_keeps_every_line(drawing_agent: Contract, tmp_path: Path) -> None:
    """It takes the configuration without a complaint, renames, compresses a round later."""
    logs = tmp_path / "logs"
    logs.mkdir(mode=0o755)
    rotation = msgspec.structs.replace(drawing_agent.files.rotation, max_megabytes=1)
    files = msgspec.structs.replace(
        drawing_agent.files, rotation=rotation, host_directory=str(logs)
    )
    config = tmp_path / "logrotate.conf"
    config.write_text(logrotate_config(msgspec.structs.replace(drawing_agent, files=files)))
    config.chmod(0o644)
    file = logs / "app.log"
    written = []

    for turn in range(3):
        lines = [f"{turn} {n} {'x' * 100}\n" for n in range(12_000)]
        written += lines
        file.write_text("".join(lines))
        command = [LOGROTATE or "", "--state", str(tmp_path / "state"), str(config)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")

    assert sorted(path.name for path in logs.iterdir()) == [
        "app.log",
        "app.log.1",
        "app.log.2.gz",
        "app.log.3.gz",
    ]
    kept = [gzip.decompress((logs / f"app.log.{n}.gz").read_bytes()).decode() for n in (3, 2)]
    kept += [(logs / "app.log.1").read_text(), file.read_text()]
    assert "".join(kept) == "".join(written)
