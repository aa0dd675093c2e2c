"""What to say to somebody whose where-expression is wrong, by what was found instead."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from intentlog.expression.tokens import Token, TokenKind

if TYPE_CHECKING:
    from intentlog.expression.tree import Field

KEYWORDS: Final = frozenset({"and", "or", "not", "in", "like", "ispresent", "true", "false"})
OPERATORS: Final = "=, !=, <, <=, >, >=, in, not in, like, not like, =~"
WRONG_OPERATORS: Final = {
    "==": "== is not an operator of Logs Insights; use =",
    "<>": "<> is not an operator of Logs Insights; use !=",
    "!~": "!~ is not an operator of Logs Insights; use not like /…/",
    "&&": "&& is not an operator of Logs Insights; use and",
    "||": "|| is not an operator of Logs Insights; use or",
    "ilike": "ilike is not an operator of Logs Insights; use like /(?i)…/",
    "is": "is is not an operator of Logs Insights; use ispresent(field) or not ispresent(field)",
    "contains": 'contains is not an operator of Logs Insights; use like "…"',
}


def no_field(token: Token) -> str:
    """Say why a token is no field."""
    if token.kind in (TokenKind.STRING, TokenKind.NUMBER):
        return 'the field comes first: write level = "ERROR", not "ERROR" = level'
    if token.kind is TokenKind.PARAMETER:
        return "a {{parameter}} can stand in a saved query only"
    return f"expected a field, not {token.text}"


def no_function(name: str) -> str:
    """Say that a function cannot be called, or which was meant."""
    if difflib.get_close_matches(name.lower(), ["ispresent"]):
        return f"no function is called {name}; did you mean ispresent?"
    return f"{name}(…) cannot be used here; the only function is ispresent(field)"


def no_operator(field: Field, token: Token, source: str) -> str:
    """Say why a token after a field is no operator, and which was meant."""
    if reason := WRONG_OPERATORS.get(token.word or token.text):
        return reason
    if token.text == "-":
        name = re.match(r"[\w@.-]+", source[field.position :])
        return (
            f"- is a minus here; a name with - in it needs backticks: `{name[0]}`" if name else ""
        )
    close = difflib.get_close_matches(token.word, ["in", "like", "not"], 1) if token.word else []
    hint = f"; did you mean {close[0]}?" if close else f"; operators are {OPERATORS}"
    return f"expected an operator after {field.name}, not {token.text}{hint}"


def no_value(token: Token) -> str:
    """Say why a token is no value to compare with."""
    if token.kind in (TokenKind.NAME, TokenKind.QUOTED_NAME):
        return f'a text needs quotes: did you mean "{token.value}"?'
    if token.kind is TokenKind.DURATION:
        return f"{token.text} is a duration; a field is compared with a text or a number"
    if token.kind is TokenKind.REGEX:
        return "a regular expression follows like or =~ only"
    if token.kind is TokenKind.PARAMETER:
        return "a {{parameter}} can stand in a saved query only"
    return f"expected a value, not {token.text}: a quoted text, a number, true or false"
