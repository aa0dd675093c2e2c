"""What a query says when it is wrong: the place, the reason, what to write instead."""

import pytest

from intentlog.query import QueryError, duckdb_sql, parse, plan, to_text

_WRONG = {
    "an operator of another language": (
        "filter a && b",
        """\
query: && is not an operator of Logs Insights; use and
  filter a && b
           ^^""",
    ),
    "a function that does not exist": (
        'stats countif(level = "ERROR")',
        """\
query: there is no function countif; sum adds up conditions: sum(outcome = "success")
  stats countif(level = "ERROR")
        ^^^^^^^""",
    ),
    "a function that is nearly one": (
        "fields strlenn(message)",
        """\
query: there is no function strlenn; did you mean strlen?
  fields strlenn(message)
         ^^^^^^^""",
    ),
    "too many arguments": (
        "fields strlen(a, b)",
        """\
query: strlen takes 1 argument, not 2
  fields strlen(a, b)
         ^^^^^^^^^^^^""",
    ),
    "a command that does not exist": (
        "fields a | eval b = 1",
        """\
query: expected a command, not eval; name it with fields: fields x * 100 as percent
  fields a | eval b = 1
             ^^^^""",
    ),
    "a command that is nearly one": (
        "fields a | filtr b = 1",
        """\
query: expected a command, not filtr; did you mean filter?
  fields a | filtr b = 1
             ^^^^^""",
    ),
    "exists": (
        "filter errorCode exists",
        """\
query: exists cannot follow here; write ispresent(field)
  filter errorCode exists
                   ^^^^^^""",
    ),
    "two fields without a comma": (
        "fields a b",
        """\
query: b cannot follow here; write a comma between two fields, backticks around a name with a space
  fields a b
           ^""",
    ),
    "words of SQL": (
        "stats count(*) group by a",
        """\
query: group cannot follow here; write by alone: stats count(*) by field
  stats count(*) group by a
                 ^^^^^""",
    ),
    "a single &": (
        "filter a = 1 & b = 2",
        """\
query: '&' means nothing here; write and
  filter a = 1 & b = 2
               ^""",
    ),
    "a | that is missing": (
        "fields a sort a",
        """\
query: sort cannot follow here; write | before sort: it begins a command of its own
  fields a sort a
           ^^^^""",
    ),
    "an open parenthesis": (
        "filter (a = 1 | limit 2",
        """\
query: this ( is not closed
  filter (a = 1 | limit 2
         ^""",
    ),
    "an open string": (
        'filter a = "x',
        """\
query: this string has no closing " (write \\" for one inside it)
  filter a = "x
             ^""",
    ),
    "nothing": (
        "  ",
        "query: the query is empty; write for example: fields @timestamp, @message | limit 20",
    ),
    "a limit that is no number": (
        "limit ten",
        """\
query: limit takes a whole number above 0; write for example: limit 20
  limit ten
        ^^^""",
    ),
    "stars and names that do not agree": (
        'parse @message "a=* b=*" as a',
        """\
query: there are 2 * in the pattern, and 1 names after as
  parse @message "a=* b=*" as a
                 ^^^^^^^^^""",
    ),
    "a lookahead": (
        "filter a like /x(?=y)/",
        """\
query: RE2 has no lookahead or lookbehind; say what may stand there instead
  filter a like /x(?=y)/
                ^^^^^^^^""",
    ),
    "the field of parse logfmt": (
        "parse logfmt @message as lf",
        """\
query: expected a field before logfmt; the field comes first: parse @message logfmt
  parse logfmt @message as lf
        ^^^^^^""",
    ),
    "multi after as": (
        "parse a /(?<x>b)/ as x multi",
        """\
query: multi cannot follow as; name the groups instead: (?<name>…)
  parse a /(?<x>b)/ as x multi
                         ^^^^^""",
    ),
    "a parameter without a value": (
        "filter user_id = {{user}}",
        """\
query: the parameter user has no value; give it one before the query is read
  filter user_id = {{user}}
                   ^^^^^^^^""",
    ),
}


@pytest.mark.parametrize(("text", "said"), _WRONG.values(), ids=_WRONG)
def test_what_is_wrong_is_shown_where_it_is(text: str, said: str) -> None:
    """The whole message, with the place underlined."""
    with pytest.raises(QueryError) as refused:
        parse(text)

    assert str(refused.value) == said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """A command that cannot be read does not hide the next one."""
    with pytest.raises(QueryError) as refused:
        parse("fields nope(a)\n| filter b ==\n| limit x", source="errors-by-hour")

    places = [(each.line, each.column, each.length) for each in refused.value.problems]
    assert places == [(1, 8, 4), (3, 1, 1), (3, 9, 1)]
    assert str(refused.value).startswith("errors-by-hour: line 1, column 8: there is no function")


_NOT_HERE = {
    "anomaly": ("pattern @message | anomaly", "anomaly runs in CloudWatch only"),
    "diff without a time": ("pattern @message | diff previousDay", "diff compares times"),
    "diff without pattern": ("filter a = 1 | diff", "diff runs in CloudWatch only"),
    "pattern of groups": ("stats count(*) by a | pattern a", "pattern takes events"),
    "an aggregate outside stats": ("fields count(*)", "count can be used in stats only"),
    "a stats without aggregate": ("stats level by category", "stats computes aggregates only"),
    "a regular expression as a value": ("filter a = /x/", "a regular expression follows like"),
    "SOURCE after another command": ('limit 1 | SOURCE "a"', "SOURCE must be the first command"),
    "fillmissing without bins": ("fillmissing", "fillmissing fills the bins of stats"),
    "a subquery of two fields": (
        'filter a in (SOURCE "g" | fields a, b)',
        "a subquery after in shows one field",
    ),
    "unnest of a text": ("fields strlen(a) as n | unnest n into x", "n is no list"),
    "a bin of a number": ("stats count(*) by bin(5)", "bin takes a period"),
    "a time zone that is none": (
        'fields formatDate(@timestamp, "%Y", "Mars/Base") as d',
        "there is no time zone Mars/Base",
    ),
}


