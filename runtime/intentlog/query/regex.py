"""Regular expressions of queries: their groups, and what RE2 would make of them.

CloudWatch documents RE2 for ``regexReplace``, and DuckDB and Athena run RE2 and Joni: what all
three read is RE2 without the names of groups, which may hold characters (``@domain``) that none
of them takes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from intentlog.expression.where import regex_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUP: Final = re.compile(r"\(\?P?<(?![=!])([^>]+)>")
# An escape, a class (a ] first in it is itself), or an opening parenthesis.
_PART: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?P?<(?![=!])([^>]+)>|\(\?|\(", re.DOTALL
)
_LOOKAROUND: Final = re.compile(r"\(\?(?:=|!|<=|<!)")
_INLINE_FLAGS: Final = re.compile(r"\(\?[a-z]*\)")


def complaint(pattern: str) -> tuple[str, str] | None:
    """Return what is wrong with a regular expression, and a hint; None if nothing is."""
    if any(_LOOKAROUND.match(pattern, start) for start in _openings(pattern)):
        return "RE2 has no lookahead or lookbehind", "say what may stand there instead"
    try:
        # Python wants flags first and names without @; RE2 does not mind.
        regex_of(_INLINE_FLAGS.sub("", _GROUP.sub("(", pattern)))
    except (re.error, OverflowError, RecursionError) as error:
        return f"this is not a regular expression: {error}", ""
    return None


def groups(pattern: str) -> tuple[str | None, ...]:
    """Return the name of each capturing group, None for one without."""
    return tuple(
        match[1] for match in _PART.finditer(pattern) if match[1] is not None or match[0] == "("
    )


def with_plain_groups(pattern: str, *, named: bool) -> str:
    """Return the pattern with groups without names: only those that had one, or all.

    Args:
        pattern: The regular expression as written.
        named: Whether groups without a name capture nothing.
    """

    def group(match: re.Match[str]) -> str:
        if match[1] is not None:
            return "("
        return "(?:" if named and match[0] == "(" else match[0]

    return _PART.sub(group, pattern)


def of_glob(glob: str) -> str:
    """Return the regular expression that does what a glob of ``parse`` does.

    Each ``*`` takes as little as possible, one at the end takes the rest; it may begin anywhere
    (inferred from the examples of the AWS page "parse"). A glob without ``*`` is followed by one,
    as AWS's own Aurora queries mean it.
    """
    parts = glob.split("*") if "*" in glob else [glob, ""]
    *inner, last = [re.escape(part) for part in parts]
    regex = "(.*?)".join(inner) + ("(.*?)" + last if last else "(.*)")
    return f"(?s){regex}"


def _openings(pattern: str) -> Iterator[int]:
    return (match.start() for match in _PART.finditer(pattern) if match[0].startswith("("))
