"""How every command line ends: an error is one line, never a traceback."""

import sys

import typer

from intentlog.errors import BackendError, IntentlogError

_BACKENDS = {"boto3", "botocore"}


def run(app: typer.Typer, name: str) -> None:
    """Run a command line. Exit codes: 0 fine, 1 a finding, 2 wrong input, 3 a backend failed."""
    try:
        app(prog_name=name)
    except BackendError as error:
        typer.echo(str(error), err=True)
        sys.exit(3)
    except IntentlogError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _BACKENDS:
            raise
        typer.echo(f"AWS: {error}", err=True)
        sys.exit(3)
