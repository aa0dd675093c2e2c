"""Parses Logs Insights QL: commands separated by ``|``.

The commands are those of the AWS page "CloudWatch Logs Insights language query syntax" and its
sub-pages. Spellings that people use and AWS's service or its own examples show (``==``, a
leading ``|``, ``sort by``, ``bin(5 min)``) are read, and `lint` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intentlog.contract.problem import nearest

from .cursor import Cursor, Stop, tokens_of
from .functions import FUNCTIONS
from .parse_commands import COMMANDS, CommandParser
from .parse_expression import ExpressionParser
from .pasted import query_in
from .problems import Problem, QueryError
from .tree import Query

if TYPE_CHECKING:
    from intentlog.expression import Token

    from .tree import Command

_COMPARISONS: Final = ("=", "==", "!=", "<", "<=", ">", ">=", "=~")
_INSTEAD: Final = {
    "eval": "name it with fields: fields x * 100 as percent",
    "extend": "name it with fields: fields x * 100 as percent",
    "project": "choose columns with fields or display",
    "search": 'write filter @message like "text"',
    "select": "this is SQL; write for example: fields @timestamp, @message | limit 20",
    "summarize": "write stats count(*) by field",
    "group": "write stats count(*) by field",
    "order": "write sort field desc",
    "having": "a filter after stats does this",
    "top": "write stats count(*) as n by field | sort n desc | limit 10",
    "update": "a query changes nothing",
    "delete": "a query changes nothing",
    "let": "name it with fields: fields x * 100 as percent",
    "with": "write one query, or a subquery: filter id in (SOURCE '/my/group' | fields id)",
    "timechart": "write stats count(*) by bin(5m)",
    "rare": "write stats count(*) as n by field | sort n asc | limit 10",
    "or": "leave the | before it out: a condition goes on with or",
    "and": "leave the | before it out: a condition goes on with and",
    "rex": "write parse @message /(?<name>…)/",
    "table": "choose columns with display",
    "rename": "write fields old as new",
}


def parse(text: str, *, source: str = "query") -> Query:
    """Parse a query.

    Args:
        text: The query, on one line or several; comments begin with ``#``.
        source: What the query is called in messages.

    Raises:
        QueryError: The text is no query; has everything that is wrong, one problem a command
            at least.
    """
    try:
        parser = _Parser(Cursor(text, tokens_of(query_in(text))))
    except Stop as stop:
        raise QueryError([stop.problem], source) from None
    query = parser.whole()
    if parser.problems:
        raise QueryError(parser.problems, source)
    return query


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        expressions = ExpressionParser(cursor, self.subquery)
        self.problems: list[Problem] = expressions.problems
        self._commands = CommandParser(cursor, expressions, self.subquery)

    def whole(self) -> Query:
        cursor = self._cursor
        commands: list[Command] = []
        cursor.take("|")
        while True:
            first = cursor.next
            try:
                commands.append(self._command())
                if cursor.is_symbol(")"):
                    cursor.fail("this ) closes nothing")
            except Stop as stop:
                self.problems.append(stop.problem)
                self._skip(first)
            if cursor.take("|") is None:
                break
        return Query(tuple(commands), text=cursor.text, at=(0, len(cursor.text)))

    def subquery(self) -> Query:
        """Parse what follows an opening parenthesis, and the closing one."""
        cursor = self._cursor
        opening = cursor.tokens[cursor.next - 1]
        with self._commands.expressions.nested():
            commands = [self._command()]
            while cursor.take("|"):
                commands.append(self._command())
        at = (opening.position, opening.end)
        if cursor.take(")") is None:
            cursor.fail("this ( is not closed", at=at)
        return Query(tuple(commands), text=cursor.text, at=cursor.since(opening.position))

    def _command(self) -> Command:
        cursor = self._cursor
        token = cursor.here
        if token is None:
            hint = "write for example: fields @timestamp, @message | limit 20"
            after = bool(cursor.tokens)
            cursor.fail(
                "a command is missing after this |" if after else "the query is empty", hint
            )
        if token.word not in COMMANDS:
            self._unknown()
        cursor.next += 1
        command = self._commands.parse(token)
        if not cursor.at_end:
            self._commands.expressions.rest()
        return command

    def _unknown(self) -> None:
        cursor = self._cursor
        token = cursor.here
        assert token is not None  # noqa: S101 - the caller looked
        if token.word in FUNCTIONS:
            name = FUNCTIONS[token.word].name
            cursor.fail(f"{name} is a function, not a command", f"write fields {name}(…) as name")
        if any(map(cursor.follows, _COMPARISONS)):
            cursor.fail(f"expected a command, not {token.text}", f"write filter {token.text} …")
        if cursor.is_symbol("|"):
            cursor.fail("a command is missing between | and |")
        cursor.fail(f"expected a command, not {token.text}", self._instead(token))

    def _instead(self, token: Token) -> str:
        """Say what was probably meant by what begins no command."""
        near = nearest(token.word, COMMANDS)
        after = self._cursor.tokens[self._cursor.next + 1 :]
        if hint := _INSTEAD.get(token.word):
            return hint
        if near:
            return f"did you mean {near}?"
        if after and after[0].text == ":":
            return f'write filter {token.text} = "…"'
        if token.word and after and after[0].text != "|":
            return "commands are fields, filter, stats, sort, limit, parse, display, dedup, …"
        return 'to find a text, write filter @message like "ERROR", or not like'

    def _skip(self, first: int) -> None:
        """Go to the end of the command that began at a token."""
        cursor = self._cursor
        depth = 0
        for index in range(first, len(cursor.tokens)):
            text = cursor.tokens[index].text
            depth += (text in ("(", "[")) - (text in (")", "]"))
            if text == "|" and depth <= 0 and index >= cursor.next:
                cursor.next = index
                return
        cursor.next = len(cursor.tokens)
