"""CloudWatch filter patterns against lines; the cases without a note are AWS's own examples."""

import json

import pytest

from intentlog.expression import FilterPattern, FilterPatternError

BAD = "[ERROR 400] BAD REQUEST"
UNAUTHORIZED = "[ERROR 401] UNAUTHORIZED REQUEST"
MISSING = "[ERROR 419] MISSING ARGUMENTS"
INTERNAL = "[ERROR 500] INTERNAL SERVER ERROR"
TERMS = [
    ("ERROR", [BAD, UNAUTHORIZED, MISSING, INTERNAL]),
    ("error", []),
    ("ERROR ARGUMENTS", [MISSING]),
    ("?BAD ?ARGUMENTS", [BAD, MISSING]),
    ("?BAD ?ARGUMENTS REQUEST", [BAD, UNAUTHORIZED]),
    ('"INTERNAL SERVER ERROR"', [INTERNAL]),
    ('"SERVER INTERNAL"', []),
    ("ERROR -ARGUMENTS", [BAD, UNAUTHORIZED, INTERNAL]),
    ("-ARGUMENTS", [BAD, UNAUTHORIZED, INTERNAL]),
    ('" "', [BAD, UNAUTHORIZED, MISSING, INTERNAL]),
    ("", [BAD, UNAUTHORIZED, MISSING, INTERNAL]),
    ("%AUTHORIZED%", [UNAUTHORIZED]),
    ("%4[01]\\d% REQUEST", [BAD, UNAUTHORIZED]),
]


@pytest.mark.parametrize(("pattern", "matching"), TERMS)
def test_terms_match_lines(pattern: str, matching: list[str]) -> None:
    """Terms are all required, -excluded, or any of the ?optional ones."""
    parsed = FilterPattern.parse(pattern)

    assert matching == [x for x in (BAD, UNAUTHORIZED, MISSING, INTERNAL) if parsed.matches(x)]


EVENT = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
        "cluster.name": "c",
        "latency": 50,
        "errorCode": 400,
        "number": [1000],
        "text": "50",
    }
)


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{ $.eventType = UpdateTrail }",
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.sourceIPAddress = 111.111.* }",
        '{ $.arrayKey[0] = "value" }',
        "{ $.objectList[1].id = 2 }",
        "{ $.eventType = %Trail% }",
        "{ $.arrayKey[*] = %val.{2}% }",
        "{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }",
        "{ $.['cluster.name'] = \"c\" }",
        "{ $['cluster.name'] = \"c\" }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.latency < 51 }",
        "{ $.latency >= 50 }",
        "{ $.latency > -1 }",
        "{ $.errorCode = 400}",
        "{ $.errorCode != 500 }",
        "{ $.number[0] = 1e+3 }",
        "{ $.number[0] != 1e-3 }",
        "{ $.latency = * }",
        '{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }',
        '{ $.eventType = "*Trail" }',
        '{ $.eventType = "Update*" }',
        '{ $.eventType = "*date*" }',
        '{$.eventType="UpdateTrail"}',
        # Not in the documentation: a text that spells a number, and a number as text.
        "{ $.text > 49 }",
        '{ $.latency = "50" }',
    ],
)
def test_json_pattern_matches(pattern: str) -> None:
    """Selectors, operators, wildcards and keywords of JSON patterns."""
    assert FilterPattern.parse(pattern).matches(EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "updatetrail" }',
        '{ $.arrayKey = "value" }',
        '{ $.arrayKey != "value" }',
        '{ $.missing != "value" }',
        "{ $.SomeObject NOT EXISTS }",
        "{ $.SomeOtherObject IS NULL }",
        "{ $.SomeObject != 1 }",
        "{ $.ThisFlag IS FALSE }",
        '{ $.ThisFlag = "*" }',
        "{ $.arrayKey[9] = * }",
        "{ $.cluster.name = * }",
        "{ $.eventType > 1 }",
        '{ $.eventType = "Up*Trail" }',
    ],
)
def test_json_pattern_does_not_match(pattern: str) -> None:
    """Arrays, null and what is missing pass no comparison, not even !=."""
    assert not FilterPattern.parse(pattern).matches(EVENT)


