"""Parses the commands that look at other rows or columns, such as accum and addtotals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intentlog.expression import TokenKind

from .parse_expression import duration_of
from .parse_sources import SourceParser
from .tree import (
    Accum,
    AddTotals,
    Autoregress,
    CountFrequent,
    FillDown,
    Name,
    Sessionize,
    Wildcard,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from intentlog.expression import Token

    from .cursor import Cursor
    from .parse_expression import ExpressionParser
    from .tree import Duration, Query


class WindowParser(SourceParser):
    """Parses these commands at a cursor, after their first word."""

    def __init__(
        self, cursor: Cursor, expressions: ExpressionParser, subquery: Callable[[], Query]
    ) -> None:
        super().__init__(cursor, subquery)
        self.expressions = expressions

    def _field(self) -> Name:
        expression = self.expressions.expression()
        if not isinstance(expression, Name):
            self._cursor.fail("expected a field here, not an expression", at=expression.at)
        return expression

    def accum(self) -> Accum:
        """Parse what follows ``accum``."""
        return Accum(self._field(), self._optional_alias(), at=self._here())

    def filldown(self) -> FillDown:
        """Parse what follows ``filldown``."""
        cursor = self._cursor
        fields: list[Name | Wildcard] = []
        while not cursor.at_end:
            if cursor.is_symbol(","):
                cursor.fail("filldown takes fields without commas", "write filldown host cpu*")
            fields.append(self._wildcard() or self._name_only())
        return FillDown(tuple(fields), at=self._here())

    def _wildcard(self) -> Wildcard | None:
        """Take a name with ``*`` in it: tokens without a space between them."""
        tokens = self._joined_tokens()
        pattern = "".join(token.text for token in tokens)
        if "*" not in pattern or (len(tokens) == 1 and pattern.startswith("`")):
            return None
        at = (tokens[0].position, tokens[-1].end)
        if "`" in pattern:
            self._cursor.fail("a name with * has no backticks", at=at)
        self._cursor.next += len(tokens)
        return Wildcard(pattern, at=at)

    def _joined_tokens(self) -> list[Token]:
        found: list[Token] = []
        for token in self._cursor.tokens[self._cursor.next :]:
            apart = found and found[-1].end < token.position
            if apart or (token.kind is TokenKind.SYMBOL and token.text != "*"):
                break
            found.append(token)
        return found

    def autoregress(self) -> Autoregress:
        """Parse what follows ``autoregress``."""
        cursor = self._cursor
        operand, alias = self._field(), self._optional_alias()
        nearest = farthest = 1
        if cursor.take("p"):
            cursor.expect("=", "expected = after p", "write p=1, or p=1-4")
            nearest = farthest = self._lag(1)
            if cursor.take("-"):
                farthest = self._lag(nearest)
        return Autoregress(operand, alias, nearest, farthest, at=self._here())

    def _lag(self, least: int) -> int:
        cursor = self._cursor
        here = cursor.here
        token = cursor.take_kind(TokenKind.NUMBER)
        if token is None or not isinstance(token.value, int) or token.value < least:
            at = (here.position, here.end) if here else None
            cursor.fail(f"p takes whole numbers of rows, {least} here at least", "write p=1-4", at)
        return token.value

    def sessionize(self) -> Sessionize:
        """Parse what follows ``sessionize``."""
        names = self._cursor.listed(self._field)
        gap = None
        if self._cursor.take("maxspan"):
            gap = self._period("maxspan takes a period", "write for example: maxspan 30m")
        return Sessionize(names, gap, self._optional_alias(), at=self._here())

    def count_frequent(self) -> CountFrequent:
        """Parse what follows ``countFrequent``."""
        return CountFrequent(self._cursor.listed(self._field), at=self._here())

    def add_totals(self) -> AddTotals:
        """Parse what follows ``addtotals``."""
        cursor = self._cursor
        alias, switches = None, {"row": True, "col": False}
        while cursor.is_word("fieldname", *switches) and cursor.follows("="):
            setting = cursor.tokens[cursor.next].word
            cursor.next += 2
            if setting == "fieldname":
                alias = str(cursor.name("a name after fieldname=").value)
            else:
                switches[setting] = self._switch(setting)
        names = () if cursor.at_end else cursor.listed(self._field)
        return AddTotals(names, alias, switches["row"], switches["col"], at=self._here())

    def _switch(self, setting: str) -> bool:
        token = self._cursor.take("true", "false")
        if token is None:
            self._cursor.fail(f"{setting} is true or false{self._cursor.instead()}")
        return token.word == "true"

    def _optional_alias(self) -> str | None:
        return self._alias() if self._cursor.take("as") else None

    def _period(self, message: str, hint: str) -> Duration:
        token = self._cursor.take_kind(TokenKind.DURATION)
        return duration_of(token) if token else self._cursor.fail(message, hint)
