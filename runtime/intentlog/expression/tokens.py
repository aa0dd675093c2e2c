"""Cuts the text of Logs Insights expressions and queries into tokens.

The lexical rules are those of the AWS pages "CloudWatch Logs Insights language query syntax",
"filter", "parse" and "Supported operations and functions". The whole query language is lexed,
not only what a where-expression needs, so that the fields of a saved query can be checked.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from intentlog.expression.errors import ExpressionError


class TokenKind(StrEnum):
    """What a token is; the parser, not the lexer, knows which names are keywords."""

    NAME = "name"
    QUOTED_NAME = "quoted name"
    STRING = "string"
    NUMBER = "number"
    DURATION = "duration"
    REGEX = "regex"
    PARAMETER = "parameter"
    SYMBOL = "symbol"


class Token(msgspec.Struct, frozen=True):
    """One token of a query.

    Attributes:
        kind: What it is.
        text: The characters as they stand in the source.
        value: What they mean: a string without its quotes, a name without its backticks, a
            number as int or float; the text itself for the rest.
        position: Where it begins in the source, counted from 0.
    """

    kind: TokenKind
    text: str
    value: str | int | float
    position: int

    @property
    def word(self) -> str:
        """The name in lower case if this can be a keyword, else an empty string."""
        return self.text.lower() if self.kind is TokenKind.NAME else ""

    @property
    def end(self) -> int:
        """Where the next character after the token stands."""
        return self.position + len(self.text)


_SKIPPED = re.compile(r"(?:\s+|#[^\n]*)+")
_SLASH_COMMENT = re.compile(r"//[^\n]*")
PARAMETER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
"""A placeholder of a saved query, ``{{name}}``; its group is the name."""
_NAME = re.compile(r"(?:[@A-Za-z_$]|`[^`\n]+`)(?:[@A-Za-z0-9_.]|`[^`\n]+`|(?:\[[0-9]+\])+(?=\.))*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_REGEX_CLASSED = re.compile(r"/(?:[^/\\\n\[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+/")
_REGEX_PLAIN = re.compile(r"/(?:[^/\\\n]|\\[^\n])+/")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WORD_REST = re.compile(r"[A-Za-z0-9_.@]+")
# Longest first: the first that fits is taken.
_SYMBOLS = (
    *("==", "!=", "<=", ">=", "=~", "!~", "<>", "&&", "||"),
    *"=<>!+-*/^%()[],|:",
)
_DURATION_UNIT = re.compile(
    "ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?"
    "|d|days?|w|weeks?|mo|mons?|months?|q|qtrs?|quarters?|y|yrs?|years?"
)
# After these words a value follows, so a slash begins a regular expression, not a division.
_BEFORE_VALUE = frozenset({"like", "parse", "and", "or", "not", "in", "by", "as"})
_OPERAND_ENDS = frozenset({")", "]"})


def tokenize(text: str) -> list[Token]:
    """Cut a where-expression or a whole Logs Insights query into its tokens.

    Args:
        text: The expression or query; comments and line ends are allowed.

    Raises:
        ExpressionError: A string, backtick or regular expression is not closed, or a
            character means nothing here.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if skipped := _skip(text, position, tokens):
            position = skipped
            continue
        token = _token(text, position, tokens)
        tokens.append(token)
        position = token.end
    return tokens


def _skip(text: str, position: int, before: list[Token]) -> int:
    """Return where white space and comments at a position end; 0 if there are none."""
    if match := _SKIPPED.match(text, position):
        return match.end()
    # Not in the reference, but AWS's own published queries have such comments.
    if not _demands_regex(before) and (match := _SLASH_COMMENT.match(text, position)):
        return match.end()
    return 0


