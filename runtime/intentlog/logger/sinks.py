"""Where lines go."""

from typing import Protocol

from .record import Fields


class Sink(Protocol):
    """Takes lines; what it cannot take is an ``OSError``.

    Attributes:
        reads_fields: Whether it needs a line's fields besides the line.
    """

    reads_fields: bool

    def write(self, fields: Fields, line: bytes, /) -> None:
        """Take one line, its newline included."""

    def close(self) -> None:
        """Let go of what it holds."""
