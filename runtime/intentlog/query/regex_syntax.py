r"""The syntax of RE2, as far as it can be told without the engine.

What is left to the engine: whether a script such as ``\p{Greek}`` exists, and whether the whole
is too large. `local.run` says where those are.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPE: Final = r"\\(?:x\{[0-9A-Fa-f]*\}|x[0-9A-Fa-f]{2}|[pP](?:\{[^}]*\}|.)|[0-7]{1,3}|.)?"
_COUNT: Final = r"(?:0|[1-9][0-9]{0,8})"
PIECE: Final = rf"""(?xs)
    (?P<quoted> \\Q (?P<text> .*? ) (?: \\E | \Z ) )
    | (?P<escape> {_ESCAPE} )
    | (?P<class> \[ \^?+ (?P<members> \]?+ (?> \[:.*?:\] | \\. | [^]\\] )*+ ) \] )
    | (?P<flags> \(\? [imsU]* (?: -[imsU]+ )? \) )
    | (?P<open> \( (?:
        \?P?< (?![=!]) (?P<name> [^>]+ ) > | \? [imsU]* (?: -[imsU]+ )? : | (?!\?)
      ) )
    | (?P<other> \(\? P?.? [=!]? )
    | (?P<close> \) )
    | (?P<bar> \| )
    | (?P<repeat> (?:
        [*+?] | \{{ (?P<least> {_COUNT} ) (?P<more> , (?P<most> {_COUNT} )? )? \}}
      ) \?? )
    | (?P<literal> . )
    """
"""One piece of a regular expression; ``name`` is that of a group.

It takes 4 ms to compile, which `re` does at its first use: few queries have a regular expression.
"""

MEMBER: Final = rf"""(?xs)
    \[: (?P<posix> .*? ) :\]
    | (?P<set> \\[dswDSW] | \\[pP] (?: \{{[^}}]*\}} | . )? )
    | (?P<low> {_ESCAPE} | . ) (?: - (?P<high> {_ESCAPE} | . ) )?
    """
"""One member of a class: a POSIX class, a set such as ``\\d``, a character or a range."""
_POSIX: Final = (
    "alnum, alpha, ascii, blank, cntrl, digit, graph, lower, print, punct, space, upper, word, "
    "xdigit"
)
_CATEGORY: Final = re.compile("C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")
# Java also has \p{IsGreek} and \p{Alpha}.
_SCRIPT: Final = re.compile(
    r"(?!I[sn][A-Z]|(?:ASCII|Al(?:pha|num)|Blank|Cntrl|Digit|Graph|Lower|Print|Punct|Space|Upper|XDigit)\Z)"
    r"[A-Z][A-Za-z_]{2,}"
)
_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_INSTEAD: Final = {
    "Z": r"write \z",
    "h": r"write [ \t]",
    "R": r"write \r?\n",
    "e": r"write \x1b",
    "u": r"write \x{00e9}",
    "E": r"it ends \Q only",
}
_MOST_REPEATED: Final = 1000
LAST_CODE_POINT: Final = 0x10FFFF


class RegexSyntaxError(ValueError):
    """RE2 does not take a regular expression.

    Attributes:
        message: What is wrong.
        hint: What to write instead; empty if there is nothing to say.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


def check(pattern: str) -> None:
    """Check a regular expression.

    Raises:
        RegexSyntaxError: Something of it RE2 has not, or it is torn.
    """
    checker = _Checker()
    for piece in re.finditer(PIECE, pattern):
        checker.take(piece)
    if checker.depth:
        raise RegexSyntaxError("a ( is never closed", r"write \( for one that is meant")


