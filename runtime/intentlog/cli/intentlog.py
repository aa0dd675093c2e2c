"""``intentlog``: what is done with a contract."""

import sys

import typer

from intentlog.errors import IntentlogError

from . import contract
from .cost import cost
from .review import review

app = typer.Typer(
    help="One contract per application; every side of its logging derived from it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(contract.app, name="contract")
app.command()(cost)
app.command()(review)


@app.callback()
def _intentlog() -> None:
    """Keep ``contract`` a command of its own, also while there is no other."""


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 a finding, 2 wrong input, 3 a backend failed."""
    try:
        app(prog_name="intentlog")
    except IntentlogError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"boto3", "botocore"}:
            raise
        typer.echo(f"AWS: {error}", err=True)
        sys.exit(3)
