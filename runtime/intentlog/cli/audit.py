"""``intentlog audit``: whether a trail was tampered with."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from intentlog.delivery.audit import Head

app = typer.Typer(
    help="Look at an audit trail.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


@app.callback()
def audit() -> None:
    """Look at an audit trail."""


@app.command("verify")
def verify_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="The trail's files, oldest first; or the one that is written, for all of them.",
            metavar="FILES",
        ),
    ],
    head: Annotated[
        str | None,
        typer.Option(
            help="Where it must at least reach, as CloudWatch was told: 12:<64 hex digits>.",
            metavar="SEQ:HASH",
        ),
    ] = None,
) -> None:
    """Find what was edited, removed, inserted, put into another order or cut off.

    Exit codes: 0 nothing is wrong, 1 something is, 2 wrong input.
    """
    from intentlog.delivery.audit import trail_head, verify
    from intentlog.delivery.errors import DeliveryError
    from intentlog.delivery.stream_files import stream_files

    missing = [file for file in files if not file.is_file()]
    if missing:
        raise DeliveryError(f"{missing[0]}: there is no such file")
    if len(files) == 1:
        files = [file.path for file in stream_files(files[0])] or files
    count = 0
    for finding in verify(files, expected=_head(head)):
        typer.echo(str(finding))
        count += 1
    if count:
        raise typer.Exit(1)
    end = trail_head(files[-1])
    typer.echo(f"nothing is wrong: {len(files)} files, up to record {end.seq}:{end.hash}")


def _head(text: str | None) -> "Head | None":
    from intentlog.delivery.audit import Head
    from intentlog.delivery.errors import DeliveryError

    if text is None:
        return None
    match = _HEAD.fullmatch(text)
    if match is None:
        raise DeliveryError(f'--head: "{text}" is no SEQ:HASH, such as 12:<64 hex digits>')
    return Head(int(match[1]), match[2])
