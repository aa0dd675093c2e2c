"""The man page: what the commands say of themselves, in a form that man can show."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from docs.manual_page import EXAMPLES, pages
from intentlog.cli.diagnose import app

PAGE = Path(__file__).parents[2] / "docs" / "diagnose.1"


def test_the_page_is_what_the_commands_say() -> None:
    """Else ``make docs``."""
    assert pages() == {"diagnose.1": PAGE.read_text()}


def test_every_command_is_there() -> None:
    """With its name as it is typed."""
    commands: Any = get_command(app)
    shown = {line.removeprefix(".B ").split()[0] for line in PAGE.read_text().splitlines() if line}

    assert {name.replace("-", "\\-") for name in commands.commands} <= shown | {"top"}
    assert ".B top errors" in PAGE.read_text()


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_can_be_typed(line: str) -> None:
    """Its command is there, and takes what it is given."""
    words = shlex.split(line)
    command: Any = get_command(app)
    context, given = None, words[words.index("diagnose") + 1 :]
    while hasattr(command, "commands"):
        context = typer.Context(command, parent=context, info_name="diagnose")
        _, command, given = command.resolve_command(context, given)

    assert command.make_context(line, given, parent=context).params


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_it_is_well_formed() -> None:
    """The formatter of man has nothing to say against it."""
    command = ["groff", "-man", "-ww", "-Tascii", str(PAGE)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert result.stderr == ""
    plain = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", result.stdout)
    assert "logs-search {text} [minutes]" in plain
