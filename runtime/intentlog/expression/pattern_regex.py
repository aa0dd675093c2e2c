"""The regular expressions that a CloudWatch filter pattern accepts.

What is allowed is the list under "Supported regular expressions (regex) syntax" on the AWS page
"Filter pattern syntax for metric filters, subscription filters, filter log events, and Live
Tail". A space is not in that list, but an example there (``shutting down``) has one.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_SYMBOLS: Final = frozenset(":_#=@/;,- ")
_OPERATORS: Final = frozenset("^$?[]{}|\\*+.")
_ESCAPED_LETTERS: Final = frozenset("dDsSwW")
_QUANTIFIERS: Final = frozenset("?*+{")
_COUNTS = re.compile(r"\{ *([0-9]*)(?:(,) *([0-9]*))? *\}")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")
_ASCII: Final = 128


class RegexProblem(ValueError):  # noqa: N818  - caught here and there, never shown to a user
    """Says why a regular expression is outside the subset, and at which character."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


class PatternRegex(msgspec.Struct, frozen=True):
    """A regular expression of the subset.

    Attributes:
        text: As it stands between the two % of a filter pattern.
        compiled: The same for Python.
    """

    text: str
    compiled: re.Pattern[str]


def read_regex(text: str, *, encode: bool = False) -> PatternRegex:
    r"""Check a regular expression against the subset and compile it.

    Args:
        text: The expression, without the percent signs.
        encode: Write an ASCII character that the subset lacks as ``\xhh``, which it has, instead
            of refusing it: ``a!`` becomes ``a\x21``.

    Raises:
        RegexProblem: It uses what the subset lacks.
    """
    reader = _Reader(text, encode=encode)
    reader.read()
    try:
        compiled = re.compile("".join(reader.python), re.ASCII)
    except (re.error, OverflowError) as error:
        raise RegexProblem(f"this is not a regular expression: {error}", 0) from error
    return PatternRegex("".join(reader.output), compiled)


class _Reader:
    """Walks the expression once and writes it twice: for CloudWatch and for Python."""

    def __init__(self, text: str, *, encode: bool) -> None:
        self._text = text
        self._encode = encode
        self._at = 0
        self._repeatable = False
        self.output: list[str] = []
        self.python: list[str] = []

    def read(self) -> None:
        if not self._text:
            raise RegexProblem("the regular expression is empty", 0)
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "[":
                self._class()
            elif char in _QUANTIFIERS:
                self._quantifier(char)
            elif char in "^$|":
                self._write(char, repeatable=False)
            elif char == ".":
                self._write(char, repeatable=True)
            elif char in "()":
                raise RegexProblem(_group_reason(self._text, self._at), self._at)
            else:
                self._write(*self._character(), repeatable=True)

    def _write(self, output: str, python: str = "", *, repeatable: bool) -> None:
        if not python:  # a one-character operator, the same on both sides
            self._at += len(output)
        self.output.append(output)
        self.python.append(python or output)
        self._repeatable = repeatable

    def _quantifier(self, char: str) -> None:
        start = self._at
        if not self._repeatable:
            # Also a?? and a++: lazy and possessive quantifiers are not in the list.
            raise RegexProblem(f"there is nothing for {char} to repeat", start)
        written = char
        if char == "{":
            match = _COUNTS.match(self._text, start)
            if match is None or not (match[1] or match[3]):
                raise RegexProblem("a repetition is written {2}, {2,}, {,5} or {2,5}", start)
            written = f"{{{match[1]}{match[2] or ''}{match[3] or ''}}}"
            self._at = match.end()
        else:
            self._at += 1
        self._write(written, written, repeatable=False)

    def _character(self) -> tuple[str, str]:
        """Take one literal character or escape; return it for CloudWatch and for Python."""
        start, char = self._at, self._text[self._at]
        if char == "\\":
            return self._escape()
        self._at += 1
        return self._literal(char, start)

    def _literal(self, char: str, offset: int) -> tuple[str, str]:
        if char.isascii() and (char.isalnum() or char in _SYMBOLS):
            return char, re.escape(char)
        if char in _OPERATORS:
            return f"\\{char}", re.escape(char)
        code = f"\\x{ord(char):02X}" if ord(char) < _ASCII else ""
        if code and self._encode:
            return code, code
        if code:
            raise RegexProblem(f"{char} is not allowed; write {code} for it", offset)
        raise RegexProblem(f"{char} is not allowed: only ASCII characters are", offset)

    def _escape(self) -> tuple[str, str]:
        start = self._at
        if match := _HEX.match(self._text, start):
            self._at = match.end()
            if int(match[1], 16) >= _ASCII:
                raise RegexProblem(f"{match[0]} is no ASCII character", start)
            return match[0], match[0]
        escaped = self._text[start + 1 : start + 2]
        self._at += 2
        if escaped in _ESCAPED_LETTERS and escaped:
            return f"\\{escaped}", f"\\{escaped}"
        if not escaped or (escaped.isascii() and escaped.isalnum()):
            allowed = "\\d \\D \\s \\S \\w \\W, \\xhh and \\ before a symbol are"
            raise RegexProblem(f"\\{escaped} is not allowed; {allowed}", start)
        if escaped in _SYMBOLS:
            return f"\\{escaped}", re.escape(escaped)
        return self._literal(escaped, start)

    def _class(self) -> None:
        start = self._at
        self._at += 1
        output, python = ["["], ["["]
        if self._text.startswith("^", self._at):
            self._at += 1
            output.append("^")
            python.append("^")
        if self._text.startswith("]", self._at):
            raise RegexProblem("a class cannot begin with ]; write \\]", self._at)
        while not self._text.startswith("]", self._at):
            if self._at >= len(self._text):
                raise RegexProblem("this [ is not closed", start)
            item, item_python = self._class_item()
            output.append(item)
            python.append(item_python)
        self._at += 1
        self._write("".join(output) + "]", "".join(python) + "]", repeatable=True)

    def _class_item(self) -> tuple[str, str]:
        """Take one character or range of a class; inside, operators are ordinary characters."""
        low, low_python = self._class_character()
        dash, following = (
            self._text[self._at : self._at + 1],
            self._text[self._at + 1 : self._at + 2],
        )
        if dash != "-" or following in ("", "]"):
            return low, low_python
        offset = self._at
        self._at += 1
        high, high_python = self._class_character()
        if _is_set(low) or _is_set(high):
            raise RegexProblem("a range goes from one character to another", offset)
        return f"{low}-{high}", f"{low_python}-{high_python}"

    def _class_character(self) -> tuple[str, str]:
        start, char = self._at, self._text[self._at]
        if char == "[":
            # The service's own engine may read a nested class here; Python reads a character.
            raise RegexProblem("a [ inside a class needs a \\ before it", start)
        if char in _OPERATORS and char != "\\":
            self._at += 1
            return char, re.escape(char)
        return self._character()


def _is_set(item: str) -> bool:
    return len(item) > 1 and item[1] in _ESCAPED_LETTERS


def _group_reason(text: str, offset: int) -> str:
    if text.startswith("(?i)", offset):
        return "(?i) is not allowed; write both cases: [Ee]rror"
    return "( and ) are not allowed: there are no groups; write \\x28 and \\x29 for the characters"
