"""Regular expressions and formats: what is wrong in them is told before an engine says so."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intentlog.contract import Record
from intentlog.query import QueryError, local, parse, plan
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
def test_what_is_refused_is_what_re2_refuses(re2: duckdb.DuckDBPyConnection, pattern: str) -> None:
    """RE2 takes what has no complaint, and nothing else; that it is too large it says alone."""
    refusal = _refusal(re2, pattern)
    if refusal is None or "too large" not in refusal:
        assert (complaint(pattern) is None) == (refusal is None), refusal


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\p{Lu}n", "Än"),
        (r"\Qa.b\E", "a.b"),
        (r"tab\z", "tab"),
        (r"\x{1F68B}", "\N{TRAM CAR}"),
        ("(?U)a+", "a"),
        ("[[:digit:]]", "7"),
    ],
)
def test_what_python_does_not_know_is_asked(tmp_path: Path, pattern: str, text: str) -> None:
    """What RE2 has and Python has not was refused."""
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps({"message": text}) + "\n" + json.dumps({"message": "-"}) + "\n")
    lines = local.Lines(paths=[file], record=Record(fields=("message",)))

    assert local.run(parse(f"filter message like /{pattern}/ | display message"), lines).rows == [
        (text,)
    ]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"tab\Z", r"RE2 has no \Z here; write \z"),
        ("o++", "RE2 repeats nothing twice: + follows a repetition; put the first one into (?:…)"),
        ("(?>o+)", "RE2 has no (?>; it has (?:…), (?<name>…) and the flags i, m, s and U: (?i)"),
        ("a{1,2000}", "RE2 repeats 1000 times at most, one in another multiplied; write * or +"),
        (r"(a)\1", r"RE2 has no references to groups such as \1"),
        ("(?<n>a)(?<n>b)", "two groups are named n; give each a name of its own"),
        ("a(b", r"a ( is never closed; write \( for one that is meant"),
        ("*a", r"* repeats nothing; write \* if it is meant"),
    ],
)
def test_what_re2_has_not_is_told_where_it_stands(pattern: str, message: str) -> None:
    """Each kind of mistake has its sentence, and the place of the regular expression."""
    with pytest.raises(QueryError) as refused:
        parse(f"filter message like /{pattern}/")

    (problem,) = refused.value.problems
    said = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    assert (said, problem.at) == (message, (20, 22 + len(pattern)))


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (r"filter level = 'x' and message like /\p{Klingon}/", r"/\p{Klingon}/"),
        (r"filter message like /\p{L}{1000}/", r"/\p{L}{1000}/"),
        (r"parse message /(?<a>\p{Klingon})/", r"parse message /(?<a>\p{Klingon})/"),
        (r'fields regexReplace(message, "\\p{Klingon}", "x")', r'"\\p{Klingon}"'),
    ],
)
def test_what_only_the_engine_can_tell_has_its_place(
    tmp_path: Path, query: str, place: str
) -> None:
    """A script that does not exist, or an expression that is too large, is shown in the query."""
    file = tmp_path / "lines.jsonl"
    file.write_text('{"message":"a"}\n')
    lines = local.Lines(paths=[file], record=Record(fields=("level", "message")))

    with pytest.raises(QueryError, match="cannot be asked here: ") as refused:
        local.run(parse(query), lines)

    (problem,) = refused.value.problems
    assert query[slice(*problem.at)] == place


def test_parentheses_between_q_and_e_are_no_groups() -> None:
    """What is quoted is text; a name in it is none."""
    assert groups(r"\Q(?<no>(\E(?<yes>a)([(]\()") == ("yes", None)
    assert with_plain_groups(r"\Q(\E(?<yes>a)(b)", named=True) == r"\Q(\E(a)(?:b)"


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ('fields parseDate(a, "HH:mm")', '"HH:mm"', "AWS does not say of which day a time"),
        ('fields parseDate(a, "QQQQ")', '"QQQQ"', "QQQQ is no part of a date that can be read"),
        ('fields formatDate(@timestamp, "%Q")', '"%Q"', "%Q is no part of a date that can be"),
        ('fields formatDate(@timestamp, "%H %Z", "Asia/Kolkata")', '"%H %Z"', "%Z is no part"),
        ('fields formatDate(@timestamp, "5%")', '"5%"', "% is no part of a date that can be"),
        ('fields formatDate(@timestamp, "")', '""', "the format is empty"),
        ("stats pct(n, 101)", "101", "pct takes a number from 0 to 100"),
        ("stats percentile(n, -5)", "-5", "percentile takes a number from 0 to 100"),
    ],
)
def test_wrong_arguments_are_told_where_they_stand(query: str, place: str, message: str) -> None:
    """They reached the engine, whose words have no place, or ended in a traceback."""
    with pytest.raises(QueryError) as refused:
        plan(parse(query))

    (problem,) = refused.value.problems
    start = problem.at[0]
    assert query[start:].startswith(place[: problem.length])
    assert problem.message.startswith(message)


def test_as_that_names_groups_otherwise_is_refused() -> None:
    """The names after as were passed over: the fields had those of the groups."""
    with pytest.raises(QueryError, match="the pattern names its fields itself: n; ") as refused:
        parse(r"parse message /(?<n>\d+)/ as m")

    assert refused.value.problems[0].hint == "leave out as, or name the group: (?<m>…)"
