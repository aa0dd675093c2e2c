"""Walks through the tokens of a query, and says where it stops making sense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from intentlog.expression import ExpressionError, Token, TokenKind, tokenize

from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .tree import At

    _T = TypeVar("_T")

_CURLY: Final = {"\u2018": "\u2019", "\u201c": "\u201d"}
_HINTS: Final = {
    "&": "write and",
    ".": "name a map with as, and look into it in the next command",
    ";": "commands are separated by |",
    "{": 'this is no filter pattern; write for example: filter level = "ERROR"',
    "?": 'write if(condition, a, b), or filter @message like "ERROR" for a filter pattern',
    "${": "a saved query has parameters: {{name}}",
    "=~": "write =~ /…/, or not like /…/",
    "~": "write like or =~",
    "\u2260": "write !=",
    "\u2264": "write <=",
    "\u2265": "write >=",
}
_FRACTION: Final = re.compile(r"\.[0-9]+")
_NAMES: Final = (TokenKind.NAME, TokenKind.QUOTED_NAME)


class Stop(Exception):  # noqa: N818 - it ends a command, and is seen by the parser only
    """Carries the problem that ends a command."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def tokens_of(text: str) -> list[Token]:
    """Cut a query into tokens; typographic quotes that a word processor made count as quotes.

    Raises:
        Stop: A character or an unclosed quote makes no token.
    """
    straight = text
    while True:
        try:
            return tokenize(straight)
        except ExpressionError as error:
            start = error.position
            closing = _CURLY.get(straight[start : start + 1], "")
            end = straight.find(closing, start + 1) if closing else -1
            if end < 0:
                at = (start, start + error.width)
                two, one = straight[max(0, start - 1) : start + 1], straight[start : start + 1]
                hint = _HINTS.get(two) or _HINTS.get(one, "")
                if digits := _FRACTION.match(straight, start):
                    hint = f"write 0{digits[0]}"
                raise Stop(Problem(error.reason, hint, text, at)) from error
            inside = straight[start + 1 : end]
            straight = f"{straight[:start]}'{inside}'{straight[end + 1 :]}"


class Cursor:
    """A place in a list of tokens."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.next = 0

    @property
    def here(self) -> Token | None:
        """The token at the place; None at the end."""
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    @property
    def start(self) -> int:
        """Where the token at the place begins."""
        here = self.here
        return len(self.text.rstrip()) if here is None else here.position

    def since(self, start: int) -> At:
        """Return the span from a position to the end of the token before the place."""
        return (start, max(start, self.tokens[self.next - 1].end if self.next else start))

    def written(self, first: int) -> str:
        """Return what was written from a token to the place; comments and line ends are gone."""
        parts: list[str] = []
        for index in range(first, self.next):
            token = self.tokens[index]
            apart = index > first and self.tokens[index - 1].end < token.position
            parts.append(f" {token.text}" if apart else token.text)
        return "".join(parts)

    def is_word(self, *words: str) -> bool:
        """Tell whether one of these words is here, in any case."""
        return self.here is not None and self.here.word in words

    def is_symbol(self, *symbols: str) -> bool:
        """Tell whether one of these symbols is here."""
        here = self.here
        return here is not None and here.kind is TokenKind.SYMBOL and here.text in symbols

    def follows(self, symbol: str) -> bool:
        """Tell whether a symbol comes right after the token that is here."""
        after = self.tokens[self.next + 1] if self.next + 1 < len(self.tokens) else None
        return after is not None and after.kind is TokenKind.SYMBOL and after.text == symbol

    def word_after(self) -> str:
        """Return the word right after the token that is here, in lower case."""
        after = self.tokens[self.next + 1 : self.next + 2]
        return after[0].word if after else ""

    def take(self, *wanted: str) -> Token | None:
        """Take the token that is here if it is one of these words or symbols."""
        token = self.here
        if token is None or not (self.is_word(*wanted) or self.is_symbol(*wanted)):
            return None
        self.next += 1
        return token

    def take_kind(self, *kinds: TokenKind) -> Token | None:
        """Take the token that is here if it is of one of these kinds."""
        token = self.here
        if token is None or token.kind not in kinds:
            return None
        self.next += 1
        return token

    def expect(self, wanted: str, message: str, hint: str = "") -> Token:
        """Take a word or symbol that must be here."""
        return self.take(wanted) or self.fail(message, hint)

    def name(self, what: str, hint: str = "") -> Token:
        """Take a name that must be here, with or without backticks."""
        return self.take_kind(*_NAMES) or self.fail(f"expected {what}{self.instead()}", hint)

    def listed(self, one: Callable[[], _T]) -> tuple[_T, ...]:
        """Take one or more, separated by commas; a comma at the very end is harmless."""
        found = [one()]
        while self.take(","):
            if self.at_end:
                break
            found.append(one())
        return tuple(found)

    @property
    def at_end(self) -> bool:
        """Whether the command ends here."""
        return self.here is None or self.is_symbol("|", ")")

    def instead(self) -> str:
        """Say what is here instead of what was expected."""
        here = self.here
        if here is None:
            return ", but the query ends"
        return ", but the command ends" if here.text == "|" else f", not {here.text}"

    def twice(self, name: str, first: At, at: At) -> NoReturn:
        """Stop the command at a name that another part of it has, too."""
        before = Problem("", "", self.text, first)
        where = f"first in line {before.line}, column {before.column}"
        hint = "give each a name of its own, or one would be lost"
        self.fail(f"{name} is named twice, {where}", hint, at)

    def fail(self, message: str, hint: str = "", at: At | None = None) -> NoReturn:
        """Stop the command; the problem is at the token that is here unless a place is given."""
        here = self.here
        place = (self.start, self.start + 1) if here is None else (here.position, here.end)
        raise Stop(Problem(message, hint, self.text, at or place))
