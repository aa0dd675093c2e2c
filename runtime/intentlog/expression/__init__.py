"""Where-expressions and CloudWatch filter patterns: parse, print, evaluate, compile.

Filter patterns are imported when one of their names is asked for: whoever reads expressions only
does without.
"""

import importlib
import typing

from intentlog.expression.errors import ExpressionError, FilterPatternError, NotExpressibleError
from intentlog.expression.evaluate import compile_where, find, matches
from intentlog.expression.printing import to_text
from intentlog.expression.tokens import PARAMETER, Token, TokenKind, tokenize
from intentlog.expression.tree import (
    And,
    Comparison,
    Field,
    Like,
    Membership,
    Not,
    Or,
    Present,
    Value,
    Where,
    fields_of,
    literals_of,
)
from intentlog.expression.where import parse_where

if typing.TYPE_CHECKING:
    from intentlog.expression.compile_pattern import filter_pattern
    from intentlog.expression.pattern import FilterPattern, Match

__all__ = [
    "PARAMETER",
    "And",
    "Comparison",
    "ExpressionError",
    "Field",
    "FilterPattern",
    "FilterPatternError",
    "Like",
    "Match",
    "Membership",
    "Not",
    "NotExpressibleError",
    "Or",
    "Present",
    "Token",
    "TokenKind",
    "Value",
    "Where",
    "compile_where",
    "fields_of",
    "filter_pattern",
    "find",
    "literals_of",
    "matches",
    "parse_where",
    "to_text",
    "tokenize",
]

_LATER = {"FilterPattern": "pattern", "Match": "pattern", "filter_pattern": "compile_pattern"}


def __getattr__(name: str) -> typing.Any:
    """Return one of these names (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