COMPOUND = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [{"id": 2, "email": "John.Doe@example.com"}],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6]],
    }
)
STILES = '$.user.email = "John.Stiles@example.com"'


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        (f'{{ {STILES} || $.coordinates[0][1] = "no" && $.actions[2] = "no" }}', True),
        (f'{{ ({STILES} || $.coordinates[0][1] = "no") && $.actions[2] = "no" }}', False),
        ('{ ($.user.id = 2 && $.users[0].email = "no") || $.actions[2] = "GET" }', False),
    ],
)
def test_and_binds_tighter_than_or(pattern: str, expected: bool) -> None:
    """Parentheses, then &&, then ||."""
    assert expected is FilterPattern.parse(pattern).matches(COMPOUND)


@pytest.mark.parametrize("line", ["", "ERROR x", '"x"', "[1]", '{"a": 1', '{"a": NaN}'])
def test_json_pattern_matches_no_other_line(line: str) -> None:
    """A line that is no JSON object is not even NOT EXISTS."""
    assert not FilterPattern.parse("{ $.a NOT EXISTS }").matches(line)


APACHE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
INFO = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200"
CHILD = "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310"
WARNING = "WARNING 09/25/2014 12:00:02 Invalid user request"
FAILED = "ERROR 09/25/2014 12:00:02 Failed to process request"
URL = "[logLevel, date, time, method, url=%/service/resource/[0-9]+{}$%, response_time]"
COLUMNS = "ip, user, username, timestamp"


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        (f"[{COLUMNS}, request =*.html*, status_code = 4*, bytes]", [APACHE]),
        ("[ip=%127\\.0\\.0\\.[1-9]%, user, ..., bytes]", [APACHE]),
        ("[..., request =*.html*, status_code = 4*, bytes]", [APACHE]),
        (f"[{COLUMNS}, request, status_code = 404 || status_code = 410, bytes]", [APACHE]),
        (f"[{COLUMNS}, request, status_code = 4* && status_code != 404, bytes]", []),
        (f"[{COLUMNS}, request, status_code, bytes > 1000]", [APACHE]),
        (f"[{COLUMNS}, request, status_code, bytes > 2000]", []),
        ("[w1=ERROR, w2]", [FAILED]),
        ("[w1=ERROR]", []),
        ("[w1=ERROR || w1=WARNING, w2]", [WARNING, FAILED]),
        ("[w1=ERROR || w1=%WARN%, w2]", [WARNING, FAILED]),
        ("[w1!=ERROR && w1!=WARNING, w2]", [APACHE, INFO, CHILD]),
        (URL.format(""), [INFO]),
        (URL.format("/part/[0-9]+"), [CHILD]),
    ],
)
def test_space_delimited_pattern_matches(pattern: str, matching: list[str]) -> None:
    """Columns by position, with conditions; the last one takes the rest of the line."""
    parsed = FilterPattern.parse(pattern)

    assert matching == [x for x in (APACHE, INFO, CHILD, WARNING, FAILED) if parsed.matches(x)]


def test_columns_are_extracted_by_name_or_position() -> None:
    """Quotes and brackets are not part of a value; an unnamed column has its number."""
    match = FilterPattern.parse("[..., request=*.html*, status_code=4*,]").match(APACHE)

    assert match is not None
    assert match.extracted == {
        "$1": "127.0.0.1",
        "$2": "Prod",
        "$3": "frank",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0",
        "$status_code": "404",
        "$7": "1534",
    }
    assert match.value_of("$status_code") == "404"
    assert match.number_of("$7") == 1534
    assert match.value_of("$unknown") is None


