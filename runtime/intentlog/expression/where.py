"""Parses where-expressions: the filter expressions of CloudWatch Logs Insights.

The grammar and the operators are those of the AWS pages "filter" and "Supported operations and
functions"; from loose to tight: ``or``, ``and``, ``not``, comparison.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Final, NoReturn, get_args

from intentlog.expression.errors import ExpressionError
from intentlog.expression.hints import (
    KEYWORDS,
    OPERATORS,
    WRONG_OPERATORS,
    no_field,
    no_function,
    no_operator,
    no_value,
)
from intentlog.expression.tokens import Token, TokenKind, tokenize
from intentlog.expression.tree import (
    And,
    Comparison,
    Field,
    Like,
    Membership,
    Not,
    Operator,
    Or,
    Present,
    Value,
    Where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPARISONS: Final[dict[str, Operator]] = {op: op for op in get_args(Operator)}
_MAX_DEPTH = 100


def parse_where(text: str) -> Where:
    """Parse a filter expression such as ``level = "ERROR" and not category in ["auth"]``.

    Args:
        text: The expression, on one line or several, without the word ``filter``.

    Raises:
        ExpressionError: The text is no such expression; says where and what was expected.
    """
    return _Parser(text).parse()


def regex_of(text: str) -> re.Pattern[str]:
    r"""Compile the regular expression of a ``like``.

    Classes such as ``\d`` mean ASCII as in the service, and a group may be named the way the
    service does it, ``(?<name>…)``.

    Raises:
        re.error: It is not a regular expression.
    """
    with warnings.catch_warnings():
        # Only says that Python may read a class like [[a] differently one day.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", text), re.ASCII)


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = tokenize(source)
        self._next = 0
        self._depth = 0

    def parse(self) -> Where:
        if not self._tokens:
            reason = 'the expression is empty; write for example level = "ERROR"'
            raise ExpressionError(reason, self._source)
        where = self._or()
        if self._here is not None:
            self._refuse_rest(self._here)
        return where

    # --- tokens

    @property
    def _here(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *words: str) -> Token | None:
        """Take the next token if it is one of these keywords or symbols."""
        token = self._here
        if token is None or not (token.word in words or _is_symbol(token, *words)):
            return None
        self._next += 1
        return token

    def _fail(self, reason: str, token: Token | None) -> NoReturn:
        if token is not None:
            raise ExpressionError(reason, self._source, token.position, len(token.text))
        raise ExpressionError(reason, self._source, len(self._source.rstrip()))

    def _expect(self, symbol: str, reason: str) -> None:
        if self._take(symbol) is None:
            self._fail(reason, self._here)

    # --- grammar

    def _or(self) -> Where:
        operands = self._joined("or", self._and)
        return operands[0] if len(operands) == 1 else Or(operands)

    def _and(self) -> Where:
        operands = self._joined("and", self._unit)
        return operands[0] if len(operands) == 1 else And(operands)

    def _joined(self, word: str, operand: Callable[[], Where]) -> tuple[Where, ...]:
        operands = [operand()]
        while self._take(word):
            operands.append(operand())
        return tuple(operands)

    def _unit(self) -> Where:
        token = self._here
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._fail(f"nested more than {_MAX_DEPTH} deep", token)
        where = self._bare_unit()
        self._depth -= 1
        return where

    def _bare_unit(self) -> Where:
        if self._take("not", "!"):
            return Not(self._unit())
        if opening := self._take("("):
            where = self._or()
            if self._take(")") is None:
                if self._here is None:
                    self._fail("this ( is not closed", opening)
                self._refuse_rest(self._here)
            return where
        if self._take("ispresent"):
            return self._present()
        return self._condition(self._field())

    def _present(self) -> Present:
        self._expect("(", "ispresent takes a field in parentheses: ispresent(user_id)")
        field = self._field()
        self._expect(")", "ispresent takes one field; close it with )")
        return Present(field)

    def _field(self) -> Field:
        token = self._here
        if token is None:
            self._fail("expected a field here, but the expression ends", None)
        if token.kind not in (TokenKind.NAME, TokenKind.QUOTED_NAME):
            self._fail(no_field(token), token)
        if token.word in KEYWORDS:
            reason = f"expected a field, not the word {token.text}"
            self._fail(f"{reason}; write `{token.text}` if a field has this name", token)
        if "[" in token.text and token.kind is TokenKind.NAME:
            dotted = re.sub(r"\[([0-9]+)\]", r".\1", token.text)
            self._fail(f"the position in an array is written with a dot: {dotted}", token)
        self._next += 1
        if self._here is not None and self._here.text == "(" and token.end == self._here.position:
            self._fail(no_function(token.text), token)
        return Field(str(token.value), token.position, self._source)

    def _condition(self, field: Field) -> Where:
        negated = self._take("not") is not None
        if self._take("in"):
            return Membership(field, self._values(), negated)
        if (operator := self._take("like", "=~")) and not (negated and operator.text == "=~"):
            return self._like(field, operator, negated=negated)
        token = self._here
        if token is None:
            self._fail(f"expected an operator after {field.name}: {OPERATORS}", None)
        if negated:
            self._fail("after not, expected in or like", token)
        operator_text = _COMPARISONS.get(token.text)
        if operator_text is None:
            self._fail(no_operator(field, token, self._source), token)
        self._next += 1
        return self._comparison(field, operator_text)

    def _comparison(self, field: Field, operator: Operator) -> Comparison:
        token = self._here
        value = self._value()
        if isinstance(value, bool) and operator not in ("=", "!="):
            self._fail("true and false can only be compared with = and !=", token)
        return Comparison(field, operator, value)

    def _like(self, field: Field, operator: Token, *, negated: bool) -> Like:
        token = self._here
        kind = token.kind if token else None
        if token is None or kind not in (TokenKind.STRING, TokenKind.REGEX):
            self._fail(f'{operator.text} takes a "text" or a /regular expression/', token)
        if kind is TokenKind.STRING and operator.text == "=~":
            self._fail('=~ takes a /regular expression/; use like "…" for a text', token)
        text = str(token.value)
        if kind is TokenKind.REGEX:
            try:
                regex_of(text)
            except re.error as error:
                self._fail(f"this is not a regular expression: {error.msg}", token)
            except (OverflowError, RecursionError):
                self._fail("this regular expression is too large", token)
        self._next += 1
        return Like(field, text, kind is TokenKind.REGEX, negated)

    def _values(self) -> tuple[Value, ...]:
        opening = self._here
        self._expect("[", 'in takes a list in brackets: in ["ERROR", "CRITICAL"]')
        if self._here is not None and self._here.text == "]":
            self._fail("this list is empty; nothing can be in it", self._here)
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if self._here is None:
            self._fail("this [ is not closed", opening)
        self._expect("]", "expected , or ] after this value")
        return tuple(values)

    def _value(self) -> Value:
        minus = self._take("-")
        token = self._here
        if token is None:
            self._fail("expected a value here, but the expression ends", None)
        if token.kind is TokenKind.NUMBER and not isinstance(token.value, str):
            self._next += 1
            return -token.value if minus else token.value
        if minus:
            self._fail("expected a number after -", token)
        if token.kind is TokenKind.STRING:
            self._next += 1
            return str(token.value)
        if token.word not in ("true", "false"):
            self._fail(no_value(token), token)
        self._next += 1
        return token.word == "true"

    def _refuse_rest(self, token: Token) -> NoReturn:
        if reason := WRONG_OPERATORS.get(token.word or token.text):
            self._fail(reason, token)
        if token.text == ")":
            self._fail("this ) closes nothing", token)
        if token.text == "|":
            self._fail("this is one expression, not a query; remove what begins with |", token)
        self._fail("expected and, or or the end here", token)


def _is_symbol(token: Token, *symbols: str) -> bool:
    return token.kind is TokenKind.SYMBOL and token.text in symbols
