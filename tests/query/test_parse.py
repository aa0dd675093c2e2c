"""What a query says when it is wrong: the place, the reason, what to write instead."""

import pytest

from intentlog.query import QueryError, duckdb_sql, parse, plan, to_text

_WRONG = {
    "commas of filldown": (
        "filldown a, b",
        """\
query: line 1, column 11: filldown takes fields without commas; write filldown host cpu*
  filldown a, b
            ^""",
    ),
    "a star in backticks": (
        "filldown `a b`*",
        """\
query: line 1, column 10: a name with * has no backticks
  filldown `a b`*
           ^^^^^^""",
    ),
    "a lag of nothing": (
        "autoregress a p=0",
        """\
query: line 1, column 17: p takes whole numbers of rows, 1 here at least; write p=1-4
  autoregress a p=0
                  ^""",
    ),
    "lags that go down": (
        "autoregress a p=3-2",
        """\
query: line 1, column 19: p takes whole numbers of rows, 3 here at least; write p=1-4
  autoregress a p=3-2
                    ^""",
    ),
    "a gap without a unit": (
        "sessionize a maxspan 30",
        """\
query: line 1, column 22: maxspan takes a period; write for example: maxspan 30m
  sessionize a maxspan 30
                       ^^""",
    ),
    "a switch that is none": (
        "addtotals row=no a",
        """\
query: line 1, column 15: row is true or false, not no
  addtotals row=no a
                ^^""",
    ),
    "an operator of another language": (
        "filter a && b",
        """\
query: line 1, column 10: && is not an operator of Logs Insights; use and
  filter a && b
           ^^""",
    ),
    "a function that does not exist": (
        'stats countif(level = "ERROR")',
        """\
query: line 1, column 7: \
there is no function countif; sum adds up conditions: sum(outcome = "success")
  stats countif(level = "ERROR")
        ^^^^^^^""",
    ),
    "a function that is nearly one": (
        "fields strlenn(message)",
        """\
query: line 1, column 8: there is no function strlenn; did you mean strlen?
  fields strlenn(message)
         ^^^^^^^""",
    ),
    "too many arguments": (
        "fields strlen(a, b)",
        """\
query: line 1, column 8: strlen takes 1 argument, not 2
  fields strlen(a, b)
         ^^^^^^^^^^^^""",
    ),
    "a command that does not exist": (
        "fields a | eval b = 1",
        """\
query: line 1, column 12: \
expected a command, not eval; name it with fields: fields x * 100 as percent
  fields a | eval b = 1
             ^^^^""",
    ),
    "a command that is nearly one": (
        "fields a | filtr b = 1",
        """\
query: line 1, column 12: expected a command, not filtr; did you mean filter?
  fields a | filtr b = 1
             ^^^^^""",
    ),
    "exists": (
        "filter errorCode exists",
        """\
query: line 1, column 18: exists cannot follow here; write ispresent(field)
  filter errorCode exists
                   ^^^^^^""",
    ),
    "two fields without a comma": (
        "fields a b",
        """\
query: line 1, column 10: \
b cannot follow here; write a comma between two fields, backticks around a name with a space
  fields a b
           ^""",
    ),
    "words of SQL": (
        "stats count(*) group by a",
        """\
query: line 1, column 16: group cannot follow here; write by alone: stats count(*) by field
  stats count(*) group by a
                 ^^^^^""",
    ),
    "a single &": (
        "filter a = 1 & b = 2",
        """\
query: line 1, column 14: '&' means nothing here; write and
  filter a = 1 & b = 2
               ^""",
    ),
    "a | that is missing": (
        "fields a sort a",
        """\
query: line 1, column 10: \
sort cannot follow here; write | before sort: it begins a command of its own
  fields a sort a
           ^^^^""",
    ),
    "an open parenthesis": (
        "filter (a = 1 | limit 2",
        """\
query: line 1, column 8: this ( is not closed
  filter (a = 1 | limit 2
         ^""",
    ),
    "an open list": (
        'filter a in ["x", "y" | limit 2',
        """\
query: line 1, column 13: this [ is not closed
  filter a in ["x", "y" | limit 2
              ^""",
    ),
    "an open list in parentheses": (
        "filter a in (1, 2",
        """\
query: line 1, column 13: this ( is not closed
  filter a in (1, 2
              ^""",
    ),
    "a value too many in a list": (
        "filter a in [1 2]",
        """\
query: line 1, column 16: expected , or ] after this value, not 2
  filter a in [1 2]
                 ^""",
    ),
    "an open regular expression": (
        "filter a like /x | limit 2",
        """\
query: line 1, column 15: this regular expression has no closing / (write \\/ for one inside it)
  filter a like /x | limit 2
                ^""",
    ),
    "an open string": (
        'filter a = "x',
        """\
query: line 1, column 12: this string has no closing " (write \\" for one inside it)
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
query: line 1, column 7: limit takes a whole number above 0; write for example: limit 20
  limit ten
        ^^^""",
    ),
    "stars and names that do not agree": (
        'parse @message "a=* b=*" as a',
        """\
query: line 1, column 16: there are 2 * in the pattern, and 1 names after as
  parse @message "a=* b=*" as a
                 ^^^^^^^^^""",
    ),
    "a lookahead": (
        "filter a like /x(?=y)/",
        """\
query: line 1, column 15: RE2 has no lookahead or lookbehind; say what may stand there instead
  filter a like /x(?=y)/
                ^^^^^^^^""",
    ),
    "the field of parse logfmt": (
        "parse logfmt @message as lf",
        """\
query: line 1, column 7: \
expected a field before logfmt; the field comes first: parse @message logfmt
  parse logfmt @message as lf
        ^^^^^^""",
    ),
    "multi after as": (
        "parse a /(?<x>b)/ as x multi",
        """\
query: line 1, column 24: multi cannot follow as; name the groups instead: (?<name>…)
  parse a /(?<x>b)/ as x multi
                         ^^^^^""",
    ),
    "a parameter without a value": (
        "filter user_id = {{user}}",
        """\
query: line 1, column 18: the parameter user has no value; give it one before the query is read
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


# What people type who know other languages: the place that is underlined, and the hint.
_HABITS = {
    "select level from logs": ("select", "this is SQL"),
    "search error": ("search", "write filter @message like"),
    "fields level where n = 1": ("where", "write | before it: where is filter"),
    "fields level order by level": ("order", "write | sort field desc"),
    "stats count(*) by a having n > 3": ("having", "write | filter n > 10 after stats"),
    "stats count(distinct a) by b": ("a", "write count_distinct(a)"),
    "stats COUNT(DISTINCT user_id)": ("user_id", "write count_distinct(user_id)"),
    "stats count(*) by bin 5m": ("5m", "write bin(5m)"),
    "stats avg(a by b": ("avg", ""),
    "stats p95(a)": ("p95", "write pct(field, 95)"),
    "sort a descending": ("descending", "write desc"),
    "limit 100001": ("100001", "write limit 100000"),
    "filter a && b": ("&&", "use and"),
    "filter a || b": ("||", "use or"),
    "filter a <> 1": ("<>", "use !="),
    "filter a => 1": (">", "write >="),
    "filter a =< 1": ("<", "write <="),
    "filter a ! = 1": ("!", "write != or not like"),
    "filter a !~ /x/": ("!~", "use not like /…/"),
    'filter a ilike "x"': ("ilike", "use like /(?i)…/"),
    'filter a matches "x"': ("matches", "write like /regular expression/"),
    'filter a contains "x"': ("contains", 'use like "…"'),
    'filter a has "x"': ("has", 'write like "text"'),
    'filter a startswith "x"': ("startswith", 'write startsWith(field, "text")'),
    "filter a equals 1": ("equals", "write ="),
    "filter a is not null": ("is", "use ispresent(field) or not ispresent(field)"),
    "filter a isnull": ("isnull", "write !ispresent(field)"),
    "filter isnull(a)": ("isnull", "write !ispresent(field)"),
    "filter a between 1 and 2": ("between", "write x >= 1 and x <= 2"),
    "filter lower(a) = 1": ("lower", "write tolower(field)"),
    "filter a = 1 -- why": ("--", "write # before a comment"),
    "filter extra. = 1": ("extra.", "write one . between two names"),
    "filter extra..x = 1": ("extra..x", "write one . between two names"),
    '{ $.level = "ERROR" }': ("{", "this is no filter pattern"),
    "filter a = 1 limit 5": ("limit", "write | before limit"),
    "Field a": ("Field", "did you mean fields?"),
    "filter @timestamp > ago(1h)": ("ago", "write toMillis(@timestamp) >= now()"),
    "unnest j.l as x": ("as", "write unnest j.items into item"),
    'filter a in "x"': ('"x"', 'write a list, in ["ERROR", "CRITICAL"]'),
    "sort desc a": ("a", "write the field first: a desc"),
    'a = "x"': ("a", "write filter a …"),
    'filter a = "x" b = 3': ("b", "write and, or, or a |"),
    "limit 10 offset 5": ("offset", "the first rows cannot be left out"),
    "filter a regexp /x/": ("regexp", "write like /regular expression/"),
    "fields date(@timestamp)": ("date", "write formatDate(@timestamp"),
    "update a": ("update", "a query changes nothing"),
    "fields a b": ("b", "write a comma between two fields"),
    "stats first(a)": ("first", "write earliest(field)"),
    "stats last(a)": ("last", "write latest(field)"),
    "stats dc(a)": ("dc", "write count_distinct(field)"),
    "fields nvl(a, 0)": ("nvl", "write coalesce(field, 0)"),
    "filter has(a)": ("has", "write ispresent(field)"),
    "table a": ("table", "choose columns with display"),
    "sessionize maxspan 5m": ("5m", "name a field first: sessionize user_id maxspan 5m"),
    "sort a, desc": ("desc", "without a comma: sort field desc"),
    "sort ASC": ("ASC", "it follows a field"),
    "fields a[1.5]": ("1.5", "write a[0]"),
    "fields a[b]": ("[", "write a[0] for a place in a list, a.name for a field"),
    "fields a->b": (">", "write a.name for a field of an object"),
    "fields cast(a as int)": ("cast", "write toInt(field)"),
    "fields a::int": (":", "write toInt(field)"),
    'stats count(*) as "n"': ('"n"', "a name has no quotes: write n"),
    "stats count(*) as 'all lines'": ("'all lines'", "write `all lines`"),
    "stats count(*) as a-b": ("-", "a name with - in it needs backticks"),
    "fields *": ("*", "without fields, the whole line is shown"),
    "display *": ("*", "name the fields"),
    "stats count(*": ("*", "close the ( of the function"),
    "stats count(*, a)": ("*", "it stands alone: count(*)"),
    "fields *, a": ("*", "name the fields"),
    "stats count(*) by 5m": ("5m", "write bin(5m)"),
    "stats count(*) by span(5m)": ("span", "write bin(5m)"),
    "stats avg(a), by b": ("by", "leave out the comma before by"),
    "fields a ? b : c": ("?", "write if(condition, a, b)"),
    "?ERROR -DEBUG": ("?", 'filter @message like "ERROR" for a filter pattern'),
    '"ERROR"': ('"ERROR"', 'write filter @message like "ERROR"'),
    "-DEBUG": ("-", 'write filter @message like "ERROR", or not like'),
    "ERROR": ("ERROR", 'write filter @message like "ERROR"'),
    'filter level = "ERROR", n = 3': (",", "write and between two conditions"),
    "filter a = (1, 2)": (",", "in [1, 2] for a list"),
    "filter level:error": (":", "write level ="),
    "level:error": ("level", "write filter level ="),
    "timechart count(*)": ("timechart", "write stats count(*) by bin(5m)"),
    "rare level": ("rare", "sort n asc"),
    "let x = a": ("let", "name it with fields"),
    "with x as (fields a) fields b": ("with", "a subquery: filter id in"),
    'filter level = "A" | or level = "B"': ("or", "leave the | before it out"),
    'filter a like "x" and like "y"': ("like", 'write the field each time: a like "x" and'),
    "filter a !=~ /x/": ("~", "write =~ /…/, or not like /…/"),
    "filter a ≥ 1": ("≥", "write >="),
    "fields case when a = 1 then 2 end": ("when", "write case("),
    "fields toString(a)": ("toString", "it is not needed"),
    "fields date_format(@timestamp)": ("date_format", "write formatDate("),
    "filter level = ${level}": ("{", "a saved query has parameters: {{name}}"),
    "filter n = 20or n = 30": ("20or", "write a blank before or"),
    "filter a like /POST/i": ("i", "write it inside: /(?i)…/"),
    "filter a > .5": (".", "write 0.5"),
    "fields a /* all */": ("/*", "write # before one"),
    'SOURCE logGroups(foo: ["x"])': ("foo", "write namePrefix: ['/my']"),
    "SOURCE logGroups()": (")", "write namePrefix: ['/my']"),
}


@pytest.mark.parametrize(("text", "said"), _HABITS.items(), ids=_HABITS)
def test_habits_of_other_languages_are_shown_what_to_write(
    text: str, said: tuple[str, str]
) -> None:
    """The place is underlined, and the hint says how it is written here."""
    place, hint = said

    with pytest.raises(QueryError) as refused:
        parse(f"# asked at night\n| {text}")

    (problem,) = refused.value.problems
    assert problem.text[problem.at[0] : problem.at[1]] == place
    assert hint in f"{problem.message}; {problem.hint}"
    assert (problem.line, problem.column) == (2, problem.at[0] - problem.text.index("|") + 1)
    assert "^" * len(place) in str(problem).splitlines()[-1]


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
    "addtotals with a row of totals": (
        "fields a | addtotals col=true",
        "addtotals col=true runs in CloudWatch only: AWS does not say what its row shows",
    ),
    "addtotals of nothing": ("addtotals", "no field is shown so far that could be added"),
    "filldown of nothing": ("filldown", r"no field that is shown so far matches \*"),
    "filldown of no such field": (
        "fields host | filldown cpu*",
        r"no field that is shown so far matches cpu\*; there are host",
    ),
    "lags with one name": ("autoregress a as b p=1-2", "AWS does not say what as means"),
    "more lags than make sense": ("autoregress a p=1-101", "autoregress makes 100 fields at most"),
    "sessions after stats": (
        "stats count(*) by a | sessionize a",
        "sessionize needs @timestamp, which is gone after stats; put it before stats",
    ),
    "a session's gap of a month": ("sessionize a maxspan 1mo", "1mo has no fixed length"),
    "parse xml": ("parse @message xml '/a' as b", "parse xml runs in CloudWatch only"),
    **{
        name: (text, f"{name} runs in CloudWatch only: ")
        for name, text in {
            "appendcols": "stats count(*) as c by a | appendcols (SOURCE 'g' | stats sum(b) by a)",
            "cidrlookup": "cidrlookup nets ip OUTPUT region",
            "estimate": "fields a | estimate",
            "logcompare": "logcompare timeshift 7d",
            "outlier": "outlier action=remove param=3.0 uselower=true mark=true cpu memory",
            "relevantfields": "relevantfields a, b where c > 400",
        }.items()
    },
    "a regular expression as a value": ("filter a = /x/", "a regular expression follows like"),
    "SOURCE after another command": ('limit 1 | SOURCE "a"', "SOURCE must be the first command"),
    "sessions by a constant": (
        'fields "x" as @timestamp | sessionize a',
        "sessionize needs @timestamp, which is a constant here; give that another name",
    ),
    "the sum of everything": ("stats sum(*)", r"\* stands for all events in count\(\*\) only"),
    "the least of a field": (
        "fields min(a)",
        r"min can be used in stats only; write stats min\(…\) as n, then use n; of several fields",
    ),
    "an offset without bins": ("stats count(*) offset 5m", "offset moves the bins of bin"),
    "bin after stats": (
        "stats count(*) as n by a | stats max(n) by bin(4s)",
        "bin needs @timestamp, which is gone after stats; use it in the first stats, or group",
    ),
    "latest after stats": (
        "stats count(*) as n by a | stats latest(n)",
        "latest needs @timestamp, which is gone after stats",
    ),
    "a rate of months": ("stats rate(a, 1mo)", "months and years have no fixed length"),
    "a field beside an aggregate": (
        "stats sum(a) + b as c",
        r"b is no aggregate and no key; write max\(b\) or latest\(b\), or group by it",
    ),
    "a join of one name": (
        'join left=l right=l where l.a=l.b (SOURCE "x" | fields b)',
        "left and right need two names; write for example left=a right=b",
    ),
    "months that are filled": (
        "stats count(*) by bin(1mo) | fillmissing",
        "fillmissing fills the bins of stats … by bin.. of a fixed length only",
    ),
    "a part that begins before": ("fields substr(a, -1)", "substr takes no negative number"),
    "a part of negative length": ("fields substr(a, 0, -1)", "substr takes no negative number"),
    "hundreds": (
        "fields round(a, -2)",
        "the number of decimal places is a whole number from 0 to 308; for hundreds, write round",
    ),
    "a period of many years": ("fields bin(10001y)", "a period counts to 10,000 at most"),
    "fillmissing without bins": ("fillmissing", "fillmissing fills the bins of stats"),
    "a subquery of two fields": (
        'filter a in (SOURCE "g" | fields a, b)',
        "a subquery after in shows one field",
    ),
    "unnest of a text": ("fields strlen(a) as n | unnest n into x", "n is no list"),
    "a command after dedup": ("dedup a | sort a", "only limit may follow dedup"),
    "eleven stats": (
        " | ".join(["stats count(*) as a"] * 11),
        "too many stats in one query; 10 are allowed",
    ),
    "a map as a group": (
        "fields jsonParse(m) as j | stats count(*) by j",
        "a map or list cannot be sorted, counted or told apart",
    ),
    "a map that is counted": (
        "fields jsonParse(m) as j | stats count(j)",
        "a map or list cannot be sorted",
    ),
    "a map as an order": ("sort jsonParse(m)", "a map or list cannot be sorted"),
    "maps that are told apart": (
        "fields jsonParse(m) as j | dedup j",
        "a map or list cannot be sorted",
    ),
    "patterns of maps": (
        "fields jsonParse(m) as j | pattern j",
        "a map or list cannot be sorted",
    ),
    "topk by groups": ("stats topk(2, a) by b", "topk stands alone, without by"),
    "topk beside another": ("stats topk(2, a), count(*)", "topk stands alone, without by"),
    "topk of none": ("stats topk(0, a)", "topk takes a whole number from 1 to 10,000 first"),
    "a histogram without width": (
        "stats count(*) by histogram(a, 0)",
        "histogram takes a number above 0 as its second argument",
    ),
    "a histogram of negative width": (
        "stats count(*) by histogram(a, -1)",
        "histogram takes a number above 0 as its second argument",
    ),
    "a histogram by a text": (
        'stats count(*) by histogram(a, "x")',
        "histogram takes a number above 0 as its second argument",
    ),
    "topk of a fraction": ("stats topk(1.5, a)", "topk takes a whole number from 1 to 10,000"),
    "a percentile above 100": (
        "stats pct(a, 101)",
        "pct takes a number from 0 to 100 as its second argument",
    ),
    "a percentile below 0": (
        "stats pct(a, -5)",
        "pct takes a number from 0 to 100 as its second argument",
    ),
    "a percentile that varies": (
        "stats pct(a, b)",
        "pct takes a number from 0 to 100 as its second argument",
    ),
    "eleven branches": (
        f"fields case({'a, 1, ' * 11}2) as c",
        "case has 10 branches at most",
    ),
    "filterIndex with an order": (
        "filterIndex a > 5",
        "filterIndex takes one field and its values",
    ),
    "filterIndex with or": ("filterIndex a = 1 or b = 2", "filterIndex takes one field"),
    "filterIndex of what is not there": ("filterIndex a not in [1]", "filterIndex takes one field"),
    "a subquery in a subquery": (
        'filter a in (SOURCE "x" | filter b in (SOURCE "y" | fields b) | fields a)',
        "a subquery cannot stand in another",
    ),
    "a part of a date that is none": (
        'fields parseDate(s, "QQQQ") as d',
        "QQQQ is no part of a date that can be read here",
    ),
    "a network that is none": ('filter isIpInSubnet(ip, "10/99")', "10/99 is no network"),
    "a part of split": (
        'fields split(a, ",") as p | display p[0]',
        "a list of split or values has no parts",
    ),
    "a part of values": (
        "stats values(a) as p | filter p.0 = 1",
        "a list of split or values has no parts",
    ),
    "an aggregate in another": (
        "stats sum(count(*))",
        "one aggregate cannot stand in another",
    ),
    "an aggregate as a group": (
        "stats count(*) by sum(a)",
        "rows are grouped before they are counted",
    ),
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

    with pytest.raises(QueryError, match=rf"^query: line 1, column \d+: {said}"):
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
        ("accum a.b AS c", "accum a.b as c"),
        ("filldown Host cpu* *_x `a b`", "filldown Host cpu* *_x `a b`"),
        ("autoregress a", "autoregress a p=1"),
        ("sessionize a,b maxspan 1h AS c", "sessionize a, b maxspan 1h as c"),
        ("count_frequent a, b", "countFrequent a, b"),
        ("addtotals col=TRUE fieldname=x a,b", "addtotals fieldname=x col=true a, b"),
        ("addtotals row, col", "addtotals row, col"),
        ("json\nfields a", "fields a"),
        ('{"Properties": {"QueryString": "limit 1"}}', "limit 1"),
    ],
)
def test_a_query_has_one_canonical_form(text: str, canonical: str) -> None:
    """Spellings that people use are read; printing gives the one of the reference."""
    assert to_text(parse(text)) == canonical


def test_a_condition_may_be_as_long_as_a_query() -> None:
    """Many alternatives are not nested, however many there are."""
    text = " or ".join(f'@message like "x{number}"' for number in range(1000))

    sql = duckdb_sql(plan(parse(f"filter {text}")))

    assert sql.count(" OR ") == 999


def test_nesting_has_a_limit() -> None:
    """A query that is nested deeper than anybody writes is refused, not a crash."""
    with pytest.raises(
        QueryError, match="nested too deep; 50 parentheses or calls fit into each other"
    ):
        parse("filter " + "(" * 5000 + "a" + ")" * 5000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("filter a = " + "- " * 3000 + "1", "nested too deep", id="minus"),
        pytest.param("fields 2" + "^2" * 3000, "nested too deep", id="powers"),
        pytest.param("fields 2" + "^-2" * 3000, "nested too deep", id="powers of minus"),
        pytest.param("filter a in " + "[" * 3000, "nested too deep", id="lists"),
        pytest.param("fields a" + ".a" * 3000, "a name of more than 100 parts", id="names"),
        pytest.param("fields a" + "[0]" * 3000, "more than 100 positions in a row", id="positions"),
        pytest.param(
            'join type=inner left=a right=b where a.x=b.x (SOURCE "x" | ' * 3000,
            "nested too deep",
            id="joins",
        ),
        pytest.param('filter a in (SOURCE "x" | ' * 3000, "nested too deep", id="subqueries"),
    ],
)
def test_whatever_nests_has_a_limit(text: str, said: str) -> None:
    """Operators, lists, positions and queries in queries: the place of the one too many is told."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert problem.message == said
    assert 0 < problem.column < len(text)


_NESTED = [
    *(("(", f"{operator}a)") for operator in ("^", "*", "/", "%", "<", "=", " like ")),
    *(("coalesce(", ", a)"), ("concat(", ", a)"), ("case(", ", a, a)"), ("if(a = 1, ", ", a)")),
    *(("toUpper(", ")"), ("log(", ")"), ("jsonParse(", ")"), ("(", " in [1, 2])")),
]


@pytest.mark.parametrize(
    "text",
    [
        "fields " + "-" * 90 + "a as x",
        "fields a" + "^a" * 90 + " as x",
        "fields a" + ".a" * 100 + " as x",
        "fields jsonParse(m) as a | fields a" + "[0]" * 100,
        *(f"fields {before * 45}a{after * 45} as x" for before, after in _NESTED),
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
