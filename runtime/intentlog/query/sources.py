"""Which files a local query reads: paths, globs and standard input."""

import glob
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from intentlog.contract import Problem
from intentlog.contract.problem import nearest
from intentlog.errors import IntentlogError

STDIN: Final = "-"
_GZIP: Final = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_GZIP_FORMAT: Final = zlib.MAX_WBITS | 16  # zlib manual, inflateInit2
_BLOCK: Final = 2**16


class SourceError(IntentlogError):
    """A file that was asked for cannot be read; the message says which, and what is there."""


class File(msgspec.Struct, frozen=True):
    """A file of JSON lines.

    Attributes:
        path: Where it is.
        gzipped: Whether its content is gzip's, whatever its name says.
        name: What ``@logStream`` says; None for its own name.
    """

    path: Path
    gzipped: bool = False
    name: str | None = None

    @property
    def size(self) -> int:
        """Its bytes on the disk."""
        return self.path.stat().st_size


def find(patterns: Iterable[str | Path]) -> tuple[Path, ...]:
    """Return the files that paths and globs name, each once, in the order of their names.

    Args:
        patterns: Paths, or globs such as ``logs/*.log`` and ``logs/**/*.gz``.

    Raises:
        SourceError: One of them names nothing, or a directory.
    """
    found: dict[Path, None] = {}
    for pattern in map(str, patterns):
        path = Path(pattern)
        paths = [path] if path.exists() else _matching(pattern)
        if not paths:
            raise SourceError(_not_there(path))
        files = [each for each in paths if not each.is_dir()]
        if not files:
            raise SourceError(f"{path}: is a directory; name files of it, as {path}/*.log")
        found.update(dict.fromkeys(files))
    return tuple(found)


def opened(path: Path) -> File:
    """Look at a file's first bytes.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        with path.open("rb") as content:
            return File(path, gzipped=content.read(len(_GZIP)) == _GZIP)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def kept(
    patterns: Iterable[str | Path], stdin: BinaryIO, directory: Path
) -> tuple[str | Path, ...]:
    """Return the same, with copies of what can be read only once: standard input and pipes.

    Args:
        patterns: Paths, globs, or ``-``.
        stdin: What ``-`` reads.
        directory: Where the copies are made.

    Raises:
        SourceError: A pipe cannot be read.
    """
    return tuple(_reread(pattern, stdin, directory) for pattern in patterns)


def _reread(pattern: str | Path, stdin: BinaryIO, directory: Path) -> str | Path:
    path = Path(pattern)
    if str(pattern) == STDIN:
        return _copy(stdin, "stdin", directory)
    if not path.exists() or path.is_file() or path.is_dir():
        return pattern
    try:
        with path.open("rb") as content:
            return _copy(content, path.name, directory)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def _copy(content: BinaryIO, name: str, directory: Path) -> Path:
    copy = Path(tempfile.mkdtemp(dir=directory), name)
    with copy.open("wb") as file:
        shutil.copyfileobj(content, file, _BLOCK)
    return copy


def salvaged(file: File, directory: Path) -> tuple[File, str]:
    """Return what can be read of a damaged gzip file, and a sentence about it."""
    copy = directory / f"{len(list(directory.iterdir()))}-{file.path.name}"
    with file.path.open("rb") as content, copy.open("wb") as whole, suppress(zlib.error):
        for block in _decompressed(content):
            whole.write(block)
    note = f"{file.path} is damaged: only the first {copy.stat().st_size:,} bytes of it were read"
    return File(copy, name=file.name or file.path.name), note


def _matching(pattern: str) -> list[Path]:
    # Path.glob takes no absolute pattern.
    return sorted(map(Path, glob.glob(pattern, recursive=True)))  # noqa: PTH207


def _decompressed(content: BinaryIO) -> Iterator[bytes]:
    """Yield what a gzip file of one or more members has, as far as it goes."""
    decoder = zlib.decompressobj(_GZIP_FORMAT)
    while block := content.read(_BLOCK):
        while block:
            yield decoder.decompress(block)
            block = decoder.unused_data
            if decoder.eof:
                decoder = zlib.decompressobj(_GZIP_FORMAT)


def _not_there(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return str(Problem(str(path), f"there is no directory {folder}"))
    names = sorted(each.name for each in folder.iterdir() if each.is_file())
    is_glob = glob.has_magic(path.name)
    if not is_glob and (near := nearest(path.name, names)):
        return str(Problem(str(path), f"no such file; did you mean {folder / near}?"))
    there = ", ".join(names[:8]) or "no file"
    what = "no file matches" if is_glob else "no such file"
    return str(Problem(str(path), f"{what}; {folder} has: {there}"))
