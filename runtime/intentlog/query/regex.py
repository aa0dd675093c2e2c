"""Regular expressions of queries: whether RE2 takes them, and their groups.

CloudWatch documents RE2 for ``regexReplace``, DuckDB runs it, and `joni` writes it for Athena's
engine. None of them takes the names that groups may have in a query (``@domain``), so they get
groups without names.
"""

from __future__ import annotations

import re
from typing import Final

from .regex_syntax import PIECE, RegexSyntaxError, check

_NAMELESS: Final = "("


def complaint(pattern: str) -> tuple[str, str] | None:
    """Return what is wrong with a regular expression, and a hint; None if nothing is."""
    try:
        check(pattern)
    except RegexSyntaxError as error:
        return error.message, error.hint
    names = [name for name in groups(pattern) if name is not None]
    for name in names:
        if names.count(name) > 1:
            return f"two groups are named {name}", "give each a name of its own"
    return None


def groups(pattern: str) -> tuple[str | None, ...]:
    """Return the name of each capturing group, None for one without."""
    return tuple(
        piece["name"]
        for piece in re.finditer(PIECE, pattern)
        if piece["name"] is not None or piece[0] == _NAMELESS
    )


def with_plain_groups(pattern: str, *, named: bool) -> str:
    """Return the pattern with groups without names: only those that had one, or all.

    Args:
        pattern: The regular expression as written.
        named: Whether groups without a name capture nothing.
    """

    def group(piece: re.Match[str]) -> str:
        if piece["name"] is not None:
            return _NAMELESS
        return "(?:" if named and piece[0] == _NAMELESS else piece[0]

    return re.sub(PIECE, group, pattern)


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
