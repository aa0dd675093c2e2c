"""What errors have in common that differ only in numbers, names and quotes."""

import re
from typing import Final

_LONGEST_READ: Final = 1_000
_LONGEST: Final = 160

# In this order: what is left of a text after one is what the next one sees.
_VARIABLE: Final = (
    (re.compile(r"(?<![\w.+*'-])[\w.+*'-]{1,64}@[\w.-]{1,255}"), "<email>"),
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,30}://[^\s\"'<>]+", re.IGNORECASE), "<url>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
        "<time>",
    ),
    (re.compile(r"\"[^\"\n]*\"|(?<!\w)'[^'\n]*'(?!\w)|`[^`\n]*`"), "<text>"),
    (re.compile(r"(?<![\w/])(?:[A-Za-z]:\\|~?/|\.{1,2}/)[^\s:,;()\[\]\"']+"), "<path>"),
    (re.compile(r"\b0x[0-9A-Fa-f]+\b|\b(?=\w*[A-Za-z])(?=\w*?\d\w*?\d)\w{8,}\b"), "<id>"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "<n>"),
)


def fingerprint(kind: str, message: str) -> str:
    """Return what is the same in all errors of one kind.

    Args:
        kind: The exception's type, empty if there was none.
        message: What was logged.

    Returns:
        ``ValueError: no canvas <n> of <email>``, at most 160 characters.
    """
    text = message[:_LONGEST_READ]
    for pattern, name in _VARIABLE:
        text = pattern.sub(name, text)
    text = f"{kind}: {text}" if kind and not text.startswith(kind) else text
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
