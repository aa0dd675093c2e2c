"""What a query says when it is wrong: where, what, and what to write instead.

IntentlogError
  └── QueryError            the text of a query is wrong, or cannot run here; has all problems
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from intentlog.errors import IntentlogError
from intentlog.expression import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .tree import At


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong, at one place.

    Attributes:
        message: What is wrong.
        hint: What to write instead; empty if there is nothing to say.
        text: The whole query.
        at: Where the place begins and ends in it.
    """

    message: str
    hint: str
    text: str
    at: At

    @property
    def line(self) -> int:
        """The line of the place, counted from 1."""
        return self._error.line

    @property
    def column(self) -> int:
        """The column of the place, counted from 1."""
        return self._error.column

    @property
    def length(self) -> int:
        """How many characters the place has."""
        return max(1, self.at[1] - self.at[0])

    def __str__(self) -> str:
        return str(self._error)

    @property
    def _error(self) -> ExpressionError:
        sentence = f"{self.message}; {self.hint}" if self.hint else self.message
        return ExpressionError(sentence, self.text, self.at[0], self.length)


class QueryError(IntentlogError):
    """A query cannot be read, or cannot run here.

    Attributes:
        problems: Everything that is wrong with it, in the order of the text.
        source: What the query is called: a name in a contract, a file, or just "query".
    """

    def __init__(self, problems: Iterable[Problem], source: str = "query") -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.at))
        self.source = source
        super().__init__("\n".join(f"{source}: {problem}" for problem in self.problems))
