"""Which files a local query reads."""

import gzip
import io
import os
import threading
from pathlib import Path

import pytest

from intentlog.query import sources
from intentlog.query.sources import SourceError


def _write(file: Path) -> Path:
    file.write_text("{}\n")
    return file


def test_paths_and_globs(tmp_path: Path) -> None:
    """Each file is found once, whatever names it."""
    app, error = _write(tmp_path / "app.log"), _write(tmp_path / "error.log")
    assert sources.find([app, f"{tmp_path}/*.log"]) == (app, error)


def test_file_named_like_a_glob(tmp_path: Path) -> None:
    """A file whose name could be read as a glob is itself."""
    _write(tmp_path / "app1.log")
    odd = _write(tmp_path / "app[1].log")
    assert sources.find([odd]) == (odd,)


def test_misspelled_file(tmp_path: Path) -> None:
    """A file that is not there is told, with the one that was probably meant."""
    _write(tmp_path / "app.log")
    with pytest.raises(SourceError, match=r"ap\.log: no such file; did you mean .*/app\.log\?"):
        sources.find([tmp_path / "ap.log"])


def test_nothing_matches(tmp_path: Path) -> None:
    """A glob that names nothing is told; of a name, what there is."""
    _write(tmp_path / "app.log")
    with pytest.raises(SourceError, match=r"no such file; .* has: app\.log"):
        sources.find([tmp_path / "x.jsonl"])
    with pytest.raises(SourceError, match=r"\*\.jsonl: no file matches; .* has: app\.log"):
        sources.find([f"{tmp_path}/*.jsonl"])


def test_directory_that_is_not_there(tmp_path: Path) -> None:
    """It is the directory that is told to be missing."""
    with pytest.raises(SourceError, match=f"there is no directory {tmp_path}/log$"):
        sources.find([tmp_path / "log" / "app.log"])


def test_directory(tmp_path: Path) -> None:
    """A directory is no file: its files have to be named."""
    with pytest.raises(SourceError, match="is a directory; name files of it"):
        sources.find([tmp_path])


@pytest.mark.parametrize("gzipped", [False, True])
def test_standard_input(tmp_path: Path, gzipped: bool) -> None:
    """Standard input is kept as a file, and known to be compressed by its first bytes."""
    content = gzip.compress(b"{}\n") if gzipped else b"{}\n"
    copy, log = sources.kept(["-", "*.log"], io.BytesIO(content), tmp_path)
    file = sources.opened(Path(copy))
    assert (file.path.read_bytes(), file.gzipped, log) == (content, gzipped, "*.log")


def test_a_pipe(tmp_path: Path) -> None:
    """What another process writes is kept as standard input is, with the pipe's name."""
    pipe = tmp_path / "fifo"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"{}\n",))
    writer.start()

    (copy,) = sources.kept([pipe], io.BytesIO(), tmp_path)

    writer.join()
    assert (Path(copy).name, Path(copy).read_bytes()) == ("fifo", b"{}\n")


def test_damaged_archive(tmp_path: Path) -> None:
    """Of an archive that is cut off, every complete line before the cut can be read."""
    lines = b"".join(
        b'{"n": %d, "salt": "%s"}\n' % (n, os.urandom(8).hex().encode()) for n in range(50_000)
    )
    whole = gzip.compress(lines)
    damaged = tmp_path / "app.log.1.gz"
    damaged.write_bytes(whole[: len(whole) // 2])
    folder = tmp_path / "copies"
    folder.mkdir()
    readable, note = sources.salvaged(sources.opened(damaged), folder)
    found = readable.path.read_bytes()
    assert lines.startswith(found)
    assert len(found) > len(lines) * 0.4
    assert f"{damaged} is damaged" in note


def test_archive_of_two_members(tmp_path: Path) -> None:
    """Archives can be appended to each other; all of them count, as far as they are whole."""
    damaged = tmp_path / "app.log.1.gz"
    damaged.write_bytes(gzip.compress(b'{"n":1}\n') + gzip.compress(b'{"n":2}\n') + b"\x1f\x8b\x08")
    folder = tmp_path / "copies"
    folder.mkdir()
    readable, _ = sources.salvaged(sources.opened(damaged), folder)
    assert readable.path.read_bytes() == b'{"n":1}\n{"n":2}\n'
