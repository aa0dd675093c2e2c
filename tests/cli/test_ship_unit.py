"""A shipper as a systemd unit and as a sidecar: what is printed and shipped does deliver."""

import getpass
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from sandbox.strict_logs import StrictLogs

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "chimera.toml"
COMMAND = Path(sys.executable).with_name("intentlog")
LINE = (
    '{{"timestamp":"{}","level":"INFO","module":"state_engine","event":"started","context":{{}}}}'
)


def unit(directory: Path, *options: str) -> str:
    """Return the unit that the command prints."""
    where = ("--contract", str(CONTRACT), "--log-dir", str(directory))
    return subprocess.check_output(
        [str(COMMAND), "ship", *where, "--print-unit", *options], text=True
    )


def setting(text: str, name: str) -> str:
    """Return the one value of a setting."""
    (value,) = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    return str(value)


def delivers(command: list[str], directory: Path) -> None:
    """Run a command that ships, once, and see that a line of the directory arrives."""
    directory.mkdir(exist_ok=True)
    written = subprocess.run(
        ["date", "--utc", "+%Y-%m-%dT%H:%M:%S.%6NZ"], capture_output=True, text=True, check=True
    )
    line = LINE.format(written.stdout.strip())
    (directory / "chimera.log").write_text(f"{line}\n")
    with StrictLogs() as logs:
        clean = {key: text for key, text in os.environ.items() if not key.startswith("AWS_")}
        subprocess.run(
            [*command, "--once"], cwd=ROOT, env=clean | logs.environment(), timeout=60, check=True
        )
        assert [text for text in logs.messages("Chimera") if '"intentlog":' not in text] == [line]


@pytest.mark.parametrize("name", ["logs", "with space", "100% \"quoted\" $HOME 'x'"])
def test_the_units_command_delivers(name: str, tmp_path: Path) -> None:
    """Whatever the directory is called: systemd reads it back as it is."""
    printed = setting(unit(tmp_path / name), "ExecStart")

    command = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(printed)]
    assert command[:2] == [str(COMMAND), "ship"]
    assert command[-1] == str(tmp_path / name)
    delivers(command, tmp_path / name)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Every setting is known to it, and every path is one."""
    directory = tmp_path / "my logs"
    directory.mkdir()
    file = tmp_path / "chimera-ship.service"
    file.write_text(unit(directory, "--region", "eu-central-1"))

    done = subprocess.run(
        ["systemd-analyze", "verify", file], capture_output=True, text=True, check=False
    )

    told = [line for line in done.stderr.splitlines() if str(file.name) in line]
    assert (done.returncode, told) == (0, [])


def test_the_unit_runs_as_whoever_writes_the_files(tmp_path: Path) -> None:
    """And may write to their directory alone; options are handed on."""
    text = unit(tmp_path, "--region", "eu-central-1", "--log-group", "Other")

    assert setting(text, "User") == getpass.getuser()
    assert setting(text, "ReadWritePaths") == str(tmp_path)
    assert setting(text, "ProtectSystem") == "strict"
    assert setting(text, "Restart") == "always"
    assert setting(text, "ExecStart").endswith("--region eu-central-1 --log-group Other")


def test_a_unit_that_could_not_deliver_is_not_printed(tmp_path: Path) -> None:
    """A contract without a log group has nothing to ship."""
    contract = tmp_path / "c.toml"
    contract.write_text(
        'service = "shop"\nnamespace = "S"\n[record]\n'
        'fields = ["timestamp", "level", "message"]\n[streams.a]\nfile = "a.log"\n'
    )

    done = subprocess.run(
        [COMMAND, "ship", "--contract", contract, "--print-unit"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "none has a log_group" in done.stderr


def test_the_sidecar_delivers_what_the_bot_writes(tmp_path: Path) -> None:
    """One volume, mounted where both commands look."""
    services = yaml.safe_load((ROOT / "examples" / "chimera" / "compose.yaml").read_text())[
        "services"
    ]
    (volume,) = services["ship"]["volumes"]
    folder = volume.partition(":")[2]

    assert services["bot"]["volumes"] == [volume]
    assert services["bot"]["command"][-1] == folder
    program, *arguments = services["ship"]["command"]
    assert program == "intentlog"
    here = [str(tmp_path) if argument == folder else argument for argument in arguments]
    delivers([str(COMMAND), *here], tmp_path)