class _Checker:
    """Checks one piece after the other.

    Counts multiply where one repetition is in another, so each open group knows the largest
    product in it, and whether what stands last in it can be repeated.
    """

    def __init__(self) -> None:
        self._largest = [1]
        self._last = 0  # the product of what stands last; 0 if nothing does
        self._repeated = False

    @property
    def depth(self) -> int:
        return len(self._largest) - 1

    def take(self, piece: re.Match[str]) -> None:
        repeated, self._repeated = self._repeated, piece.lastgroup == "repeat"
        match piece.lastgroup:
            case "repeat":
                self._repeat(piece, repeated=repeated)
            case "open":
                self._largest.append(1)
                self._last = 0
            case "close":
                self._close()
            case "bar":
                self._last = 0
            case "quoted":
                self._last = 1 if piece["text"] else self._last
            case "flags":
                pass
            case _:
                _check_atom(piece)
                self._last = 1

    def _close(self) -> None:
        if not self.depth:
            raise RegexSyntaxError("a ) closes nothing", r"write \) for one that is meant")
        self._last = self._largest.pop()
        self._largest[-1] = max(self._largest[-1], self._last)

    def _repeat(self, piece: re.Match[str], *, repeated: bool) -> None:
        text = piece[0]
        if not self._last:
            raise RegexSyntaxError(f"{text} repeats nothing", f"write \\{text} if it is meant")
        if repeated:
            message = f"RE2 repeats nothing twice: {text} follows a repetition"
            raise RegexSyntaxError(message, "put the first one into (?:…)")
        if piece["least"] is None:
            return
        least = int(piece["least"])
        most = least if not piece["more"] else int(piece["most"] or 0)
        if piece["most"] and most < least:
            raise RegexSyntaxError(f"{text} has the larger number first")
        self._last *= max(least, most, 1)
        self._largest[-1] = max(self._largest[-1], self._last)
        if self._last > _MOST_REPEATED and max(least, most) > 1:
            message = f"RE2 repeats {_MOST_REPEATED} times at most, one in another multiplied"
            raise RegexSyntaxError(message, "write * or +")


def _check_atom(piece: re.Match[str]) -> None:
    text = piece[0]
    match piece.lastgroup:
        case "escape":
            _check_escape(text)
        case "class":
            for member in re.finditer(MEMBER, piece["members"]):
                _check_member(member)
        case "other" if text[2:4].lstrip("<")[:1] in ("=", "!"):
            hint = "say what may stand there instead"
            raise RegexSyntaxError("RE2 has no lookahead or lookbehind", hint)
        case "other":
            hint = "it has (?:…), (?<name>…) and the flags i, m, s and U: (?i)"
            raise RegexSyntaxError(f"RE2 has no {text}", hint)
        case _ if text == "[":
            raise RegexSyntaxError("a [ is never closed", r"write \[ for one that is meant")


def _check_escape(text: str) -> None:
    if text[1:2] in ("p", "P"):
        _check_property(text)
    elif text[1:] not in tuple("bBAzCdswDSW"):
        code_point(text)


def _check_property(text: str) -> None:
    name = text[2:].removeprefix("{").removesuffix("}").removeprefix("^")
    if not (_CATEGORY.fullmatch(name) or _SCRIPT.fullmatch(name)):
        raise RegexSyntaxError(
            f"RE2 has no {text}", r"it has categories and scripts: \p{Lu}, \p{Greek}, [[:alpha:]]"
        )


def _check_member(member: re.Match[str]) -> None:
    if member["posix"] is not None:
        if member["posix"].removeprefix("^") not in _POSIX.split(", "):
            message = f"there is no class [:{member['posix']}:]"
            raise RegexSyntaxError(message, f"there are {_POSIX}")
    elif member["set"]:
        _check_escape(member["set"])
    else:
        low, high = (code_point(member[end] or member["low"]) for end in ("low", "high"))
        if high < low:
            raise RegexSyntaxError(f"{member[0]} ends before it begins")


def code_point(text: str) -> int:
    r"""Return the character of one that may be escaped, as in ``\n`` or ``\x{e9}``."""
    if not text.startswith("\\"):
        return ord(text)
    code = text[1:]
    if re.fullmatch("[0-7]{2,3}|0", code):
        return int(code, 8)
    if re.fullmatch(r"x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})", code):
        number = int(code[1:].strip("{}"), 16)
        if number <= LAST_CODE_POINT:
            return number
    elif code in _CONTROLS:
        return _CONTROLS[code]
    elif code == "_" or (len(code) == 1 and code.isascii() and not code.isalnum()):
        return ord(code)
    if not code:
        raise RegexSyntaxError("it ends with a \\", "write \\\\ for one that is meant")
    if code.isdecimal():
        raise RegexSyntaxError(f"RE2 has no references to groups such as {text}")
    raise RegexSyntaxError(f"RE2 has no {text} here", _INSTEAD.get(code, ""))
