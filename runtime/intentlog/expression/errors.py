"""What an expression says when it is wrong: the sentence, the place and a caret under it.

IntentlogError
  └── ExpressionError          the text of a where-expression (or a query) is wrong
        ├── FilterPatternError      the text of a CloudWatch filter pattern is wrong
        └── NotExpressibleError     a where-expression that no filter pattern can say
"""

from intentlog.errors import IntentlogError

# A pattern may be 1,024 characters on one line; a terminal shows about a hundred.
_WINDOW = 100
_BEFORE = 60


class ExpressionError(IntentlogError):
    """Says what is wrong with an expression and shows the place in it.

    Attributes:
        position: Where in the source it is, counted from 0.
        width: How many characters it is about.
        line: The line of the place, counted from 1.
        column: The column of the place, counted from 1.
        reason: The sentence alone, without the source.
    """

    def __init__(self, reason: str, source: str = "", position: int = 0, width: int = 1) -> None:
        before = source[:position]
        self.reason = reason
        self.position = position
        self.width = width
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        super().__init__(self._shown(source, width))

    @property
    def place(self) -> str:
        """The line and the column in words."""
        return f"line {self.line}, column {self.column}"

    def _shown(self, source: str, width: int) -> str:
        if not source.strip():
            return self.reason
        lines = source.split("\n")
        text, column = _window(lines[self.line - 1], self.column - 1)
        # A tab before the place must stay a tab, or the caret stands somewhere else.
        indent = "".join("\t" if char == "\t" else " " for char in text[:column])
        caret = "^" * max(1, min(width, len(text) - column))
        return f"{self.place}: {self.reason}\n  {text}\n  {indent}{caret}"


class FilterPatternError(ExpressionError):
    """Says what is wrong with the text of a CloudWatch Logs filter pattern."""


class NotExpressibleError(ExpressionError):
    """Says which part of a where-expression no filter pattern can say, and what to write."""


def _window(line: str, column: int) -> tuple[str, int]:
    """Cut a long line to the part around a column; the column moves with it."""
    if len(line) <= _WINDOW:
        return line, column
    start = max(0, column - _BEFORE)
    cut = line[start : start + _WINDOW]
    prefix = "…" if start else ""
    suffix = "…" if start + _WINDOW < len(line) else ""
    return f"{prefix}{cut}{suffix}", column - start + len(prefix)
