"""Reads the pieces that all kinds of filter patterns are made of, and their conditions.

The facts are those of the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail".
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import msgspec

from intentlog.expression.errors import FilterPatternError
from intentlog.expression.pattern_regex import RegexProblem, read_regex
from intentlog.expression.values import number_in, number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LENGTH: Final = 1024
MAX_REGEXES: Final = 2

Scalar: TypeAlias = str | int | float | bool

_SPACE = re.compile(r"\s*")
_COMPARISON = re.compile(r"!=|<=|>=|=|<|>")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_REGEX = re.compile(r"%([^%]*)%")
_BARE = re.compile(r"[A-Za-z0-9_.*+-]+")
_WRONG_COMPARISONS = {"==": "=", "<>": "!=", "=~": "=%regex%", "!": "!="}
_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Wildcard(msgspec.Struct, frozen=True):
    """A text in which an asterisk at the start or the end stands for anything.

    An asterisk between other characters is one: so says an older edition of the page ("Filter
    and Pattern Syntax"); the present one gives only examples with it at the ends.
    """

    text: str

    def fits(self, text: str) -> bool:
        """Tell whether a text is described by this one."""
        core = self.text.strip("*")
        if not self.text.startswith("*"):
            return text.startswith(core) if self.text.endswith("*") else text == core
        return core in text if self.text.endswith("*") else text.endswith(core)


Operand: TypeAlias = Wildcard | int | float | re.Pattern[str]


class Test(msgspec.Struct, frozen=True):
    """A comparison operator with the operand on its right."""

    operator: str
    operand: Operand

    def accepts(self, value: object) -> bool:
        """Tell whether a string, number or boolean passes; anything else does not.

        The page calls strings and numbers value nodes: objects, arrays and null pass no test,
        not even ``!=``. It says nothing of these, so the plainest reading is taken:
        a boolean equals no text and no number (``IS TRUE`` is for it), a text that spells a
        number compares as one with an unquoted number, as in a space-delimited event, and a
        number compares with a quoted text as it prints.
        """
        if text_of(value) is None:
            return False
        if self.operator == "!=":
            return not self._equal(value)
        if self.operator == "=":
            return self._equal(value)
        number = None if isinstance(value, bool) else number_of(value)
        if number is None or isinstance(self.operand, (Wildcard, re.Pattern)):
            return False
        return _ORDER[self.operator](number, self.operand)

    def _equal(self, value: object) -> bool:
        if isinstance(value, bool):
            return False
        if isinstance(self.operand, Wildcard):
            return self.operand.fits(text_of(value) or "")
        if isinstance(self.operand, re.Pattern):
            return bool(self.operand.search(text_of(value) or ""))
        return number_of(value) == self.operand


class Scanner:
    """A place in the text of a filter pattern, and the ways to move it on."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.regexes = 0

    def skip_space(self) -> None:
        """Move on to the next character that is no white space."""
        match = _SPACE.match(self.source, self.at)
        self.at = match.end() if match else self.at

    def at_end(self) -> bool:
        """Tell whether nothing but white space is left."""
        self.skip_space()
        return self.at >= len(self.source)

    def take(self, text: str) -> bool:
        """Skip white space and take exactly this text if it comes next."""
        self.skip_space()
        if not self.source.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what a compiled expression matches right here, without skipping space."""
        match = pattern.match(self.source, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def fail(self, reason: str, at: int | None = None, width: int = 1) -> NoReturn:
        """Raise an error that points here, or at another place."""
        place = self.at if at is None else at
        raise FilterPatternError(reason, self.source, place, width)

    def quoted(self) -> str:
        """Take a text in double quotes.

        How a quote is written inside one is not documented; a backslash is assumed.
        """
        match = self.take_match(_QUOTED)
        if match is None:
            self.fail('this text has no closing "')
        return _ESCAPED.sub(r"\1", match[1])

    def regex(self) -> re.Pattern[str]:
        """Take a regular expression between percent signs."""
        start = self.at
        match = self.take_match(_REGEX)
        if match is None:
            self.fail("this regular expression has no closing %")
        self.regexes += 1
        try:
            return read_regex(match[1]).compiled
        except RegexProblem as problem:
            self.fail(problem.reason, start + 1 + problem.offset)

    def test(self) -> Test:
        """Take a comparison operator and its operand."""
        self.skip_space()
        start = self.at
        sign = self.take_match(_COMPARISON)
        wrong = next((w for w in _WRONG_COMPARISONS if self.source.startswith(w, start)), None)
        if wrong and (sign is None or len(wrong) > len(sign[0])):
            right = _WRONG_COMPARISONS[wrong]
            self.fail(f"{wrong} is not an operator of a filter pattern; use {right}", start, 2)
        if sign is None:
            self.fail("expected =, !=, <, <=, > or >= here")
        operand = self._operand()
        if sign[0] not in ("=", "!=") and isinstance(operand, (Wildcard, re.Pattern)):
            self.fail(f"{sign[0]} compares with a number only", start, self.at - start)
        return Test(sign[0], operand)

    def _operand(self) -> Operand:
        self.skip_space()
        char = self.source[self.at : self.at + 1]
        if char == '"':
            return Wildcard(self.quoted())
        if char == "%":
            operand = self.regex()
            if self.regexes > MAX_REGEXES:
                self.fail(f"a filter pattern can have {MAX_REGEXES} regular expressions at most")
            return operand
        bare = self.take_match(_BARE)
        if bare is None:
            self.fail('expected a value here: a number, a word, "a text" or %a regex%')
        number = number_in(bare[0])
        return Wildcard(bare[0]) if number is None else number
