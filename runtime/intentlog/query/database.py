"""DuckDB's engine, without the interfaces of its package that nothing here uses.

They, and the metadata of packages that ``import duckdb`` reads, take five times as long to import
as the engine itself.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

try:
    import _duckdb as duckdb
except ModuleNotFoundError:  # a version that has it elsewhere
    import duckdb  # type: ignore[no-redef]

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["connect", "duckdb", "prepare"]


class _Start(Thread):
    """Opens a database in memory, which takes 40 ms and leaves Python free to do other things."""

    connection: DuckDBPyConnection | None = None

    def __init__(self) -> None:
        super().__init__()
        self.ended = Event()

    def run(self) -> None:
        try:
            with suppress(duckdb.Error):  # `connect` meets it again, where it can be told
                self.connection = duckdb.connect()
        finally:
            self.ended.set()


_begun: Final[list[_Start]] = []


def prepare() -> None:
    """Begin to open the database that the next `connect` returns."""
    start = _Start()
    start.start()
    _begun.append(start)


def connect() -> DuckDBPyConnection:
    """Open a database in memory, or return the one that was prepared."""
    if _begun:
        start = _begun.pop()
        start.ended.wait()
        if start.connection is not None:
            return start.connection
    return duckdb.connect()
