"""What secrets look like in a text, and what stands there instead.

Every pattern begins where a word begins or at a fixed text, so that a long text without a match
takes linear time.
"""

import re
from typing import Final, NamedTuple

from .named import REDACTED


class Pattern(NamedTuple):
    """A kind of secret.

    Attributes:
        hints: One of these texts is there wherever the pattern matches.
        pattern: What it looks like.
        replacement: What stands there instead.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str


_LOOKS_RANDOM: Final = r"(?=[\w.~+/-]{0,200}?(?:\d|[a-z][A-Z]|=(?!\w)))"
# What ends many a file's name, and is no domain.
_NO_DOMAIN: Final = (
    "service|socket|timer|target|mount|slice|scope"
    "|png|jpe?g|gif|svg|webp|ico|avif|js|mjs|ts|tsx|jsx|css|s?html?|json|ya?ml|toml|xml|txt|log|csv"
    "|pdf|tar|gz|jar|whl|map|woff2?|ttf|mp[34]|md5|sha\\d+"
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
        re.compile(r"(?<![A-Za-z0-9-])eyJ[\w-]{8,}\.(?:[\w-]{8,}|(?=\.))(?:\.[\w-]*)+"),
        REDACTED,
    ),
    Pattern(
        ("earer", "asic", "EARER", "ASIC"),  # not the words after them in a sentence
        re.compile(r"\b((?i:bearer|basic))(?:\s++|%20)" + _LOOKS_RANDOM + r"[\w.~+/-]{8,}=*"),
        rf"\1 {REDACTED}",
    ),
    Pattern(
        ("uthorization", "UTHORIZATION"),
        re.compile(
            r"\b((?i:authorization)\\*[\"']?\s*+[:=]\s*+\\*[\"']?"
            r"(?i:bearer|basic|token|apikey|negotiate)\s+)(?!\[redacted\])[^\s\"',\\]+"
        ),
        rf"\1{REDACTED}",
    ),
    Pattern(
        ("uthorization", "UTHORIZATION"),  # these have parameters
        re.compile(
            r"\b((?i:authorization)\s*+[:=]\s*+(?i:digest|aws4-hmac-sha256)\s+)"
            r"(?!\[redacted\])[^\r\n]++"
        ),
        rf"\1{REDACTED}",
    ),
    Pattern(
        ("ookie", "OOKIE"),
        re.compile(
            r"\b((?i:(?:set-)?cookie)[\"']?\s*+[:=]\s*+[\"']?)"
            r"[^\s=;,:\"'(\[{]{1,200}=[^\"'\r\n]*+"
        ),
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
        re.compile(
            r"\bxox[abeprs]-[\w-]{10,}|\bsk-(?=[A-Za-z_-]{0,200}\d)[\w-]{20,}|\bglpat-[\w-]{20,}"
        ),
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
        ("://",),  # a path may have an @, and a password a slash: after a port, it is a path
        re.compile(
            r"(?<!\w)(\w{1,30}://[^\s/:@\[\"'<>,]{0,255}):(?!\d{1,5}(?:[/?#\])},;]|$))"
            r"(?:[^\s/\"'<>]+|[^\s\"<>]{1,255})@"
        ),
        rf"\1:{REDACTED}@",
    ),
    Pattern(
        ("%3A%2F%2F", "%3a%2f%2f"),
        re.compile(
            r"((?i:%3a%2f%2f)[\w.~+-]{0,255}(?i:%3a))(?!\d{1,5}(?i:%2f|$))"
            r"(?:[\w.~+!*-]|%(?!40|2[Ff])[0-9A-Fa-f]{2}){1,1000}+(%40)"
        ),
        rf"\1{REDACTED}\2",
    ),
    Pattern(
        ("@", "%40"),  # %40 in a URL; no version, image@2x.png, unit@tty1.service, git@host:repo
        re.compile(
            r"(?<![\w.+'-])(?!git@)([\w+])(?:[\w.+'-]|%2[Bb])*+(@|%40)"
            r"(?!\dx[.-]|\d+\.\d|[\w.-]+:(?!\d+/)[\w.~-]*/)"
            rf"((?:[\w-]+\.)+(?!(?:{_NO_DOMAIN})\b)"
            r"[^\W\d_]{2,}(?![\w-]))"
        ),
        r"\1***\2\3",
    ),
)


def may_match(text: str) -> bool:
    """Say whether any pattern might match, at less cost than trying: no hint, no match."""
    if "@" in text or ":" in text or "=" in text:
        return True
    if "-" in text and (
        "--" in text or "xox" in text or "sk-" in text or "glpat-" in text  # also -----BEGIN
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
    if "earer" in text or "asic" in text or "EARER" in text or "ASIC" in text:
        return True
    return (
        ("." in text and ("eyJ" in text or "SG." in text))
        or ("IA" in text and ("AKIA" in text or "ASIA" in text))
        or "AIza" in text
        or "%3" in text
        or "%40" in text
        or "</" in text
        or "('" in text
        or "(b'" in text
        or '("' in text
    )
