"""``intentlog audit``: whether a trail was tampered with."""

from pathlib import Path
from typing import Annotated

import typer

from .deferred import App

app = App(
    help="Look at an audit trail.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def audit() -> None:
    """Look at an audit trail."""


@app.command("verify")
def verify_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="The trail's files; or the one that is written, for all of them. Those that are "
            "not named by rotation: oldest first. With --archive also directories.",
            metavar="FILES",
        ),
    ],
    head: Annotated[
        list[str] | None,
        typer.Option(
            help="A head that CloudWatch was told, 12:<64 hex digits>: it must be there. May be "
            "given more than once.",
            metavar="SEQ:HASH",
        ),
    ] = None,
    first: Annotated[
        int,
        typer.Option(
            "--from",
            min=1,
            help="The first record that must be there, where rotation removed older files.",
            metavar="SEQ",
        ),
    ] = 1,
    archive: Annotated[
        bool,
        typer.Option(
            "--archive",
            help="The files are of the archive: records in any order, some twice, among them what "
            "a shipper says of itself.",
        ),
    ] = False,
) -> None:
    """Find what was edited, removed, inserted, put into another order or cut off.

    Exit codes: 0 nothing is wrong, 1 something is, 2 wrong input.
    """
    from intentlog.delivery.audit import verify

    from .trail import heads, reach, trail

    found = trail(files, archive=archive)
    expected = heads(head or [])
    count = 0
    for finding in verify(found, expected=expected, first=first, in_order=not archive):
        typer.echo(str(finding))
        count += 1
    if count:
        raise typer.Exit(1)
    read = "1 file" if len(found) == 1 else f"{len(found)} files"
    reached = reach(found, archive=archive)
    if reached is None:
        typer.echo(f"{read}, without any record: not begun, or emptied; --head tells which")
        raise typer.Exit(1)
    open_end = "" if archive or expected else "; whether more followed, --head tells"
    typer.echo(f"nothing is wrong: {read}, {reached}{open_end}")
