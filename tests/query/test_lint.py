"""What the linter finds, and that it says nothing of a query that is right."""

import pytest

from intentlog.contract import Record
from intentlog.contract.record import LEVELS
from intentlog.query import KnownFields, lint, parse
from intentlog.query.lint import RULES

_RECORD = Record(
    fields=("timestamp", "level", "category", "logger", "message"),
    optional=("user_id", "tenant"),
    data="extra",
)
_RECORD_OF_AREAS = Record(fields=("timestamp", "level", "area", "message"))
_VALUES = {"level": ("level", LEVELS), "area": ("category", ("http", "system"))}

# The rule, a query that breaks it, and one that does not.
_RULES = [
    ("at-sign-group", "parse @message /(?<@x>a)/", "parse @message /(?<x>a)/"),
    ("bin-capped", "stats count(*) by bin(300s)", "stats count(*) by bin(60s)"),
    ("boolean", "filter ok = true", "filter ok = 1"),
    ("boolean", 'filter ok in ["true"]', "filter ok in [1]"),
    ("cloudwatch-only", "pattern @message | anomaly", "pattern @message"),
    ("cloudwatch-only", "filter a = 1 | diff", "pattern @message | diff"),
    ("dedup-not-last", "dedup a | sort a", "sort a | dedup a | limit 3"),
    ("double-equals", "filter a == 1", "filter a = 1"),
    (
        "duration-arithmetic",
        "filter @timestamp > @timestamp - 1h",
        "filter toMillis(@timestamp) > now() * 1000 - 3600000",
    ),
    ("duration-arithmetic", "filter n > now() - 1h", "filter n > now() - 3600"),
    ("field-as-value", "filter city = `New York`", 'filter city = "New York"'),
    ("field-as-value", 'filter "level" = "ERROR"', 'filter level = "ERROR"'),
    ("field-as-value", "filter level = ERROR", 'filter level = "ERROR"'),
    ("field-as-value", 'filter a = "x" or "y"', 'filter a = "x" or a = "y"'),
    ("field-as-value", 'filter not "x"', 'filter not a = "x"'),
    ("glob-without-star", 'parse @message "a: " as b', 'parse @message "a: *" as b'),
    ("iso-timestamp", 'filter @timestamp > "2026-01-01"', "filter @timestamp > 1767225600000"),
    ("iso-timestamp", "filter @timestamp > 2026-05-04", "filter @timestamp > 1777852800000"),
    ("iso-timestamp", 'filter @timestamp in ["2026-01-01"]', "filter @timestamp in [1]"),
    ("iso-timestamp", "filter @timestamp like /2026/", "filter @message like /2026/"),
    (
        "no-effect",
        'fields formatDate(@timestamp, "yyyy") as y',
        'fields formatDate(@timestamp, "%Y") as y',
    ),
    ("long-number", "filter id = 9007199254740992", "filter id = 9007199254740991"),
    ("long-number", "filter id in [9007199254740993]", 'filter id in ["9007199254740993"]'),
    ("lost-after-stats", "stats count(*) by a | sort @timestamp", "stats count(*) as n | sort n"),
    ("lost-after-stats", "stats sum(a) by b | stats max(a)", "stats sum(a) | sort `sum(a)`"),
    ("lost-after-stats", "stats count(a) by b | filter a = 1", "stats sum(a) | sort sum(a)"),
    (
        "lost-after-stats",
        "countFrequent a | sort b",
        "countFrequent a | sort _approxcount, a",
    ),
    (
        "map-in-same-command",
        "fields jsonParse(@message) as j, j.a",
        "fields jsonParse(@message) as j | fields j.a",
    ),
    ("minus-in-name", 'filter detail-type = "x"', 'filter `detail-type` = "x"'),
    ("no-effect", 'filter strcontains(a, "b", 1)', 'filter strcontains(a, "b")'),
    ("quoted-number", 'filter duration > "1000"', "filter duration > 1000"),
    ("null", "filter a = null", "filter !ispresent(a)"),
    ("null", "filter NULL != a", "filter ispresent(a)"),
    ("rows-unsorted", "accum a as b", "sort @timestamp asc | accum a as b"),
    (
        "rows-unsorted",
        "sort a | stats count(*) as n by a | filldown a",
        "stats count(*) as n by a | sort n | filldown a",
    ),
    ("rows-unsorted", "autoregress a", "countFrequent a | autoregress a"),
    ("sort-before-stats", "sort a | stats count(*)", "stats count(*) as n | sort n"),
    ("stats-too-many", " | ".join(["stats count(*) as a"] * 11), "stats count(*) as a"),
    (
        "timestamp-seconds",
        "filter @timestamp >= 1772359200",
        "filter @timestamp >= 1772359200000",
    ),
    (
        "timestamp-seconds",
        "filter @timestamp > now() - 3600",
        "filter @timestamp > now() * 1000 - 3600000",
    ),
    ("undocumented", "stats median(a)", "stats pct(a, 50)"),
    ("undocumented", "filter a in (1, 2)", "filter a in [1, 2]"),
    ("undocumented", 'filter a =~ "x"', "filter a =~ /x/"),
    ("undocumented", 'filter $.level = "A"', 'filter `$.level` = "A"'),
    ("undocumented", "stats count(*) by date_floor(@timestamp, 5m)", "stats count_distinct(a)"),
    ("undocumented", "sort a | accum b", "sort a | accum b as c"),
    ("undocumented", "sort by a", "sort a"),
    ("undocumented", "fields a, | limit 1", "fields a | limit 1"),
    ("undocumented", "fields a // all", "fields a # // all"),
    ("undocumented", "filter a = \u2018x\u2019", 'filter a = "\u2018x\u2019"'),
    ("undocumented", "stats count(*) by bin(@timestamp, 1h)", "stats count(*) by bin(1h)"),
    ("unknown-field", "fields @logstream", "fields @logStream"),
    ("wildcard-in-text", 'filter a = "*x"', 'filter a like "x"'),
    ("wildcard-in-text", 'filter a like "%x%"', 'filter a like "100%"'),
    ("wrong", "fields count(*)", "stats count(*)"),
    ("wrong", 'fields a + "x" as b', 'fields concat(a, "x") as b'),
    ("wrong", 'fields "x" * 2', 'fields "3" * 2'),
    ("wrong", "stats topk(3, a) by b", "stats topk(3, a)"),
    ("wrong", f"fields case({'a, 1, ' * 11}2) as c", f"fields case({'a, 1, ' * 10}2) as c"),
    ("wrong", "stats topk(0, a)", "stats topk(1, a)"),
    ("wrong", "stats pct(a, 101)", "stats pct(a, 100)"),
    ("wrong", "filterIndex a > 5", "filterIndex a = 5"),
]


