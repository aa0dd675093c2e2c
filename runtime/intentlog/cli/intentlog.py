"""``intentlog``: what is done with a contract."""

from . import audit, contract, digest, query
from .cost import cost
from .deferred import App
from .preview import preview
from .review import review
from .run import run
from .ship import ship
from .version import version

app = App(
    help="One contract per application; every side of its logging derived from it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(version)
app.add_typer(contract.app, name="contract")
app.add_typer(digest.app, name="digest")
app.add_typer(audit.app, name="audit")
app.add_typer(query.app, name="query")
app.command()(cost)
app.command()(review)
app.command()(ship)
app.command()(preview)


def main() -> None:
    """Run the command line."""
    run(app, "intentlog")
