"""How many rows an answer has at most, and what is said where that may have cut it."""

from typing import Final, NamedTuple


class Most(NamedTuple):
    """How many rows an answer has at most.

    Attributes:
        rows: So many.
        beyond: What is said if there may be more. Empty where somebody wished for just so many;
            such a wish also holds for a query with a greater limit of its own.
    """

    rows: int
    beyond: str = ""


EVERY: Final = Most(
    100_000, "only 100,000 groups were counted, and there may be more: ask about a shorter time"
)
"""All rows, for an answer that is made of them, whatever ``--limit`` says of that answer's own."""


def most(limit: int | None, default: int, which: str = "first") -> Most:
    """Return what ``--limit`` wishes for, else a default.

    Args:
        limit: What ``--limit`` says.
        default: How many rows there are if it says nothing.
        which: Which ones these are: ``first`` or ``latest``.
    """
    if limit is not None:
        return Most(limit)
    return Most(
        default, f"these are the {which} {default:,}; if there are more, --limit shows them"
    )
