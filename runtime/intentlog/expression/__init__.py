"""Where-expressions and CloudWatch filter patterns: parse, print, evaluate, compile."""

from intentlog.expression.compile_pattern import filter_pattern
from intentlog.expression.errors import ExpressionError, FilterPatternError, NotExpressibleError
from intentlog.expression.evaluate import compile_where, find, matches
from intentlog.expression.pattern import FilterPattern, Match
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
