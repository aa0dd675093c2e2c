"""Regular expressions: the check of their syntax says what RE2 says."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intentlog.query.regex import complaint, groups, with_plain_groups

_ATOMS = (
    *("a", "é", ".", "^", "$", "]", "}", "{", "-", ",", "1", "\n", "|", "(", ")", "(?:", "(?i)"),
    *("(?U)", "(?-s:", "(?", "(?x)", "(?#c)", "(?=a)", "(?<!a)", "(?>a)", "(?P=n)", "(?)", "(?i-)"),
    *(r"\d", r"\W", r"\b", r"\B", r"\A", r"\z", r"\Z", r"\C", r"\Q", r"\E", r"\Q.\E", r"\h", r"\_"),
    *(r"\p{Lu}", r"\pL", r"\p{^Greek}", r"\P{Any}", r"\p{Alpha}", r"\p{IsGreek}", r"\p", r"\pq"),
    *(r"\x41", r"\x{1F68B}", r"\x{110000}", r"\x{}", r"\x4", r"\0", r"\1", r"\12", r"\8", r"\777"),
    *(r"\.", r"\/", r"\é", r"\n", r"\e", r"\u0041", r"\cA", "\\"),
    *("[", "[^", "]", "[a-z]", "[z-a]", "[]a]", r"[\d-x]", r"[a-\d]", "[[:alpha:]]", "[[:^word:]]"),
    *("[[:nope:]]", "[a-]", r"[\b]", r"[\n-\x{ff}]", "[--/]", "[+--]", "[:digit:]", "&&", ":]"),
)
_REPETITIONS = ("*", "+", "?", "*?", "{2}", "{2,}", "{1,3}", "{3,1}", "{,2}", "{01}", "{0}")
_LARGE = ("{40}", "{1000}", "{1001}", "{999999999}", "{9999999999}")
_PIECES = st.one_of(st.sampled_from(_ATOMS), st.sampled_from((*_REPETITIONS, *_LARGE)))


@pytest.fixture(scope="module")
def re2() -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine, which is asked."""
    with duckdb.connect() as connection:
        yield connection


def _refusal(re2: duckdb.DuckDBPyConnection, pattern: str) -> str | None:
    try:
        re2.execute("SELECT regexp_matches('', ?)", [with_plain_groups(pattern, named=False)])
    except duckdb.Error as error:
        return str(error)
    return None


@given(st.lists(_PIECES, max_size=8).map("".join))
@example(r"(?:a{40}){40}")
@example(r"(?:(?:a{2}b|c){500}d)")
@example(r"a\Q\E*")
@example(r"\Q\E*")
@example(r"a*(?i)*")
@example("[[:a]b:]")
def test_what_is_refused_is_what_re2_refuses(
    re2: duckdb.DuckDBPyConnection, pattern: str
) -> None:
    """RE2 takes what has no complaint, and nothing else; that it is too large it says alone."""
    refusal = _refusal(re2, pattern)
    if refusal is None or "too large" not in refusal:
        assert (complaint(pattern) is None) == (refusal is None), refusal