def _rules(text: str, known_fields: KnownFields | None = None) -> set[str]:
    return {finding.rule for finding in lint(parse(text), known_fields=known_fields)}


@pytest.mark.parametrize(("rule", "wrong", "right"), _RULES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule: str, wrong: str, right: str) -> None:
    """The query beside it does the same in the right way."""
    assert rule in _rules(wrong)
    assert _rules(right) == set()


def test_every_rule_is_tested() -> None:
    """A rule that nothing breaks may find nothing."""
    assert {rule for rule, _, _ in _RULES} | {"log-class", "unknown-value"} == set(RULES)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('filter levl = "ERROR"', "did you mean level?"),
        ("fields Category", "did you mean category?"),
        ("stats count(*) by user", "did you mean user_id?"),
        (
            "fields duration_ms",
            (
                "there are category, extra, level, logger, message, tenant, timestamp, user_id; "
                "an event's own data is below extra"
            ),
        ),
        ("fields level.name", "did you mean level?"),
    ],
)
def test_a_field_that_no_line_has_is_found(text: str, hint: str) -> None:
    """The nearest one that is there is named, or all of them."""
    (finding,) = lint(parse(text), known_fields=KnownFields.of(_RECORD))

    assert (finding.rule, finding.problem.hint) == ("unknown-field", hint)