@pytest.mark.parametrize(("text", "said"), _NOT_HERE.values(), ids=_NOT_HERE)
def test_what_cannot_be_answered_is_refused_where_it_stands(text: str, said: str) -> None:
    """It is read, and nothing of it is skipped silently."""
    query = parse(text)

    with pytest.raises(QueryError, match=f"^query: {said}"):
        plan(query)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("| FIELDS a,b , ", "fields a, b"),
        ("fields @x | where a==1 and b", "fields @x\n| filter a = 1 and b"),
        ("sort by a, b desc | head 3", "sort a asc, b desc\n| limit 3"),
        ("filter not (a or b) and -(c + 1) * 2 > 3", "filter not (a or b) and -(c + 1) * 2 > 3"),
        ("filter a - (b - c) = (2 ^ 3) ^ 2", "filter a - (b - c) = (2 ^ 3) ^ 2"),
        ("filter `foo-bar` like /a\\/b/", "filter `foo-bar` like /a\\/b/"),
        ("stats COUNT(*) BY bin(5 min) OFFSET 1h", "stats count(*) by bin(5min) offset 1h"),
        ("json\nfields a", "fields a"),
        ('{"Properties": {"QueryString": "limit 1"}}', "limit 1"),
    ],
)
def test_a_query_has_one_canonical_form(text: str, canonical: str) -> None:
    """Spellings that people use are read; printing gives the one of the reference."""
    assert to_text(parse(text)) == canonical


def test_a_condition_may_be_as_long_as_a_query() -> None:
    """Many alternatives are not nested, however many there are."""
    text = " or ".join(f'a = "x{number}"' for number in range(1000))

    sql = duckdb_sql(plan(parse(f"filter {text}")))

    assert sql.count(" OR ") == 999


def test_nesting_has_a_limit() -> None:
    """A query that is nested deeper than anybody writes is refused, not a crash."""
    with pytest.raises(QueryError, match="nested more than 100 deep"):
        parse("filter " + "(" * 5000 + "a" + ")" * 5000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("filter a = " + "- " * 3000 + "1", "nested more than 100 deep", id="minus"),
        pytest.param("fields 2" + "^2" * 3000, "more than 10 ^ in a row", id="powers"),
        pytest.param("fields 2" + "^-2" * 3000, "more than 10 ^ in a row", id="powers of minus"),
        pytest.param("filter a in " + "[" * 3000, "nested more than 100 deep", id="lists"),
        pytest.param("fields a" + "[0]" * 3000, "more than 100 positions in a row", id="positions"),
        pytest.param(
            'join type=inner left=a right=b where a.x=b.x (SOURCE "x" | ' * 3000,
            "nested more than 100 deep",
            id="joins",
        ),
        pytest.param(
            'filter a in (SOURCE "x" | ' * 3000, "nested more than 100 deep", id="subqueries"
        ),
    ],
)
def test_whatever_nests_has_a_limit(text: str, said: str) -> None:
    """Operators, lists, positions and queries in queries: the place of the one too many is told."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert problem.message == said
    assert 0 < problem.column < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "fields " + "-" * 90 + "a as x",
        "fields a" + "^a" * 10 + " as x",
        "fields jsonParse(m) as a | fields a" + "[0]" * 100,
    ],
)
def test_what_is_within_the_limits_can_be_planned(text: str) -> None:
    """A query that is read is one that can be answered: its SQL has an end."""
    assert 0 < len(duckdb_sql(plan(parse(text)))) < 2_000_000


def test_a_limit_is_that_of_a_command() -> None:
    """What is nested too deep in one command does not count in the next one."""
    deep = "filter " + "(" * 60 + "a" + ")" * 60
    with pytest.raises(QueryError) as caught:
        parse(f"{deep} | filter ((a)) | filter b = 1 | {deep}")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("text", "name", "first", "second"),
    [
        ("stats count(*) as n, sum(tram) as n", "n", 7, 22),
        ("stats count(*) as c by sev as n, tram as n", "n", 24, 34),
        ("stats count(*) as sev by sev", "sev", 7, 26),
        ("display tram as a, sev as a", "a", 9, 20),
        ("fields a, b as a", "a", 8, 11),
        ('parse what "door * *" as a, a', "a", 26, 29),
        ("parse what csv as a, b, a", "a", 19, 25),
        ("parse what /(x)(y)/ as a, a", "a", 24, 27),
        ("lookup t a OUTPUT b, c as b", "b", 19, 22),
    ],
)
def test_a_name_is_given_once(text: str, name: str, first: int, second: int) -> None:
    """Of two columns with one name, one would be lost; both places are told."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert problem.message == f"{name} is named twice, first in line 1, column {first}"
    assert (problem.line, problem.column) == (1, second)


@pytest.mark.parametrize(
    "text",
    [
        "fields a, b, a",
        "fields a as x | fields b as x",
        "stats count(*), count( * ) by bin(5m), bin(5m)",
        "stats count(*) by a as x, a as x",
    ],
)
def test_the_same_twice_loses_nothing(text: str) -> None:
    """What is asked for twice is there; a later command may replace what an earlier one made."""
    plan(parse(text))