def _token(text: str, position: int, before: list[Token]) -> Token:
    char = text[position]
    if char in "\"'":
        return _string(text, position)
    if char.isascii() and char.isdigit():
        return _number(text, position)
    if match := _NAME.match(text, position):
        return _name(match)
    if match := PARAMETER.match(text, position):
        return Token(TokenKind.PARAMETER, match[0], match[1], position)
    if text.startswith("/*", position) and "*/" in text[position + 2 :]:
        raise ExpressionError("/* begins no comment; write # before one", text, position, 2)
    if char == "/" and _regex_may_follow(before):
        return _regex(text, position)
    for symbol in _SYMBOLS:
        if text.startswith(symbol, position):
            return Token(TokenKind.SYMBOL, symbol, symbol, position)
    raise _unexpected(text, position)


def _name(match: re.Match[str]) -> Token:
    raw = match[0]
    kind = TokenKind.QUOTED_NAME if "`" in raw else TokenKind.NAME
    return Token(kind, raw, raw.replace("`", ""), match.start())


def _string(text: str, position: int) -> Token:
    match = _STRING.match(text, position)
    if match is None:
        quote = text[position]
        raise ExpressionError(
            f"this string has no closing {quote} (write \\{quote} for one inside it)",
            text,
            position,
        )
    # Only the quotes and the backslash itself are escaped: "C:\temp" keeps its backslash.
    value = _ESCAPED.sub(lambda m: m[1] if m[1] in "\"'\\" else m[0], match[0][1:-1])
    return Token(TokenKind.STRING, match[0], value, position)


def _number(text: str, position: int) -> Token:
    match = _NUMBER.match(text, position)
    digits = match[0] if match else ""
    rest = _WORD_REST.match(text, position + len(digits))
    if rest is None:
        return Token(TokenKind.NUMBER, digits, _number_value(text, digits, position), position)
    whole = digits + rest[0]
    if _DURATION_UNIT.fullmatch(rest[0]):
        return Token(TokenKind.DURATION, whole, whole, position)
    hint = f'write "{whole}" in quotes if it is a text'
    if rest[0].lower() in ("and", "or"):
        hint = f"write a blank before {rest[0]}"
    raise ExpressionError(
        f"{whole} is neither a number nor a duration; {hint}",
        text,
        position,
        len(whole),
    )


def _number_value(text: str, digits: str, position: int) -> int | float:
    value = float(digits)
    if digits.isdigit() and value != float("inf"):
        return int(digits)
    if value == float("inf"):
        raise ExpressionError("this number is too large", text, position, len(digits))
    return value


def _regex(text: str, position: int) -> Token:
    # Whether a slash inside [...] ends the expression is not documented: read it as part of
    # the class where that makes sense of the line, else as the end.
    match = _REGEX_CLASSED.match(text, position) or _REGEX_PLAIN.match(text, position)
    if match is None:
        empty = text.startswith("//", position)
        reason = (
            "this regular expression is empty"
            if empty
            else "this regular expression has no closing / (write \\/ for one inside it)"
        )
        raise ExpressionError(reason, text, position, 2 if empty else 1)
    value = _ESCAPED.sub(lambda m: "/" if m[1] == "/" else m[0], match[0][1:-1])
    return Token(TokenKind.REGEX, match[0], value, position)


def _demands_regex(before: list[Token]) -> bool:
    """Tell whether only a pattern can follow, so that // is an empty one, not a comment."""
    return bool(before) and (before[-1].word == "like" or before[-1].text == "=~")


def _regex_may_follow(before: list[Token]) -> bool:
    if not before:
        return True
    last = before[-1]
    if last.word in _BEFORE_VALUE:
        return True
    if last.kind is TokenKind.SYMBOL:
        return last.text not in _OPERAND_ENDS
    names = (TokenKind.NAME, TokenKind.QUOTED_NAME)
    return last.kind in names and len(before) > 1 and before[-2].word == "parse"


def _unexpected(text: str, position: int) -> ExpressionError:
    char = text[position]
    if char == "`":
        return ExpressionError("this name has no closing `", text, position)
    if char.isalpha():
        reason = f"a name with {char!r} in it needs backticks around it"
        return ExpressionError(reason, text, position)
    if text.startswith("{{", position):
        reason = "a parameter is written {{name}}: letters, digits and _"
        return ExpressionError(reason, text, position, 2)
    return ExpressionError(f"{char!r} means nothing here", text, position)
