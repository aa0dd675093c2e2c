"""Which files an audit trail is, and from where to where it goes."""

import re
from collections.abc import Iterable
from pathlib import Path

from intentlog.delivery.audit import Head, first_number, trail_head
from intentlog.delivery.errors import DeliveryError
from intentlog.delivery.stream_files import is_copy, stream_files

_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


def trail(given: list[Path], *, archive: bool) -> list[Path]:
    """Return the files of a trail, oldest first; of an archive also those in folders.

    Args:
        given: The files; or the one that is written, for all of its trail.
        archive: Whether they are of the archive, which has a folder for each day.

    Raises:
        DeliveryError: One is not there, or is a directory outside an archive.
    """
    for file in given:
        if not file.exists():
            raise DeliveryError(f"{file}: there is no such file")
        if file.is_dir() and not archive:
            raise DeliveryError(f"{file}: is a directory: name the trail's file, or say --archive")
    return _of_archive(given) if archive else _of_trail(given)


def heads(texts: Iterable[str]) -> list[Head]:
    """Return the heads that were told, each as ``SEQ:HASH``.

    Raises:
        DeliveryError: One has another form.
    """
    matches = {text: _HEAD.fullmatch(text) for text in texts}
    for text, match in matches.items():
        if match is None:
            raise DeliveryError(f'--head: "{text}" is no SEQ:HASH, such as 12:<64 hex digits>')
    return [Head(int(match[1]), match[2]) for match in matches.values() if match]


def reach(files: list[Path], *, archive: bool) -> str | None:
    """Say from where to where a trail without findings goes; None if it has no record."""
    if archive:
        return "of the archive"
    first, end = first_number(files), trail_head(files[-1])
    if not end.seq:
        return None
    begin = f"from record {first} " if first > 1 else ""
    return f"{begin}up to record {end.seq}:{end.hash}"


def _of_trail(given: list[Path]) -> list[Path]:
    """Return files oldest first, if their names say which that is; of one, all of its trail."""
    shortest = min(given, key=lambda file: len(file.name))
    there = [file.path for file in stream_files(shortest)]
    if len(given) == 1:
        return there or given
    once = [file for file in given if not is_copy(file)]
    return [file for file in there if file in once] if set(once) <= set(there) else once


def _of_archive(given: list[Path]) -> list[Path]:
    found = [file for path in given for file in (path.rglob("*") if path.is_dir() else [path])]
    return sorted(file for file in found if not file.is_dir())
