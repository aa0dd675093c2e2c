"""Parses the expressions of Logs Insights QL.

From tight to loose: a call or name, unary ``-``, ``^`` (from the right), ``* / %``, ``+ -``,
comparisons (``= != < <= > >= =~ like in``), ``not`` or ``!``, ``and``, ``or``. The operators
are those of the AWS page "Boolean, comparison, numeric, datetime, and other functions" and
"filter"; their order is what two independent grammars agree on (tree-sitter-log-insights-query
and vorpalstacks).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn, get_args

from intentlog.expression import TokenKind
from intentlog.expression.hints import WRONG_OPERATORS

from .functions import FUNCTIONS, Function, instead_of, key_of
from .periods import UNITS
from .problems import Problem
from .regex import complaint
from .tree import (
    Array,
    Binary,
    BinaryOperator,
    Call,
    Constant,
    Duration,
    Expression,
    In,
    Like,
    Logical,
    LogicalOperator,
    Name,
    Query,
    Regex,
    Star,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from intentlog.expression import Token

    from .cursor import Cursor

RESERVED: Final = frozenset({"and", "or", "not", "in", "like", "as", "by"})
_OPERATORS: Final[dict[str, BinaryOperator]] = {op: op for op in get_args(BinaryOperator)}
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_DURATION: Final = re.compile(r"([0-9.eE+]*[0-9.])([a-z]+)")
_BEGIN_COMMANDS: Final = ("filter", "fields", "stats", "sort", "limit", "display", "parse")
_INSTEAD: Final = {
    "!": "write != or not like",
    ",": "write and between two conditions, in [1, 2] for a list",
    "[": "write a[0] for a place in a list, a.name for a field of an object",
    "as": "a name follows a whole expression: close what is open before it",
    "ascending": "write asc",
    "between": "write x >= 1 and x <= 2",
    "descending": "write desc",
    "endswith": 'write endsWith(field, "text")',
    "equals": "write =",
    "exists": "write ispresent(field)",
    "from": "log groups are chosen outside the query, or with SOURCE",
    "group": "write by alone: stats count(*) by field",
    "has": 'write like "text"',
    "having": "write | filter n > 10 after stats",
    "isnotnull": "write ispresent(field)",
    "isnull": "write !ispresent(field)",
    "matches": "write like /regular expression/",
    "offset": "the first rows cannot be left out",
    "order": "write | sort field desc",
    "regexp": "write like /regular expression/",
    "startswith": 'write startsWith(field, "text")',
    "when": 'write case(level = "ERROR", 1, 0)',
    "where": "write | before it: where is filter",
}
_NEEDS: Final = {
    "display": "name the fields",
    "fields": "name the fields; without fields, the whole line is shown",
    "filter": 'write for example: filter level = "ERROR"',
    "sort": "write for example: sort @timestamp desc",
    "stats": "write for example: stats count(*) by field",
    "where": 'write for example: where level = "ERROR"',
    "(": "close the ( of the function",
}
"""What a command, or what opens, lacks when no value follows it."""
_VALUES: Final = (TokenKind.STRING, TokenKind.NUMBER, TokenKind.DURATION, TokenKind.REGEX)
_MAX_DEPTH: Final = 100


class ExpressionParser:
    """Parses expressions at a cursor.

    Attributes:
        problems: What is wrong and does not keep the rest from being read.
    """

    def __init__(self, cursor: Cursor, subquery: Callable[[], Query]) -> None:
        self.problems: list[Problem] = []
        self._cursor = cursor
        self._subquery = subquery
        self._depth = 0

    def expression(self) -> Expression:
        """Parse one expression."""
        with self.nested():
            return self._logical("or", lambda: self._logical("and", self._not))

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Parse something inside of something else, as deep as Python's own stack allows."""
        if self._depth == _MAX_DEPTH:
            hint = f"{_MAX_DEPTH // 2} parentheses or calls fit into each other"
            self._cursor.fail("nested too deep", hint)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def rest(self) -> None:
        """Fail if something follows that is no part of any expression."""
        here = self._cursor.here
        if here is None or self._cursor.at_end:
            return
        if reason := WRONG_OPERATORS.get(here.word or here.text):
            message, _, hint = reason.partition("; ")
            self._cursor.fail(message, hint)
        self._cursor.fail(f"{here.text} cannot follow here", self._hint(here))

    def _hint(self, here: Token) -> str:  # noqa: PLR0911 - a table of habits
        """Say what was probably meant by a word that cannot stand where it does."""
        if hint := _INSTEAD.get(here.word or here.text):
            return hint
        if here.word in _BEGIN_COMMANDS:
            return f"write | before {here.text}: it begins a command of its own"
        before = self._cursor.tokens[max(0, self._cursor.next - 1)]
        if before.word == "maxspan":
            return f"name a field first: sessionize user_id maxspan {here.text}"
        if here.kind is TokenKind.DURATION:
            return f"write {before.text}({here.text})"
        if before.word == "distinct":
            return f"write count_distinct({here.text})"
        if before.word in ("asc", "desc"):
            return f"write the field first: {here.text} {before.text}"
        apart = before.end < here.position
        if here.kind is TokenKind.NAME and before.kind in _VALUES and apart:
            return "write and, or, or a | before the next command"
        if before.kind is here.kind is TokenKind.NAME:
            return "write a comma between two fields, backticks around a name with a space"
        return self._symbol_hint(here, before)

    def _symbol_hint(self, here: Token, before: Token) -> str:
        if before.kind is TokenKind.REGEX and before.end == here.position:
            return f"write it inside: /(?{here.text})…/"
        if here.text == ":":
            cast = self._cursor.follows(":")
            return "write toInt(field)" if cast else f"write {before.text} = a value"
        named = self._cursor.tokens[max(0, self._cursor.next - 2)].word == "as"
        return "a name with - in it needs backticks" if here.text == "-" and named else ""

    # --- operators

    def _logical(self, operator: LogicalOperator, operand: Callable[[], Expression]) -> Expression:
        start = self._cursor.start
        operands = [operand()]
        while self._cursor.take(operator):
            operands.append(operand())
        if len(operands) == 1:
            return operands[0]
        return Logical(operator, tuple(operands), at=self._cursor.since(start))

    def _left(self, operators: tuple[str, ...], operand: Callable[[], Expression]) -> Expression:
        start = self._cursor.start
        left = operand()
        count = 0
        while token := self._cursor.take(*operators):
            count += 1
            if count > _MAX_DEPTH:
                self._cursor.fail(f"more than {_MAX_DEPTH} operators in a row")
            if (
                token.text == "-"
                and self._cursor.is_symbol("-")
                and token.end == self._cursor.start
            ):
                at = (token.position, token.end + 1)
                self._cursor.fail("-- begins no comment", "write # before a comment", at)
            right = operand()
            left = Binary(_OPERATORS[token.text], left, right, at=self._cursor.since(start))
        return left

    def _not(self) -> Expression:
        start = self._cursor.start
        with self.nested():
            if self._cursor.take("not", "!"):
                return Unary("not", self._not(), at=self._cursor.since(start))
            return self._comparison()

    def _comparison(self) -> Expression:
        cursor = self._cursor
        start = cursor.start
        left = self._sum()
        negated = False
        if cursor.is_word("not"):
            cursor.next += 1
            negated = True
        if cursor.take("like") or (not negated and cursor.take("=~")):
            pattern = self._pattern()
            return Like(left, pattern, negated, at=cursor.since(start))
        if cursor.take("in"):
            return In(left, self._values(), negated, at=cursor.since(start))
        if negated:
            cursor.fail(f"expected in or like after not{cursor.instead()}")
        token = cursor.take(*_COMPARISONS, "==")
        if token is None:
            return left
        operator = _OPERATORS["=" if token.text == "==" else token.text]
        right = self._sum()
        return Binary(operator, left, right, at=cursor.since(start), spelling=token.text)

    def _pattern(self) -> Expression:
        here = self._cursor.here
        if here is not None and here.kind is TokenKind.REGEX:
            return self._regex(here)
        return self._sum()

    def _values(self) -> Array | Name | Query:
        cursor = self._cursor
        if cursor.is_symbol("("):
            cursor.next += 1
            if cursor.is_word("source"):
                return self._subquery()
            return self._array(")")
        if cursor.take("["):
            return self._array("]")
        hint = 'write a list, in ["ERROR", "CRITICAL"], or a field that holds one'
        return self._name(cursor.name("a list after in", hint))

    def _array(self, closing: str) -> Array:
        """Parse what follows an opening bracket or parenthesis."""
        cursor = self._cursor
        opening = cursor.tokens[cursor.next - 1]
        if cursor.is_symbol(closing):
            cursor.fail("this list is empty; nothing can be in it")
        with self.nested():
            items = [self._sum()]
            while cursor.take(","):
                if cursor.is_symbol(closing):
                    break
                items.append(self._sum())
        if cursor.take(closing) is None:
            if not cursor.at_end:
                cursor.fail(f"expected , or {closing} after this value{cursor.instead()}")
            self._unclosed(opening)
        return Array(tuple(items), at=cursor.since(opening.position))

    def _sum(self) -> Expression:
        return self._left(("+", "-"), lambda: self._left(("*", "/", "%"), self._power))

    def _power(self) -> Expression:
        start = self._cursor.start
        base = self._negative()
        if not self._cursor.take("^"):
            return base
        with self.nested():
            return Binary("^", base, self._power(), at=self._cursor.since(start))

    def _negative(self) -> Expression:
        start = self._cursor.start
        if self._cursor.take("-"):
            with self.nested():
                return Unary("-", self._negative(), at=self._cursor.since(start))
        return self._primary()

    # --- operands

    def _primary(self) -> Expression:
        cursor = self._cursor
        token = cursor.here
        if token is None or cursor.at_end:
            cursor.fail(f"expected a value{cursor.instead()}", self._lacking())
        if cursor.take("("):
            return self._parenthesis(token)
        if cursor.take("["):
            return self._array("]")
        if token.kind in (TokenKind.NAME, TokenKind.QUOTED_NAME):
            return self._word(token)
        if token.kind is TokenKind.REGEX:
            return self._regex(token)
        return self._literal(token)

    def _parenthesis(self, opening: Token) -> Expression:
        inner = self.expression()
        if self._cursor.take(")") is None:
            self.rest()
            self._unclosed(opening)
        return inner

    def _unclosed(self, opening: Token) -> NoReturn:
        at = (opening.position, opening.end)
        self._cursor.fail(f"this {opening.text} is not closed", at=at)

    def _lacking(self) -> str:
        """Say what belongs after the word that is before the place."""
        before = self._cursor.tokens[max(0, self._cursor.next - 1)]
        return _NEEDS.get(before.word or before.text, "")

    def _literal(self, token: Token) -> Expression:
        cursor = self._cursor
        if token.kind is TokenKind.PARAMETER:
            hint = "give it one before the query is read"
            cursor.fail(f"the parameter {token.value} has no value", hint)
        if token.kind is TokenKind.SYMBOL:
            before = cursor.tokens[cursor.next - 1].text
            hint = self._lacking() if token.text == "*" else ""
            if hint and cursor.follows(","):
                hint = "it stands alone: count(*)" if before == "(" else "name the fields"
            if token.text in ("<", ">") and before == "=":
                hint = f"write {token.text}="
            elif token.text == ">" and before == "-":
                hint = "write a.name for a field of an object"
            cursor.fail(f"expected a value, not {token.text}", hint)
        cursor.next += 1
        if token.kind is TokenKind.DURATION:
            return duration_of(token)
        if isinstance(token.value, str):
            return Constant(token.value, at=(token.position, token.end))
        return self._number(token, token.value)

    def _number(self, token: Token, value: float) -> Expression:
        cursor = self._cursor
        here = cursor.here
        if here is not None and here.text in UNITS:
            cursor.next += 1  # AWS's own Aurora page writes bin(5 min)
            return Duration(value, here.text, at=cursor.since(token.position))
        return Constant(value, at=(token.position, token.end))

    def _regex(self, token: Token) -> Expression:
        self._cursor.next += 1
        at = (token.position, token.end)
        if wrong := complaint(str(token.value)):
            self.problems.append(Problem(*wrong, self._cursor.text, at))
        return Regex(str(token.value), at=at)

    def _name(self, token: Token) -> Name:
        """Make the name whose first token was taken, with the positions that follow it."""
        cursor = self._cursor
        path = str(token.value)
        depth = 0
        while cursor.is_symbol("[") and cursor.tokens[cursor.next - 1].end == cursor.start:
            number = cursor.tokens[cursor.next + 1 : cursor.next + 3]
            if [part.kind for part in number] != [TokenKind.NUMBER, TokenKind.SYMBOL]:
                break
            if not isinstance(number[0].value, int):
                cursor.next += 1
                cursor.fail(f"expected a whole number, not {number[0].text}", "write a[0]")
            depth += 1
            if depth > _MAX_DEPTH:
                cursor.fail(f"more than {_MAX_DEPTH} positions in a row")
            path += f"[{number[0].text}]"
            cursor.next += 3
        quoted = token.kind is TokenKind.QUOTED_NAME
        if path.count(".") + path.count("[") > _MAX_DEPTH:
            at = (token.position, token.end)
            cursor.fail(f"a name of more than {_MAX_DEPTH} parts", at=at)
        if not quoted and "" in path.split("."):
            hint = "write one . between two names"
            cursor.fail(f"{path} lacks a name beside a dot", hint, (token.position, token.end))
        return Name(path, at=cursor.since(token.position), quoted=quoted)

    def _word(self, token: Token) -> Expression:
        cursor = self._cursor
        at = (token.position, token.end)
        if token.word in RESERVED:
            before = cursor.tokens[max(0, cursor.next - 1)]
            hint = f"write `{token.text}` if a field has this name"
            if token.word == "by" and before.text == ",":
                hint = "leave out the comma before by"
            elif token.word == "like" and before.word in ("and", "or"):
                hint = f'write the field each time: a like "x" {before.word} a like "y"'
            cursor.fail(f"expected a value, not the word {token.text}", hint)
        if token.kind is TokenKind.NAME and cursor.follows("("):
            return self._call(token)
        cursor.next += 1
        if token.word in _CONSTANTS:
            return Constant(_CONSTANTS[token.word], at=at)
        return self._name(token)

    def _call(self, token: Token) -> Expression:
        cursor = self._cursor
        cursor.next += 2
        arguments = self._arguments(token)
        key = key_of(token.text)
        call = Call(key, arguments, at=cursor.since(token.position), spelling=token.text)
        function = FUNCTIONS.get(key)
        if function is None:
            message = f"there is no function {token.text}"
            at = (token.position, token.end)
            self.problems.append(Problem(message, instead_of(token.text), cursor.text, at))
        elif wrong := _wrong_number(function, len(arguments)):
            self.problems.append(Problem(wrong, "", cursor.text, call.at))
        return call

    def _arguments(self, function: Token) -> tuple[Expression, ...]:
        cursor = self._cursor
        if cursor.take(")"):
            return ()
        if cursor.is_symbol("*") and cursor.follows(")"):
            star = Star(at=(cursor.start, cursor.start + 1))
            cursor.next += 2
            return (star,)
        arguments = [self.expression()]
        while cursor.take(","):
            arguments.append(self.expression())
        if cursor.take(")") is None:
            if not (cursor.at_end or cursor.is_word("as") or cursor.is_word("by")):
                self.rest()
            at = (function.position, function.end)
            if key_of(function.text) not in FUNCTIONS:
                cursor.fail(f"there is no function {function.text}", instead_of(function.text), at)
            cursor.fail(f"the ( of {function.text} is not closed", at=at)
        return tuple(arguments)


def duration_of(token: Token) -> Duration:
    """Return what a duration token means."""
    match = _DURATION.fullmatch(token.text)
    assert match is not None  # noqa: S101 - the lexer made it
    amount = float(match[1])
    whole = int(amount) if amount.is_integer() else amount
    return Duration(whole, match[2], at=(token.position, token.end))


def _wrong_number(function: Function, count: int) -> str:
    least, most = function.least, function.most
    if count >= least and (most is None or count <= most):
        return ""
    wanted = str(least) if least == most else f"{least} or more" if most is None else ""
    wanted = wanted or f"{least} to {most}"
    plural = "" if wanted == "1" else "s"
    return f"{function.name} takes {wanted} argument{plural}, not {count}"
