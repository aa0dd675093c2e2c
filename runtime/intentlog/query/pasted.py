"""Finds the query in text that was copied with what stood around it.

People copy queries from pages and templates: with the language tag of a Markdown fence above
it (``json``, ``sql``), or with the CloudFormation resource that holds it.
"""

from __future__ import annotations

import re
from typing import Final

_FENCE: Final = re.compile(r"\s*(?:json|sql|text|cloudwatch)[ \t]*\n")
_TEMPLATE: Final = re.compile(r'\s*(?:\{\s*)?"\w+"\s*:\s*\{')
_QUERY_STRING: Final = re.compile(r'"QueryString"\s*:\s*"((?:[^"\\]|\\.)*)"')
_LETTER: Final = re.compile(r"\S")


def query_in(text: str) -> str:
    r"""Return the text with everything that is no query blanked, so that places stay the same.

    An escape in a template's string (``\n``, ``\"``) is blanked or shifted by its backslash.
    """
    start = fence.end() if (fence := _FENCE.match(text)) else 0
    if not _TEMPLATE.match(text, start):
        return _blank(text[:start]) + text[start:]
    found = _QUERY_STRING.search(text, start)
    if found is None:
        return text
    inside = found[1].replace("\\n", "  ").replace('\\"', ' "').replace("\\\\", " \\")
    return _blank(text[: found.start(1)]) + inside + _blank(text[found.end(1) :])


def _blank(text: str) -> str:
    return _LETTER.sub(" ", text)
