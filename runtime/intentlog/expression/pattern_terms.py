"""Filter patterns for unstructured log events: terms, phrases and regular expressions.

The facts are those of the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail", part "match terms in unstructured log events".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intentlog.expression.pattern_scan import Scanner

_WORD = re.compile(r"[A-Za-z0-9_]+")
_UNQUOTED = re.compile(r"[^\s\"]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A text or regular expression to look for, with the ? or - before it."""

    sign: str
    wanted: str | re.Pattern[str]

    def occurs_in(self, line: str) -> bool:
        """Tell whether the text, or a match of the expression, is somewhere in the line."""
        if isinstance(self.wanted, str):
            return self.wanted in line
        return bool(self.wanted.search(line))


@dataclass(frozen=True, slots=True)
class TermsPattern:
    """The terms of a pattern: all of the plain, none of the excluded, or any of the optional."""

    terms: tuple[Term, ...]

    def find(self, line: str) -> dict[str, object] | None:
        """Return no values if the line matches, None if it does not."""
        required = [term for term in self.terms if term.sign != "?"]
        if not required:
            matched = not self.terms or any(term.occurs_in(line) for term in self.terms)
        else:
            # Documented: beside other terms, the optional ones are ignored.
            matched = all(term.occurs_in(line) is (term.sign != "-") for term in required)
        return {} if matched else None


def read_terms(scanner: Scanner) -> TermsPattern:
    """Read a pattern of terms; an empty one, or one of blanks only, matches every line."""
    terms: list[Term] = []
    while not scanner.at_end():
        terms.append(_term(scanner))
        here = scanner.source[scanner.at : scanner.at + 1]
        if here and not here.isspace():
            scanner.fail("expected white space between terms")
    # Documented: " " matches everything, so blanks are no text to look for.
    return TermsPattern(tuple(t for t in terms if not _is_blank(t)))


def _is_blank(term: Term) -> bool:
    return isinstance(term.wanted, str) and not term.wanted.strip()


def _term(scanner: Scanner) -> Term:
    sign = next((sign for sign in "?-" if scanner.take(sign)), "")
    char = scanner.source[scanner.at : scanner.at + 1]
    if char == '"':
        return Term(sign, scanner.quoted())
    if char == "%":
        return Term(sign, scanner.regex())
    start = scanner.at
    whole = scanner.take_match(_UNQUOTED)
    if whole is None:
        scanner.fail(f"expected a term right after {sign}")
    if not _WORD.fullmatch(whole[0]):
        reason = "a term with other characters than letters, digits and _ needs double quotes"
        scanner.fail(f'{reason}: "{whole[0]}"', start, len(whole[0]))
    return Term(sign, whole[0])
