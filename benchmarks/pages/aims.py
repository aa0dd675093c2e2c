"""What is to be reached, and how it came out."""

from collections.abc import Sequence
from typing import NamedTuple

from .tables import Table


class Aim(NamedTuple):
    """What is to be reached.

    Attributes:
        what: What is measured.
        measured: How it came out.
        limit: What it is to be: at most, or at least.
        unit: What both are in.
        at_least: Whether more is better.
    """

    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Say whether it is reached."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def aims_table(aims: Sequence[Aim]) -> Table:
    """Return a table of aims."""
    rows = [
        (
            aim.what,
            f"{aim.measured:,.4g} {aim.unit}",
            f"{'≥' if aim.at_least else '≤'} {aim.limit:g}",
            "yes" if aim.is_met else "NO",
        )
        for aim in aims
    ]
    return Table("aims", ("Aim", "measured", "aim", "met"), rows)