def test_values_of_a_json_event_are_extracted() -> None:
    """A metric value or dimension can name any selector, in the pattern or not."""
    match = FilterPattern.parse("{ $.latency = * }").match(EVENT)

    assert match is not None
    assert match.extracted == {"$.latency": 50}
    assert match.value_of("$.eventType") == "UpdateTrail"
    assert match.value_of("$.objectList[1].id") == 2
    assert match.value_of("$.objectList") is None
    assert match.number_of("$.text") == 50
    assert match.number_of("$.ThisFlag") is None
    with pytest.raises(FilterPatternError, match=r"a selector is \$\.key"):
        match.value_of("latency")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "{ $.a == 1 }",
            (
                "line 1, column 7: "
                "== is not an operator of a filter pattern; use =\n  { $.a == 1 }\n        ^^"
            ),
        ),
        (
            "{ $.a EXISTS }",
            (
                "line 1, column 7: "
                "EXISTS is not supported; write = * for a text or number that is there\n"
                "  { $.a EXISTS }\n"
                "        ^^^^^^"
            ),
        ),
        (
            "{ $.a IS NOT NULL }",
            (
                "line 1, column 7: "
                "IS NOT is not supported; there are IS NULL, IS TRUE, IS FALSE and NOT EXISTS\n"
                "  { $.a IS NOT NULL }\n"
                "        ^^^^^^^^^^^"
            ),
        ),
        (
            "{ $.a is null }",
            "line 1, column 7: write IS NULL in capitals\n  { $.a is null }\n        ^^^^^^^",
        ),
        (
            '{ $.a > "x" }',
            'line 1, column 7: > compares with a number only\n  { $.a > "x" }\n        ^^^^^',
        ),
        ("{ $.a = 1", "line 1, column 1: this { is not closed\n  { $.a = 1\n  ^"),
        ("{ ($.a = 1 }", "line 1, column 3: this ( is not closed\n  { ($.a = 1 }\n    ^"),
        (
            "{ $.a = 1 } x",
            (
                "line 1, column 13: "
                "nothing can follow the closing }\n  { $.a = 1 } x\n              ^"
            ),
        ),
        (
            "{ a = 1 }",
            "line 1, column 3: expected a selector here, such as $.level\n  { a = 1 }\n    ^",
        ),
        (
            "{ $.*.b[*] = 1 }",
            (
                "line 1, column 3: "
                "a selector can have one wildcard only\n  { $.*.b[*] = 1 }\n    ^^^^^^^^"
            ),
        ),
        (
            '{ $.["a.b"] = 1 }',
            (
                "line 1, column 4: "
                "a selector is $.key with letters, digits, - and _, $.['any key'] or $.list[0]\n"
                '  { $.["a.b"] = 1 }\n'
                "     ^"
            ),
        ),
        (
            "{ $.a = %something!% }",
            (
                "line 1, column 19: "
                "! is not allowed; write \\x21 for it\n"
                "  { $.a = %something!% }\n                    ^"
            ),
        ),
        (
            "%(a|b)%",
            (
                "line 1, column 2: "
                "( and ) are not allowed: there are no groups; write \\x28 and \\x29 for the "
                "characters\n  %(a|b)%\n   ^"
            ),
        ),
        ('"ERROR', 'line 1, column 1: this text has no closing "\n  "ERROR\n  ^'),
        (
            "user@host",
            (
                "line 1, column 1: "
                "a term with other characters than letters, digits and _ needs double quotes: "
                '"user@host"\n  user@host\n  ^^^^^^^^^'
            ),
        ),
        ("- ERROR", "line 1, column 2: expected a term right after -\n  - ERROR\n   ^"),
        (
            "[a, ..., b, ...]",
            (
                "line 1, column 13: "
                "a pattern can have one ... only\n  [a, ..., b, ...]\n              ^^^"
            ),
        ),
        ("[a, b", "line 1, column 1: this [ is not closed\n  [a, b\n  ^"),
        (
            "[a = 1 && b = 2, c]",
            (
                "line 1, column 11: the conditions between two commas are of one field: a, not b\n"
                "  [a = 1 && b = 2, c]\n"
                "            ^"
            ),
        ),
    ],
)
def test_wrong_pattern_is_explained(pattern: str, message: str) -> None:
    """The message says what is wrong, what is allowed, and where."""
    with pytest.raises(FilterPatternError) as caught:
        FilterPattern.parse(pattern)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{ $.a = %a% && $.b = %b% && $.c = %c% }", "2 regular expressions at most"),
        ("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", "3 wildcard selectors"),
        ("x" * 1025, "the pattern has 1025 characters; 1024 are allowed"),
        ("{ " + "(" * 101 + "$.a = 1" + ")" * 101 + " }", "nested more than 100 deep"),
    ],
)
def test_limit_of_the_service_is_kept(pattern: str, message: str) -> None:
    """What the service refuses for its size is refused here too."""
    with pytest.raises(FilterPatternError, match=message):
        FilterPattern.parse(pattern)
