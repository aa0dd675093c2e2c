r"""Writes a regular expression of RE2 for Joni, which Trino runs, so that it finds the same.

Both read most of it alike. To Joni, ``\w``, ``\d``, ``\s``, ``\b`` and ``[:alpha:]`` are Unicode's,
``$`` also stands before a last line end, ``&&`` and ``[`` mean something in a class, a flag in the
middle takes all alternatives that follow into a group, and ``\x{1F68B}`` and ``\pL`` match nothing.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

import msgspec

from .regex_syntax import LAST_CODE_POINT, MEMBER, PIECE, code_point

_WORD: Final = "[0-9A-Z_a-z]"
BOUNDARY: Final = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
NO_BOUNDARY: Final = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
LINE_START: Final = r"(?:\A|(?<=\n))"
LINE_END: Final = r"(?:\z|(?=\n))"

_SETS: Final = {"d": "0-9", "w": "0-9A-Z_a-z", "s": r"\t\n\f\r "}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\x00-\x7f",
    "blank": r"\t ",
    "cntrl": "\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "word": "0-9A-Z_a-z",
    "xdigit": "0-9A-Fa-f",
}
_ASCII_END: Final = 128
_SPECIAL: Final = frozenset(r"\.^$|?*+()[]{}-&")


def for_joni(pattern: str) -> str:
    """Return a regular expression that RE2 takes as Joni finds the same with it.

    The flag ``U`` has no counterpart: `ungreedy` finds it.
    """
    writer = _Writer()
    written = [writer.write(piece) for piece in re.finditer(PIECE, pattern)]
    return "".join(written) + writer.ends()


def ungreedy(pattern: str) -> bool:
    """Tell whether a regular expression has the flag ``U``."""
    return any("U" in _flags(piece) for piece in re.finditer(PIECE, pattern))


class _Group(msgspec.Struct):
    """A group that is open: whether ``^`` and ``$`` are of lines, and flags that began in it."""

    of_lines: bool
    flags: list[str] = []


class _Writer:
    """Writes one piece after the other."""

    def __init__(self) -> None:
        self._groups = [_Group(of_lines=False)]

    def write(self, piece: re.Match[str]) -> str:  # noqa: PLR0911 - a table of pieces
        group = self._groups[-1]
        match piece.lastgroup:
            case "quoted":
                return "".join(map(_escaped, piece["text"]))
            case "escape":
                return _escape(piece[0])
            case "class":
                return _class(piece[0], piece["members"])
            case "flags":
                self._set(group, piece)
                return self._begin(piece, group)
            case "open":
                return self._open(piece, group)
            case "close":
                ends = self.ends()
                self._groups.pop()
                return ends + ")"
            case "bar":
                return self.ends() + "|" + "".join(group.flags)
            case "literal":
                return self._literal(piece[0], group)
            case _:
                return piece[0]

    def ends(self) -> str:
        """Return what closes the flags of the innermost group."""
        return ")" * len(self._groups[-1].flags)

    def _open(self, piece: re.Match[str], around: _Group) -> str:
        inner = _Group(around.of_lines)
        self._groups.append(inner)
        if not _flags(piece):
            return piece[0]
        self._set(inner, piece)
        return f"(?{_of_joni(_flags(piece))}:"

    @staticmethod
    def _begin(piece: re.Match[str], group: _Group) -> str:
        flags = _of_joni(_flags(piece))
        if not flags:
            return ""
        group.flags.append(f"(?{flags}:")
        return group.flags[-1]

    @staticmethod
    def _set(group: _Group, piece: re.Match[str]) -> None:
        on, _, off = _flags(piece).partition("-")
        group.of_lines = "m" in on or (group.of_lines and "m" not in off)

    @staticmethod
    def _literal(char: str, group: _Group) -> str:
        match char:
            case "^":
                return LINE_START if group.of_lines else r"\A"
            case "$":
                return LINE_END if group.of_lines else r"\z"
            case ".":
                return char
            case _:
                return _escaped(char)


def _flags(piece: re.Match[str]) -> str:
    """Return the flags that a piece sets, as in ``i-s``."""
    found = re.fullmatch(r"\(\?([imsU-]+)[:)]", piece[0])
    return found[1] if found and piece.lastgroup in ("flags", "open") else ""


def _of_joni(flags: str) -> str:
    on, _, off = flags.replace("m", "").partition("-")
    return f"{on}-{off}" if off else on


def _escape(text: str) -> str:  # noqa: PLR0911 - a table of escapes
    match text[1:2]:
        case "p" | "P":
            return _property(text)
        case "d" | "w" | "s" as name:
            return f"[{_SETS[name]}]"
        case "D" | "W" | "S" as name:
            return f"[^{_SETS[name.lower()]}]"
        case "b":
            return BOUNDARY
        case "B":
            return NO_BOUNDARY
        case "A" | "z":
            return text
        case "C":
            return "(?s:.)"
        case _:
            return _escaped(chr(code_point(text)))


def _property(text: str) -> str:
    name = text[2:].removeprefix("{").removesuffix("}")
    negated = (text[1] == "P") != name.startswith("^")
    return rf"\{'P' if negated else 'p'}{{{name.removeprefix('^')}}}"


def _class(text: str, members: str) -> str:
    start = "[^" if text.startswith("[^") else "["
    return start + "".join(map(_member, re.finditer(MEMBER, members))) + "]"


def _member(member: re.Match[str]) -> str:
    if member["posix"] is not None:
        name = member["posix"]
        inner = _POSIX[name.removeprefix("^")]
        return _others(inner) if name.startswith("^") else inner
    if (name := (member["set"] or "")[1:2]) in ("p", "P"):
        return _property(member["set"])
    if name:
        inner = _SETS[name.lower()]
        return _others(inner) if name.isupper() else inner
    ends = (member["low"], *([member["high"]] if member["high"] else []))
    return "-".join(_escaped(chr(code_point(end))) for end in ends)


def _others(ranges: str) -> str:
    """Return the ranges of the characters that others, of ASCII, do not have."""
    free = [code for code in range(_ASCII_END + 1) if not re.match(f"[{ranges}]", chr(code))]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(free), _distance)]
    runs[-1][-1] = LAST_CODE_POINT
    return "".join(f"{_by_code(run[0])}-{_by_code(run[-1])}" for run in runs)


def _distance(placed: tuple[int, int]) -> int:
    return placed[1] - placed[0]


def _by_code(code: int) -> str:
    return f"\\x{code:02x}" if code < _ASCII_END else chr(code)


def _escaped(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char
