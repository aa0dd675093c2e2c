"""Regular expressions as the archive's engine gets them.

Joni is Java's and does not run here. What is written for it is pinned; that RE2 finds the same
with it is tried, by the words that the sandbox has for what RE2 lacks.
"""

import duckdb
import pytest

from intentlog.query import QueryError, parse
from intentlog.query.joni import for_joni
from intentlog.query.refused_regex import check_for_archive
from sandbox.trino import in_re2

_WORD = "[0-9A-Z_a-z]"
_TEXTS = ("", "a\n", "x\ny", "zoë 1", "aB C", "[a&b]", "é-_.", "\t\x0b\n", "Straße 12")


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"\w\d\s", r"[0-9A-Z_a-z][0-9][\t\n\f\r ]"),
        (r"\W\D\S", r"[^0-9A-Z_a-z][^0-9][^\t\n\f\r ]"),
        (r"[\w.-]", r"[0-9A-Z_a-z\.\-]"),
        (r"[^\W\d]", (r"[^\x00-\x2f\x3a-\x40\x5b-\x5e\x60-\x60\x7b-" "\U0010ffff0-9]")),
        (r"a\b", f"a(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"),
        (r"^a$", r"\Aa\z"),
        (r"(?m)^a$", r"(?:\A|(?<=\n))a(?:\z|(?=\n))"),
        (r"(?m:^)a$", r"(?:(?:\A|(?<=\n)))a\z"),
        (r"[a&&b][a[b]", r"[a\&\&b][a\[b]"),
        (r"[]a][^]a]", r"[\]a][^\]a]"),
        (r"[[:alpha:][:^digit:]]", (r"[A-Za-z\x00-\x2f\x3a-" "\U0010ffff]")),
        (r"a(?i)b|c", "a(?i:b)|(?i:c)"),
        (r"(a(?i)b)c", "(a(?i:b))c"),
        (r"(?ms)a.(?-s:b.)", "(?s:a.(?-s:b.))"),
        (r"\x{1F68B}\xe9\101\n", "🚋éA\n"),
        (r"\pL\PN\p{Greek}\p{^Lu}", r"\p{L}\P{N}\p{Greek}\P{Lu}"),
        (r"\Qa.b\E+", r"a\.b+"),
        (r"(.*?)\.{2,3}?", r"(.*?)\.{2,3}?"),
    ],
)
def test_what_joni_would_read_otherwise_is_spelled_out(pattern: str, written: str) -> None:
    """Both engines find the same, each with its own text."""
    assert for_joni(pattern) == written

    with duckdb.connect() as connection:
        for text in _TEXTS:
            found, same = connection.execute(
                "SELECT regexp_extract_all($1, $2), regexp_extract_all($1, $3)",
                [text, pattern, in_re2(written)],
            ).fetchone() or ((), None)
            assert found == same


@pytest.mark.parametrize("flags", ["(?U)a+", "(?iU:a+)", "x(?-U)a+"])
def test_a_flag_that_joni_lacks_is_refused_where_it_stands(flags: str) -> None:
    """The archive is not asked, and the place is told."""
    with pytest.raises(QueryError) as caught:
        check_for_archive(parse(f"filter a = 1 or b like /{flags}/"))

    (problem,) = caught.value.problems
    assert problem.message == "the flag U of a regular expression is not in the archive"
    assert (problem.line, problem.column) == (1, 24)


def test_what_only_looks_like_the_flag_is_not_refused() -> None:
    """A letter U is none, nor is one that is escaped or in a class."""
    check_for_archive(parse(r"filter a like /U(U)[(?U)]\(?U/"))
