"""Secrets that stand in a text beside their name: ``password=…``, ``"token": "…"``.

The names are those that are secret as keys, too. A name is found where a word begins and a value
is looked at once, so that a text takes time with its length alone.
"""

import re
from collections.abc import Callable
from typing import Final

from .keys import Secrecy

REDACTED: Final = "[redacted]"

_NAME: Final = re.compile(
    r"""
    <(?:[\w-]++:)?(?P<element>[\w-]++)>                          # <password>…</password>
    | \(b?["'](?P<pair>[\w-]++)["'],\s*+(?=b?["'])               # ('password', '…')
    | (?<![\w-])(?P<option>--[\w-]++)(?:\s++|["'],\s*+(?=["']))(?!-)    # --password …
    | (?<![\w-])(?P<name>[\w-]++)
      (?P<mark>
        (?:\]|%5[Dd])?+(?:=(?:(?![=>])|>(?=["']))|%3[AaDd])   # password=…, a[password]=…
        | \\*+["'](?:\]|\s*+(?==|:))\s*+(?:=>|:=|[:=])\s*+       # "password": …, env['TOKEN'] = …
        | \s++:?=(?![=>])\s*+ | :=\s*+                           # password = …
        | \s*+:\s*+                                              # Password: …
      )
    """,
    re.VERBOSE,
)
_VALUE: Final = re.compile(
    r"(?P<before>(?:[A-Za-z_][\w.]*+\()?(?:[bBrRuUfF]{1,2}(?=[\"']))?)"  # b'…', SecretStr('…')
    r"(?P<quote>\\*[\"'])"
    r"(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\n]))*+)"
    r"|(?P<plain>\[[^\]\n]*+\]?|\{[^}\n]*+\}?"
    # Up to what ends a word: marks within it are its own, unless another name follows them.
    r"|(?:[^\s\"',;&()\[\]{}<>\\]|\\(?![nrtu\"'\\])"
    r"|[,;&](?=[^\s\"',;&()\[\]{}<>\\=:]++(?![=:\[\"']))"
    r"|[()\[\]{}'<>](?=\w))++)"
)
_IN_ELEMENT: Final = re.compile(r"(?P<plain>[^<]++)")

# What stands where a value would: that there is none, its type, or what will be filled in.
_NO_SECRET: Final = re.compile(
    r"\[redacted\].*|(?:None|null|nil|undefined|true|false|str|bytes|SecretStr|string"
    r"|bearer|basic|digest|negotiate)"
    r"|%[srd]|%\(\w+\)s|\{[\w.!:]*\}|\*+|",
    re.IGNORECASE | re.DOTALL,
)
_DOTTED: Final = re.compile(r"(?:[A-Za-z_]\w*\.)*\w+")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_CALL: Final = re.compile(r"[A-Za-z_][\w.]*[(\[]")
# "Unexpected token: comma" is a sentence, "token: 8f3a…" is none.
_IN_SENTENCES: Final = (
    *("token", "tokens", "jwts", "cookie", "cookies", "authorization", "bearer", "jwt"),
    *("credential", "credentials", "secrets"),
)
_LOOKS_RANDOM: Final = re.compile(r"(?=.*\d)(?=.*[^\W\d]).{6,}|.{16,}", re.DOTALL)
_WITHOUT_SPACE: Final = ("password", "passwd", "pwd", "passphrase", "passcode")


def without_named(text: str, secrecy: Callable[[str], Secrecy]) -> str:
    """Return a text without the values that stand beside the name of a secret.

    Args:
        text: The text.
        secrecy: Says whether what has a name may be shown.
    """
    pieces: list[str] = []
    done = 0
    for match in _NAME.finditer(text):
        name = match["name"] or match["element"] or match["pair"] or match["option"]
        if match.start() < done or (known := secrecy(name)) == "open":
            continue
        if match["mark"] == ":" and not _may_follow(name, text, match.end()):
            continue
        pattern = _IN_ELEMENT if match["element"] else _VALUE
        value = pattern.match(text, match.end())
        if value is None or not _is_secret(name, known, match["mark"] or "", value):
            continue
        at = value.end("quote") if value["plain"] is None else value.start()
        pieces += text[done:at], REDACTED
        done = value.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _may_follow(name: str, text: str, at: int) -> bool:
    """Say whether a value may follow a colon at once: ``password:…``, ``token:"…"``.

    In ``arn:aws:secretsmanager:eu-west-1:1:secret:db``, none does.
    """
    return text[at : at + 1] in {"'", '"'} or name.lower().endswith(_WITHOUT_SPACE)


def _is_secret(name: str, known: Secrecy, mark: str, match: re.Match[str]) -> bool:
    value = match["plain"]
    if value is None:
        return _NO_SECRET.fullmatch(match["quoted"]) is None
    if _NO_SECRET.fullmatch(value) or _is_code(name, value):
        return False
    if known == "count" and _NUMBER.fullmatch(value):
        return False
    if mark.strip() == ":":
        return (
            not name.lower().endswith(_IN_SENTENCES) or _LOOKS_RANDOM.fullmatch(value) is not None
        )
    return not (mark[:1] == " " and _is_call(match))


def _is_code(name: str, value: str) -> bool:
    """Say whether a value only says its name again, as in a stack trace: ``token=self.token``."""
    return value == name or (value.endswith(f".{name}") and _DOTTED.fullmatch(value) is not None)


def _is_call(match: re.Match[str]) -> bool:
    """Say whether what is assigned is code, as in a stack trace: ``token = next(tokens)``."""
    return _CALL.match(match.string, match.start()) is not None
