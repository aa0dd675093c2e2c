"""The file that a command was told to write."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from intentlog.errors import IntentlogError

STDOUT: Final = Path("-")


class WriteError(IntentlogError):
    """A file cannot be written; the message says which, and why."""


def checked(file: Path, read: Iterable[str | Path] = ()) -> Path:
    """Return a file to write, before anything is asked for it.

    Args:
        file: The file.
        read: Files that are asked: they must stay as they are.

    Raises:
        WriteError: It has no directory, is one, or is one of those that are read.
    """
    if not file.parent.is_dir():
        raise WriteError(f"{file}: cannot be written: there is no directory {file.parent}")
    if file.is_dir():
        raise WriteError(f"{file}: cannot be written: it is a directory; name a file in it")
    if file.exists() and any(Path(each).exists() and file.samefile(each) for each in read):
        raise WriteError(f"{file}: is one of the files that are read; write another one")
    return file


def write(file: Path, content: str | bytes) -> None:
    """Write a file, or ``-``: standard output.

    Raises:
        WriteError: It cannot be written, or not all of it.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if file == STDOUT:
            sys.stdout.buffer.write(data)
        else:
            file.write_bytes(data)
    except OSError as error:
        raise WriteError(f"{file}: cannot be written: {error.strerror}") from error
