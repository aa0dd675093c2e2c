"""What must not be posted although a log line has it: redacted once more, on the way out.

The application's logger has done it before; this guards against lines that it did not write. The
function imports nothing of the project, so the most dangerous kinds stand here again, and
``tests/lambdas/test_redaction.py`` holds them against the logger's own.
"""

import re
from collections.abc import Callable
from typing import Final

REDACTED: Final = "[redacted]"

Replacement = str | Callable[[re.Match[str]], str]

_VALUE: Final = (  # in quotes up to the next one, else up to what ends a word in a text or a URL
    r"(?:(\\?[\"'])(?!\[redacted\])(?:[^\"'\\\n]|\\[^\"'\n]){1,2000}"
    r"|(?!\\?[\"'])(?!\[redacted\])[^\s\"',;&)}\]\\]+)"
)


def _named(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{match[3] or ''}{REDACTED}"


def _unless_no_card(match: re.Match[str]) -> str:
    digits = [int(digit) for digit in reversed(re.sub(r"\D", "", match[0]))]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return match[0] if (sum(digits[::2]) + doubled) % 10 else REDACTED


# Each begins where a word begins or at a fixed text, so that any text takes linear time.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Replacement], ...]] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[^\n]*|\Z)", re.DOTALL
        ),
        REDACTED,
    ),
    (re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+"), REDACTED),  # JWT
    (
        re.compile(
            r"\b((?i:bearer|basic))\s+(?=[\w.~+/-]{0,200}?(?:\d|[a-z][A-Z]|=))[\w.~+/-]{8,}=*"
        ),
        rf"\1 {REDACTED}",
    ),
    (
        re.compile(
            r"\b((?i:authorization)[\"']?\s*[:=]\s*[\"']?"
            r"(?i:bearer|basic|token|digest|apikey|negotiate)\s+)(?!\[redacted\])[^\s\"',]+"
        ),
        rf"\1{REDACTED}",
    ),
    (
        re.compile(
            r"\b((?i:(?:set-)?cookie)[\"']?\s*+[:=]\s*+[\"']?)"
            r"[^\s=;,:\"'(\[{]{1,200}=[^\"'\r\n]*+"
        ),
        rf"\1{REDACTED}",
    ),
    (
        re.compile(  # keys of AWS, GitHub, npm, Slack, Stripe and Google, by their fixed beginnings
            r"\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}"
            r"|npm_[A-Za-z0-9]{36}\b|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,}|glpat-[\w-]{20,}"
            r"|[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[\w-]{35}(?![\w-])"
            r"|SG\.[\w-]{16,}\.[\w-]{16,})"
        ),
        REDACTED,
    ),
    (
        re.compile(r"(://hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]+"),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"(?<!\w)(\w{1,30}://[^\s/:@]{0,255}):[^\s/]+@"), rf"\1:{REDACTED}@"),
    (
        re.compile(
            r"(?<![^\W_])([\w-]{0,50}?(?i:password|passwd|pwd|passphrase|secret|token|api[_-]?key"
            r"|access[_-]?key|private[_-]?key|x-amz-signature"
            r"|authorization(?=\\?[\"']?\s*[:=]\s*\\?[\"'])))"
            r"(=|\\?[\"']\s*[:=]\s*|(?<!(?i:token))\s*:\s+)" + _VALUE
        ),
        _named,
    ),
    (
        re.compile(  # %40 in a URL; no version, image@2x.png, unit@tty1.service, git@host:repo
            r"(?<![\w.+'-])([\w+])[\w.+'-]*(@|%40)(?!\dx\.)"
            r"((?:[\w-]+\.)+(?!(?:service|socket|timer|target|mount|slice|scope)\b)"
            r"[^\W\d_]{2,}(?![\w-]))(?!:[\w.~-]+/)"
        ),
        r"\1***\2\3",
    ),
    (
        re.compile(r"(?<![\w.-])(?<!\d )[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-]|\.\d)"),
        _unless_no_card,
    ),
)


def redacted(text: str) -> str:
    """Return a text without secrets; an e-mail address keeps its first letter and its domain."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def shown(text: str, longest: int) -> str:
    """Return a text without secrets, in one line, cut where it is longer."""
    text = " ".join(redacted(text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
