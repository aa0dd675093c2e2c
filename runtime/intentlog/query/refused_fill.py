"""Finds the ``fillmissing`` that DuckDB refused, for it would make more bins than memory holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .problems import Problem, QueryError
from .tree import FillMissing, walk

if TYPE_CHECKING:
    from .tree import Query

MOST_BINS: Final = 1_000_000
TOO_MANY_BINS: Final = f"fillmissing would make more than {MOST_BINS:,} bins"
"""What DuckDB is made to say."""


def refused_fill(query: Query, error: Exception) -> QueryError | None:
    """Return an error with its place; None if it says something else."""
    if TOO_MANY_BINS not in str(error):
        return None
    hint = "ask about a shorter time, or take longer bins; one line with a wrong time is enough"
    places = [node.at for node in walk(query) if isinstance(node, FillMissing)]
    return QueryError([Problem(TOO_MANY_BINS, hint, query.text, at) for at in places])
