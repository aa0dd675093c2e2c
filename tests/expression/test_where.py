"""Parsing and printing where-expressions."""

import pytest

from intentlog.expression import (
    And,
    Comparison,
    ExpressionError,
    Field,
    Like,
    Membership,
    Not,
    Or,
    Present,
    Where,
    fields_of,
    literals_of,
    parse_where,
    to_text,
)

A, B, C = Field("a"), Field("b"), Field("c")
A1, B1, C1 = Comparison(A, "=", 1), Comparison(B, "=", 1), Comparison(C, "=", 1)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('a = "x"', Comparison(A, "=", "x")),
        ("a!='x'", Comparison(A, "!=", "x")),
        ("a >= -1.5", Comparison(A, ">=", -1.5)),
        ("a = TRUE", Comparison(A, "=", True)),
        ('a in ["x", 2]', Membership(A, ("x", 2))),
        ('a NOT IN ["x"]', Membership(A, ("x",), negated=True)),
        ('a like "x"', Like(A, "x")),
        ("a not like /x/", Like(A, "x", regex=True, negated=True)),
        ("a =~ /x/", Like(A, "x", regex=True)),
        ("isPresent(a)", Present(A)),
        ("!ispresent(a)", Not(Present(A))),
        ("not a = 1", Not(A1)),
        ("`user id` = 1", Comparison(Field("user id"), "=", 1)),
        ("extra.`user id` = 1", Comparison(Field("extra.user id"), "=", 1)),
        ("a = 1 and b = 1 and c = 1", And((A1, B1, C1))),
        ("a = 1 or b = 1 and c = 1", Or((A1, And((B1, C1))))),
        ("(a = 1 or b = 1) and c = 1", And((Or((A1, B1)), C1))),
        ("not a = 1 and b = 1", And((Not(A1), B1))),
        ("not (a = 1 and b = 1)", Not(And((A1, B1)))),
        ("a = 1 # why\n and b = 1", And((A1, B1))),
    ],
)
def test_expression_is_parsed(text: str, where: Where) -> None:
    """The operators of the filter command, and how tightly they bind."""
    assert where == parse_where(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a='x'", 'a = "x"'),
        ("((a=1))or(b=2)", "a = 1 or b = 2"),
        ("NOT (a=1 OR b=2)", "not (a = 1 or b = 2)"),
        ("a =~ /x\\/y/", "a like /x\\/y/"),
        ("a like /[/]/", "a like /[\\/]/"),
        ("!isPresent(`b-c`)", "not ispresent(`b-c`)"),
        ("`in` = true", "`in` = true"),
        ("a = 'say \"x\" \\\\'", 'a = "say \\"x\\" \\\\"'),
        ("(a=1 and b=2) and c=3", "(a = 1 and b = 2) and c = 3"),
    ],
)
def test_expression_is_printed_in_one_form(text: str, canonical: str) -> None:
    """Spelling, quotes and needless parentheses do not survive."""
    assert canonical == to_text(parse_where(text))
    assert canonical == to_text(parse_where(canonical))


def test_fields_are_listed_with_their_places() -> None:
    """A check of names can point at each mention."""
    text = 'level = "ERROR" and\nnot (extra.`a b` in [1] or ispresent(level))'

    fields = fields_of(parse_where(text))

    assert [field.name for field in fields] == ["level", "extra.a b", "level"]
    assert [field.position for field in fields] == [0, 25, 57]


