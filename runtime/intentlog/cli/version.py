"""``--version``: what a report of a fault must say."""

from typing import Annotated

import typer


def _told(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as installed

        typer.echo(f"intentlog {installed('intentlog')}")
        raise typer.Exit


def version(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_told, is_eager=True, help="Tell the version, and end."),
    ] = False,
) -> None:
    """Take what a command line is given before its commands."""
