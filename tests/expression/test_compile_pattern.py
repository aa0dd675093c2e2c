"""Compiling where-expressions to CloudWatch filter patterns."""

import pytest

from intentlog.expression import NotExpressibleError, filter_pattern, parse_where


@pytest.mark.parametrize(
    ("where", "pattern"),
    [
        ('level = "ERROR"', '{ $.level = "ERROR" }'),
        (
            'level = "ERROR" and category = "auth"',
            '{ ($.level = "ERROR") && ($.category = "auth") }',
        ),
        (
            'level in ["ERROR", "CRITICAL"]',
            '{ ($.level = "ERROR") || ($.level = "CRITICAL") }',
        ),
        ('level in ["ERROR"]', '{ $.level = "ERROR" }'),
        (
            'level not in ["DEBUG", "INFO"]',
            '{ ($.level != "DEBUG") && ($.level != "INFO") }',
        ),
        ('trace_id != ""', '{ $.trace_id != "" }'),
        ('not category = "auth"', '{ $.category != "auth" }'),
        ('not (a = "x" or b != "y")', '{ ($.a != "x") && ($.b = "y") }'),
        (
            'a = "x" and (b = "y" or c = "z")',
            '{ ($.a = "x") && (($.b = "y") || ($.c = "z")) }',
        ),
        ('message like "timeout"', '{ $.message = "*timeout*" }'),
        ('message not like "timeout"', '{ $.message != "*timeout*" }'),
        ("message like /time ?out$/", "{ $.message = %time ?out$% }"),
        ("message like /f\\(a!\\) 5%/", "{ $.message = %f\\x28a\\x21\\x29 5\\x25% }"),
        ("status >= 500", "{ $.status >= 500 }"),
        ("status != 200", "{ $.status != 200 }"),
        ("not status < 500", "{ $.status >= 500 }"),
        (
            "status >= 400 and status < 500",
            "{ ($.status >= 400) && ($.status < 500) }",
        ),
        ("extra.duration_ms > 1.5e3", "{ $.extra.duration_ms > 1500.0 }"),
        (
            "extra.`user id` = \"x\" and @@type = 'y'",
            "{ ($.extra.['user id'] = \"x\") && ($.['@type'] = \"y\") }",
        ),
        ("not ispresent(user_id)", "{ ($.user_id NOT EXISTS) || ($.user_id IS NULL) }"),
    ],
)
def test_expression_compiles(where: str, pattern: str) -> None:
    """What both languages can say becomes the pattern one would write by hand."""
    assert pattern == filter_pattern(parse_where(where))


@pytest.mark.parametrize(
    ("where", "pattern"),
    [
        ("ok = true", "{ ($.ok = 1) || ($.ok IS TRUE) }"),
        ("ok = false", "{ ($.ok = 0) || ($.ok IS FALSE) }"),
        ("errors > 0", "{ ($.errors > 0) || ($.errors IS TRUE) }"),
        ("errors != 0", "{ (($.errors = *) && ($.errors != 0)) || ($.errors IS TRUE) }"),
        ("n < 50", "{ ($.n < 50) || ($.n IS TRUE) || ($.n IS FALSE) }"),
        ("ispresent(n)", "{ ($.n = *) || ($.n IS TRUE) || ($.n IS FALSE) }"),
    ],
)
def test_boolean_that_insights_reads_as_a_number_is_named(where: str, pattern: str) -> None:
    """A JSON boolean is 1 or 0 in Insights; a pattern must ask for it in its own words."""
    assert pattern == filter_pattern(parse_where(where))


def test_key_with_a_dot_is_selected_as_one_key() -> None:
    """Only the caller can know that a dot is part of a key, not a step into an object."""
    where = parse_where('log.level = "error"')

    assert filter_pattern(where) == '{ $.log.level = "error" }'
    assert filter_pattern(where, dotted_keys=["log.level"]) == "{ $.['log.level'] = \"error\" }"


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            'level = "ERROR" and @message like "x"',
            (
                "line 1, column 21: "
                'no filter pattern says @message like "x": @message is not in the JSON record, so '
                "there is no selector for it\n"
                '  level = "ERROR" and @message like "x"\n'
                "                      ^^^^^^^^"
            ),
        ),
        (
            'level = "x"\nor name > "m"',
            (
                'line 2, column 4: no filter pattern says name > "m": only numbers have an order '
                "there; compare with a number without quotes\n"
                '  or name > "m"\n'
                "     ^^^^"
            ),
        ),
        (
            'path = "/a/*"',
            (
                "line 1, column 1: "
                "no filter pattern says path = \"/a/*\": '*' is a wildcard there; a regular "
                "expression can match it as \\x2A\n"
                '  path = "/a/*"\n'
                "  ^^^^"
            ),
        ),
        (
            "not ok = true",
            (
                "line 1, column 5: "
                "no filter pattern says ok != true: what != makes of a JSON boolean is not "
                "documented; write ok = false\n"
                "  not ok = true\n"
                "      ^^"
            ),
        ),
    ],
)
def test_what_no_pattern_says_is_refused_with_its_place(where: str, message: str) -> None:
    """The message names the part, why it cannot be said, and shows where it stands."""
    with pytest.raises(NotExpressibleError) as caught:
        filter_pattern(parse_where(where))

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ('a = "say \\"x\\""', "'\"' has no documented spelling there"),
        ('a like "x\\\\y"', "has no documented spelling there"),
        ('a = "two\nlines"', "has no documented spelling there"),
        ('a = "true"', "write true without quotes for a boolean"),
        ('a not in ["false"]', "write false without quotes for a boolean"),
        ('a = "%x%"', "a text between % could be read as a regular expression"),
        ('a not like ""', "nothing matches it: every text contains the empty one"),
        ("a like /(?i)x/", "(?i) is not allowed; write both cases: [Ee]rror"),
        ("a like /(x|y)/", "( and ) are not allowed"),
        ("a like /\\bx/", "\\b is not allowed"),
        ("a like /é/", "only ASCII characters are"),
        ("items.0.id = 1", "0 can be a key or a position in an array"),
        ("`it's` = 1", 'how the key "it\'s" is written there is not documented'),
        ("`größe` = 1", "how the key 'größe' is written there is not documented"),
        ("a..b = 1", "the name a..b has an empty part"),
        (
            "a like /x/ and b like /y/ and c like /z/",
            "no filter pattern says all this: it has 3 regular expressions; 2 are allowed",
        ),
        (
            "a in [" + ", ".join(f'"value-{n}"' for n in range(60)) + "]",
            "no filter pattern says all this: it would have",
        ),
    ],
)
def test_what_differs_between_the_languages_is_refused(where: str, reason: str) -> None:
    """Nothing compiles to a pattern that might count other records."""
    with pytest.raises(NotExpressibleError) as caught:
        filter_pattern(parse_where(where))

    assert reason in caught.value.reason