def test_compared_texts_are_listed_with_their_fields() -> None:
    """A contract can check the value of a field it knows; patterns and numbers are not values."""
    where = parse_where('category = "auht" and n != 1 and level in ["A", "B"] and m like "x"')

    pairs = [(field.name, text) for field, text in literals_of(where)]

    assert pairs == [("category", "auht"), ("level", "A"), ("level", "B")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'the expression is empty; write for example level = "ERROR"'),
        (
            'level == "ERROR"',
            (
                "line 1, column 7: "
                '== is not an operator of Logs Insights; use =\n  level == "ERROR"\n        ^^'
            ),
        ),
        (
            "a = 1 && b = 2",
            (
                "line 1, column 7: "
                "&& is not an operator of Logs Insights; use and\n  a = 1 && b = 2\n        ^^"
            ),
        ),
        (
            "a = 1\n|| b = 2",
            "line 2, column 1: || is not an operator of Logs Insights; use or\n  || b = 2\n  ^^",
        ),
        (
            "a <> 1",
            "line 1, column 3: <> is not an operator of Logs Insights; use !=\n  a <> 1\n    ^^",
        ),
        (
            'a ilike "x"',
            (
                "line 1, column 3: "
                "ilike is not an operator of Logs Insights; use like /(?i)…/\n"
                '  a ilike "x"\n    ^^^^^'
            ),
        ),
        (
            "level = ERROR",
            (
                "line 1, column 9: "
                'a text needs quotes: did you mean "ERROR"?\n  level = ERROR\n          ^^^^^'
            ),
        ),
        (
            'level lik "x"',
            (
                "line 1, column 7: "
                'expected an operator after level, not lik; did you mean like?\n  level lik "x"\n'
                "        ^^^"
            ),
        ),
        (
            "level",
            (
                "line 1, column 6: "
                "expected an operator after level: =, !=, <, <=, >, >=, in, not in, like, "
                "not like, =~\n  level\n       ^"
            ),
        ),
        (
            '"ERROR" = level',
            (
                "line 1, column 1: "
                'the field comes first: write level = "ERROR", not "ERROR" = level\n'
                '  "ERROR" = level\n'
                "  ^^^^^^^"
            ),
        ),
        (
            "isPresnt(a)",
            (
                "line 1, column 1: "
                "no function is called isPresnt; did you mean ispresent?\n  isPresnt(a)\n  ^^^^^^^^"
            ),
        ),
        (
            "strlen(a) > 3",
            (
                "line 1, column 1: "
                "strlen(…) cannot be used here; the only function is ispresent(field)\n"
                "  strlen(a) > 3\n"
                "  ^^^^^^"
            ),
        ),
        (
            'a in ("x")',
            (
                "line 1, column 6: "
                'in takes a list in brackets: in ["ERROR", "CRITICAL"]\n  a in ("x")\n       ^'
            ),
        ),
        (
            "a in []",
            "line 1, column 7: this list is empty; nothing can be in it\n  a in []\n        ^",
        ),
        ("a in [1, 2", "line 1, column 6: this [ is not closed\n  a in [1, 2\n       ^"),
        (
            "a in [1 2]",
            "line 1, column 9: expected , or ] after this value\n  a in [1 2]\n          ^",
        ),
        (
            "foo-bar = 1",
            (
                "line 1, column 4: "
                "- is a minus here; a name with - in it needs backticks: `foo-bar`\n"
                "  foo-bar = 1\n"
                "     ^"
            ),
        ),
        ("(a = 1", "line 1, column 1: this ( is not closed\n  (a = 1\n  ^"),
        ("a = 1)", "line 1, column 6: this ) closes nothing\n  a = 1)\n       ^"),
        (
            "a = 1 b = 2",
            "line 1, column 7: expected and, or or the end here\n  a = 1 b = 2\n        ^",
        ),
        (
            "a = 1 | limit 5",
            (
                "line 1, column 7: this is one expression, not a query; remove what begins with |\n"
                "  a = 1 | limit 5\n"
                "        ^"
            ),
        ),
        (
            "users[0].id = 1",
            (
                "line 1, column 1: the position in an array is written with a dot: users.0.id\n"
                "  users[0].id = 1\n"
                "  ^^^^^^^^^^^"
            ),
        ),
        (
            "a > true",
            (
                "line 1, column 5: "
                "true and false can only be compared with = and !=\n  a > true\n      ^^^^"
            ),
        ),
        (
            "a > 5m",
            (
                "line 1, column 5: "
                "5m is a duration; a field is compared with a text or a number\n  a > 5m\n      ^^"
            ),
        ),
        (
            "a = /x/",
            (
                "line 1, column 5: "
                "a regular expression follows like or =~ only\n  a = /x/\n      ^^^"
            ),
        ),
        (
            'a =~ "x"',
            (
                "line 1, column 6: "
                '=~ takes a /regular expression/; use like "…" for a text\n  a =~ "x"\n       ^^^'
            ),
        ),
        (
            "a like 5",
            (
                "line 1, column 8: "
                'like takes a "text" or a /regular expression/\n  a like 5\n         ^'
            ),
        ),
        (
            "a like /(/",
            (
                "line 1, column 8: "
                "this is not a regular expression: missing ), unterminated subpattern\n"
                "  a like /(/\n"
                "         ^^^"
            ),
        ),
        (
            "a = {{x}}",
            (
                "line 1, column 5: "
                "a {{parameter}} can stand in a saved query only\n  a = {{x}}\n      ^^^^^"
            ),
        ),
        (
            "in = 1",
            (
                "line 1, column 1: "
                "expected a field, not the word in; write `in` if a field has this name\n"
                "  in = 1\n  ^^"
            ),
        ),
        ("a not = 1", "line 1, column 7: after not, expected in or like\n  a not = 1\n        ^"),
        (
            "a = 1 and",
            (
                "line 1, column 10: "
                "expected a field here, but the expression ends\n  a = 1 and\n           ^"
            ),
        ),
    ],
)
def test_wrong_expression_is_explained(text: str, message: str) -> None:
    """The message says what is wrong, what to write, and where."""
    with pytest.raises(ExpressionError) as caught:
        parse_where(text)

    assert message == str(caught.value)


@pytest.mark.parametrize("text", ["(" * 101 + "a = 1" + ")" * 101, "not " * 101 + "a = 1"])
def test_endless_nesting_is_refused(text: str) -> None:
    """Too deep an expression is an error of the user's, not a crash of the parser."""
    with pytest.raises(ExpressionError, match="nested more than 100 deep"):
        parse_where(text)
