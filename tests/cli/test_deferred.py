"""Commands of which only the chosen one is made whole."""

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from intentlog.cli.deferred import App
from intentlog.cli.options import Account

app = App()


@app.command()
def fine(options: Account, count: Annotated[int, typer.Argument(help="How many.")] = 1) -> None:
    """Work."""
    typer.echo(f"{options.region} {count}")


@app.command()
def broken(value: "Missing") -> None:  # type: ignore[name-defined] # noqa: F821 -- the test's point
    """Break when its parameters are made."""


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["fine"], "None 1\n"),
        (["fine", "3", "--region", "eu-west-1"], "eu-west-1 3\n"),
    ],
)
def test_the_chosen_command_has_its_parameters(arguments: list[str], output: str) -> None:
    """Its own, and those that its options stand for."""
    assert output == CliRunner().invoke(app, arguments).output


def test_other_commands_are_not_made() -> None:
    """Help lists a command whose parameters cannot even be made."""
    result = CliRunner().invoke(app, ["--help"])

    assert result.exit_code == 0
    assert "Break when its parameters are made." in result.output
    with pytest.raises(NameError, match="Missing"):
        CliRunner().invoke(app, ["broken"], catch_exceptions=False)


def test_a_command_that_is_alone_keeps_completion() -> None:
    """Typer adds these options to a command that is no group's."""
    alone = App()
    alone.command()(fine)

    result = CliRunner().invoke(alone, ["--help"])

    assert "--region" in result.output
    assert "--show-completion" in result.output
