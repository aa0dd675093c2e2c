"""Evaluates CloudWatch Logs filter patterns, so that a metric filter can be tested offline.

The syntax is that of the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail"; its limits on a pattern are kept too. Where the page
is silent, what was assumed stands in a comment at the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intentlog.expression.errors import FilterPatternError
from intentlog.expression.pattern_json import (
    JsonPattern,
    parse_event,
    read_json_pattern,
    read_selector,
    scalar_at,
)
from intentlog.expression.pattern_scan import MAX_LENGTH, Scanner
from intentlog.expression.pattern_space import SpacePattern, read_space_pattern
from intentlog.expression.pattern_terms import TermsPattern, read_terms
from intentlog.expression.values import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Match:
    """A line that matched, and the values a metric filter can take from it.

    Attributes:
        line: The line.
        extracted: The values of the pattern's own selectors: ``$.latency`` of a JSON pattern,
            ``$bytes`` or ``$7`` of a space-delimited one, nothing of terms.
    """

    line: str
    extracted: Mapping[str, object]

    def value_of(self, selector: str) -> object:
        """Return the string, number or boolean at a selector; None if there is none.

        Args:
            selector: What a metric value or dimension names: ``$.latency`` or ``$bytes``. A
                JSON selector need not occur in the pattern.

        Raises:
            FilterPatternError: This is no selector.
        """
        if selector in self.extracted:
            return self.extracted[selector]
        if not selector.startswith(("$.", "$[")):
            if selector.startswith("$"):
                return None
            raise FilterPatternError("a selector is $.key or $name", selector)
        scanner = Scanner(selector)
        parsed = read_selector(scanner)
        if not scanner.at_end():
            scanner.fail("nothing can follow a selector")
        return scalar_at(parsed, parse_event(self.line))

    def number_of(self, selector: str) -> int | float | None:
        """Return the number at a selector, as a metric value needs it; None if it is none."""
        value = self.value_of(selector)
        return None if isinstance(value, bool) else number_of(value)


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """A parsed filter pattern.

    Attributes:
        text: The pattern as it was given.
    """

    text: str
    _body: JsonPattern | SpacePattern | TermsPattern

    @classmethod
    def parse(cls, text: str) -> FilterPattern:
        """Parse a pattern of any kind: terms, ``{ … }`` for JSON, ``[ … ]`` for columns.

        Args:
            text: The pattern; an empty one matches every line.

        Raises:
            FilterPatternError: It breaks the documented syntax or one of the limits.
        """
        if len(text) > MAX_LENGTH:
            reason = f"the pattern has {len(text)} characters; {MAX_LENGTH} are allowed"
            raise FilterPatternError(reason, text, MAX_LENGTH)
        scanner = Scanner(text)
        scanner.skip_space()
        first = text[scanner.at : scanner.at + 1]
        if first == "{":
            return cls(text, read_json_pattern(scanner))
        if first == "[":
            return cls(text, read_space_pattern(scanner))
        return cls(text, read_terms(scanner))

    def match(self, line: str) -> Match | None:
        """Return the match of a line with the extracted values; None if it does not match."""
        extracted = self._body.find(line)
        return None if extracted is None else Match(line, extracted)

    def matches(self, line: str) -> bool:
        """Tell whether a line matches."""
        return self._body.find(line) is not None