def test_an_events_own_data_is_below_the_field_that_the_contract_names() -> None:
    """Not below the context field that comes first."""
    record = Record(fields=("timestamp", "level"), optional=("belt", "user_id"), data="payload")

    (finding,) = lint(parse("filter zzz = 1"), known_fields=KnownFields.of(record))

    assert finding.problem.hint.endswith("an event's own data is below payload")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('filter level = "A" or "B"', 'write level = "B"'),
        ('filter `a b` != "A" and "B"', 'write `a b` != "B"'),
        ('filter @message not like "x" and "y"', 'write @message not like "y"'),
        ('filter a = 1 and (b like "x" or "y")', 'write b like "y"'),
        ('filter "timeout"', 'write @message like "timeout"'),
    ],
)
def test_a_text_alone_is_told_what_it_was_to_be_compared_with(text: str, hint: str) -> None:
    """The condition before it says which field, and how."""
    (finding,) = lint(parse(text))

    assert finding.problem.message == "a text alone is no condition, and matches nothing"
    assert finding.problem.hint == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('fields a + "x" as b', 'concat joins texts: concat(field, "x")'),
        ('fields "x" * a as b', "write a number, or a field that is one"),
    ],
)
def test_a_text_in_arithmetic_is_told_what_was_meant(text: str, hint: str) -> None:
    """Only + is taken for joining."""
    (finding,) = lint(parse(text))

    assert finding.problem.hint == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('filter level = "ERROR"', "it is called sev here"),
        ("stats count(*) by `category`", "it is called unit here"),
        ("fields service", "did you mean sev?"),
    ],
)
def test_a_field_by_its_usual_name_is_told_what_it_is_called_here(text: str, hint: str) -> None:
    """Not what is spelled alike; and nothing of what the lines lack under any name."""
    names = {"level": "sev", "category": "unit", "service": "svc"}
    record = Record(fields=("timestamp", "sev", "unit", "message", "severity"), names=names)

    (finding,) = lint(parse(text), known_fields=KnownFields.of(record))

    assert finding.problem.message.startswith("no line has a field")
    assert finding.problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('filter level = "WARN"', 'line 1, column 16: no level "WARN"; did you mean "WARNING"?'),
        (
            'stats sum(level != "warning")',
            'line 1, column 20: no level "warning"; did you mean "WARNING"?',
        ),
        (
            'filter level in ["ERROR", "FATAL"]',
            'line 1, column 27: no level "FATAL"; there are: DEBUG, INFO, WARNING, ERROR, CRITICAL',
        ),
        (
            'fields area\n| filter area = "htp"',
            'line 2, column 17: no category "htp"; did you mean "http"?',
        ),
    ],
)
def test_a_level_or_category_that_no_line_has_is_found(text: str, said: str) -> None:
    """Its values are those of the contract, its name is what the contract calls it."""
    (finding,) = lint(parse(text), known_fields=KnownFields.of(_RECORD_OF_AREAS, _VALUES))

    assert (finding.rule, str(finding.problem).partition("\n")[0]) == ("unknown-value", said)


@pytest.mark.parametrize(
    "text",
    [
        'filter level = "ERROR" and area in ["http"] and message = "WARN" and level = 3',
        'filter level like "WARN" and level > "A"',
        'parse message "* *" as level, rest | filter level = "WARN"',
        'stats count(*) by level | filter level = "WARN"',
    ],
)
def test_values_that_may_be_there_are_no_finding(text: str) -> None:
    """Those of the contract, parts of them, and what the query makes itself."""
    assert _rules(text, known_fields=KnownFields.of(_RECORD_OF_AREAS, _VALUES)) == set()


def test_what_is_refused_is_found_once() -> None:
    """Planning refuses it, too, and does not say it again."""
    (finding,) = lint(parse("dedup a | filter a = 1"))

    assert finding.rule == "dedup-not-last"


@pytest.mark.parametrize(
    "text",
    [
        "fields extra.anything.at.all, user_id, tenant.name, @timestamp",
        'parse message "a=*" as a | filter a = 1 | stats count(*) as n by a | sort n, a',
        "fields jsonParse(message) as j | unnest j.items into item | display item.name, j.x",
        "stats count(*) by level | sort `count(*)`, count(*)",
        "stats sum(extra.n) as s, s / count(*) as mean by category",
        'lookup users id as user_id OUTPUT name as who | filter who = "ann"',
        'filter user_id in (SOURCE "g" | filter other = 1 | fields whatever)',
        'join left=l right=r where l.level=r.x (SOURCE "g") | fields l.level, r.anything',
        "sort level | accum extra.n as sum | autoregress sum p=1-2 | fields sum - sum_p2, sum_p1",
        "sort level | autoregress level as before | filter level != before",
        "sessionize user_id, tenant | stats count(*) as n by session_id",
        "sort level | fields extra.a | addtotals | filter Total > 1 | filldown extra*",
    ],
)
def test_fields_that_are_there_are_no_finding(text: str) -> None:
    """What a line has, what is below its data, and what the query makes."""
    assert _rules(text, known_fields=KnownFields.of(_RECORD)) == set()


@pytest.mark.parametrize(
    "text",
    ["pattern @message", "filterIndex a = 1", "fields unmask(@message)", "pattern @message | diff"],
)
def test_infrequent_access_has_not_everything(text: str) -> None:
    """The class of the log group decides."""
    query = parse(text)

    assert "log-class" in {each.rule for each in lint(query, log_class="infrequent access")}
    assert "log-class" not in {each.rule for each in lint(query)}


def test_a_finding_shows_its_place_and_its_rule() -> None:
    """What a person reads."""
    (finding,) = lint(parse("fields a\n| filter b == 1"))

    assert str(finding) == (
        "line 2, column 10: == works, but is not documented; write =\n"
        "  | filter b == 1\n"
        "           ^^^^^^\n"
        "  [double-equals]"
    )


def test_a_name_that_needs_backticks_is_told_with_them() -> None:
    """Without them a dash is a minus, and the field is two that no line has."""
    record = Record(fields=("timestamp", "level", "unit-name"))
    known = KnownFields.of(record)
    (finding,) = lint(parse('filter unitname = "x"'), known_fields=known)
    assert finding.problem.hint == "did you mean `unit-name`?"
