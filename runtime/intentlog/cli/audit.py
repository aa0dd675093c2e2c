"""``intentlog audit``: whether a trail was tampered with."""

import re
from pathlib import Path
from typing import Annotated

import typer

from intentlog.delivery.audit import Head, first_number, trail_head, verify
from intentlog.delivery.errors import DeliveryError
from intentlog.delivery.stream_files import stream_files

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
            help="The trail's files; or the one that is written, for all of them. Those that are "
            "not named by rotation: oldest first. With --archive also directories.",
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
    missing = [file for file in files if not file.exists() or (file.is_dir() and not archive)]
    if missing:
        raise DeliveryError(f"{missing[0]}: there is no such file")
    files = _of_archive(files) if archive else _of_trail(files)
    count = 0
    for finding in verify(files, expected=_head(head), in_order=not archive):
        typer.echo(str(finding))
        count += 1
    if count:
        raise typer.Exit(1)
    typer.echo(f"nothing is wrong: {len(files)} files, {_reach(files, archive=archive)}")


def _reach(files: list[Path], *, archive: bool) -> str:
    if archive:
        return "of the archive"
    first, end = first_number(files), trail_head(files[-1])
    begin = f"from record {first} " if first > 1 else ""
    return f"{begin}up to record {end.seq}:{end.hash}"


def _of_trail(given: list[Path]) -> list[Path]:
    """Return files oldest first, if their names say which that is; of one, all of its trail."""
    shortest = min(given, key=lambda file: len(file.name))
    there = [file.path for file in stream_files(shortest)]
    if len(given) == 1:
        return there or given
    return [file for file in there if file in given] if set(given) <= set(there) else given


def _of_archive(given: list[Path]) -> list[Path]:
    """Return files, and those in folders: the archive has one for each day."""
    found = [file for path in given for file in (path.rglob("*") if path.is_dir() else [path])]
    return sorted(file for file in found if not file.is_dir())


def _head(text: str | None) -> Head | None:
    if text is None:
        return None
    match = _HEAD.fullmatch(text)
    if match is None:
        raise DeliveryError(f'--head: "{text}" is no SEQ:HASH, such as 12:<64 hex digits>')
    return Head(int(match[1]), match[2])
