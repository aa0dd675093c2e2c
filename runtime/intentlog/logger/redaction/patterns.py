"""What secrets look like in a text, and what stands there instead.

Every pattern begins where a word begins or at a fixed text, so that a long text without a match
takes linear time.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from .cards import CARD, is_card

REDACTED: Final = "[redacted]"

_VALUE: Final = (  # in quotes up to the next one, else up to what ends a word in a text or a URL
    r"(?:(\\?[\"'])(?!\[redacted\])(?:[^\"'\\\n]|\\[^\"'\n]){1,2000}"
    r"|(?!\\?[\"'])(?!\[redacted\])[^\s\"',;&)}\]\\]+)"
)


class Pattern(NamedTuple):
    """A kind of secret.

    Attributes:
        hints: One of these texts is there wherever the pattern matches.
        pattern: What it looks like.
        replacement: What stands there instead.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def _unless_no_card(match: re.Match[str]) -> str:
    return REDACTED if is_card(match[0]) else match[0]


def _named(match: re.Match[str]) -> str:
    quote = match[3] or ""
    return f"{match[1]}{match[2]}{quote}{REDACTED}"


def named_values(names: str) -> re.Pattern[str]:
    """Return the pattern of ``name=value``, ``name: value`` and ``"name": "value"`` in a text."""
    return re.compile(
        rf"(?<![^\W_])([\w-]{{0,50}}?(?i:{names}))"
        r"(=|\\?[\"']\s*[:=]\s*|(?<!(?i:token))\s*:\s+)" + _VALUE
    )


PATTERNS: Final = (
    Pattern(
        ("PRIVATE KEY",),
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[^\n]*|\Z)",
            re.DOTALL,
        ),
        REDACTED,
    ),
    Pattern(
        ("eyJ",),  # JWT
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+"),
        REDACTED,
    ),
    Pattern(
        ("earer", "asic", "EARER", "ASIC"),  # not the words after them in a sentence
        re.compile(
            r"\b((?i:bearer|basic))\s+(?=[\w.~+/-]{0,200}?(?:\d|[a-z][A-Z]|=))[\w.~+/-]{8,}=*"
        ),
        rf"\1 {REDACTED}",
    ),
    Pattern(
        ("uthorization", "UTHORIZATION"),
        re.compile(
            r"\b((?i:authorization)[\"']?\s*[:=]\s*[\"']?"
            r"(?i:bearer|basic|token|digest|apikey|negotiate)\s+)(?!\[redacted\])[^\s\"',]+"
        ),
        rf"\1{REDACTED}",
    ),
    Pattern(
        ("ookie", "OOKIE"),
        re.compile(r"\b((?i:(?:set-)?cookie)[\"']?\s*:\s*[\"']?)[^\s=;,\"']+=[^\"'\r\n]*"),
        rf"\1{REDACTED}",
    ),
    Pattern(("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), REDACTED),
    Pattern(
        ("gh", "github_pat_", "npm_"),
        re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{40,}|\bnpm_[A-Za-z0-9]{36}\b"),
        REDACTED,
    ),
    Pattern(
        ("xox", "sk-", "glpat-"),
        re.compile(r"\bxox[abeprs]-[\w-]{10,}|\bsk-[\w-]{20,}|\bglpat-[\w-]{20,}"),
        REDACTED,
    ),
    Pattern(
        ("k_live_", "k_test_"),
        re.compile(r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
        REDACTED,
    ),
    Pattern(("AIza",), re.compile(r"\bAIza[\w-]{35}(?![\w-])"), REDACTED),
    Pattern(("SG.",), re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}"), REDACTED),
    Pattern(
        ("://hooks.slack.com/",),
        re.compile(r"(://hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]+"),
        rf"\1{REDACTED}",
    ),
    Pattern(
        ("://",),
        re.compile(r"(?<!\w)(\w{1,30}://[^\s/:@]{0,255}):[^\s/]+@"),
        rf"\1:{REDACTED}@",
    ),
    Pattern(
        ("=", '":', "':", ": ", '" :', "' :"),
        named_values(
            "password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key"
            "|private[_-]?key|x-amz-signature"
        ),
        _named,
    ),
    Pattern(
        ("@", "%40"),  # %40 in a URL; no version, image@2x.png, unit@tty1.service, git@host:repo
        re.compile(
            r"(?<![\w.+'-])([\w+])[\w.+'-]*(@|%40)(?!\dx\.)"
            r"((?:[\w-]+\.)+(?!(?:service|socket|timer|target|mount|slice|scope)\b)"
            r"[^\W\d_]{2,}(?![\w-]))(?!:[\w.~-]+/)"
        ),
        r"\1***\2\3",
    ),
)


def may_match(text: str) -> bool:
    """Say whether any pattern might match, at less cost than trying: no hint, no match."""
    if "@" in text or ":" in text or "=" in text:
        return True
    if "-" in text and (
        "PRIVATE KEY" in text or "xox" in text or "sk-" in text or "glpat-" in text
    ):
        return True
    if "_" in text and (
        "gh" in text
        or "github_pat_" in text
        or "npm_" in text
        or "k_live_" in text
        or "k_test_" in text
    ):
        return True
    if " " in text and ("earer" in text or "asic" in text or "EARER" in text or "ASIC" in text):
        return True
    return (
        ("." in text and ("eyJ" in text or "SG." in text))
        or ("IA" in text and ("AKIA" in text or "ASIA" in text))
        or "AIza" in text
        or "%40" in text
    )


CARDS: Final = Pattern((), CARD, _unless_no_card)


def own_patterns(keys: Iterable[str]) -> list[Pattern]:
    """Return the pattern of ``key=value`` in a text, for keys of the contract's own."""
    spelled = ["[_-]?".join(re.findall(r"[^\W_]+", key)) for key in keys]
    names = "|".join(filter(None, spelled))
    if not names:
        return []
    pattern = re.compile(rf"(?<![^\W_])((?i:{names}))(=|\\?[\"']\s*[:=]\s*|\s*:\s+)" + _VALUE)
    return [Pattern(("=", ":"), pattern, _named)]
