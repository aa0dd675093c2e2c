"""The lexer of Logs Insights expressions and queries."""

import pytest

from intentlog.expression import ExpressionError, TokenKind, tokenize

NAME, QUOTED, STRING = TokenKind.NAME, TokenKind.QUOTED_NAME, TokenKind.STRING
NUMBER, SYMBOL, REGEX = TokenKind.NUMBER, TokenKind.SYMBOL, TokenKind.REGEX


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("level", NAME, "level"),
        ("@message", NAME, "@message"),
        ("@@example.com", NAME, "@@example.com"),
        ("extra.user_id", NAME, "extra.user_id"),
        ("items[0].id", NAME, "items[0].id"),
        ("`foo-bar`", QUOTED, "foo-bar"),
        ("m.`user id`.x", QUOTED, "m.user id.x"),
        ("@`aws.tag.x:y`", QUOTED, "@aws.tag.x:y"),
        ('"a \\"b\\" c"', STRING, 'a "b" c'),
        ("'it\\'s'", STRING, "it's"),
        ('"C:\\temp\\\\x"', STRING, "C:\\temp\\x"),
        ('"# not a comment | nor a pipe"', STRING, "# not a comment | nor a pipe"),
        ("42", NUMBER, 42),
        ("007", NUMBER, 7),
        ("1.5", NUMBER, 1.5),
        ("1e3", NUMBER, 1000.0),
        ("5m", TokenKind.DURATION, "5m"),
        ("2weeks", TokenKind.DURATION, "2weeks"),
        ("{{ level }}", TokenKind.PARAMETER, "level"),
        ("=~", SYMBOL, "=~"),
        ("<=", SYMBOL, "<="),
        ("/a\\/b|c/", REGEX, "a/b|c"),
        ("/a[/]b/", REGEX, "a[/]b"),
        ("/\\d+\\\\/", REGEX, "\\d+\\\\"),
    ],
)
def test_one_token_has_a_kind_and_a_value(text: str, kind: TokenKind, value: object) -> None:
    """Every kind of token is cut out whole and gives what it means."""
    (token,) = tokenize(text)

    assert (kind, value, text) == (token.kind, token.value, token.text)


def test_whole_query_keeps_its_structure() -> None:
    """Commands, pipes, arithmetic, comments and parameters of a saved query are all tokens."""
    query = """# slow requests
    fields @timestamp, duration_ms / 1000 as seconds
    | filter path like /^\\/api/ and level = {{level}}  # comment
    | parse @message /took (?<ms>\\d+)/
    | stats count(*), pct(duration_ms, 95) by bin(5m)"""

    texts = [token.text for token in tokenize(query)]

    assert " ".join(texts) == (
        "fields @timestamp , duration_ms / 1000 as seconds "
        "| filter path like /^\\/api/ and level = {{level}} "
        "| parse @message /took (?<ms>\\d+)/ "
        "| stats count ( * ) , pct ( duration_ms , 95 ) by bin ( 5m )"
    )


def test_slash_comment_is_skipped() -> None:
    """AWS's own published queries end lines with // comments."""
    assert [token.text for token in tokenize("// all\nfields a // one / two")] == ["fields", "a"]


def test_position_is_the_place_in_the_source() -> None:
    """The position of a token leads back to its text."""
    source = 'level  =\n "x"'

    assert all(source[t.position : t.end] == t.text for t in tokenize(source))
    assert [t.position for t in tokenize(source)] == [0, 7, 10]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'level = "ERROR',
            (
                'line 1, column 9: this string has no closing " (write \\" for one inside it)\n'
                '  level = "ERROR\n'
                "          ^"
            ),
        ),
        (
            "a like /x",
            (
                "line 1, column 8: "
                "this regular expression has no closing / (write \\/ for one inside it)\n"
                "  a like /x\n"
                "         ^"
            ),
        ),
        (
            "a like //",
            "line 1, column 8: this regular expression is empty\n  a like //\n         ^^",
        ),
        ("a = `b", "line 1, column 5: this name has no closing `\n  a = `b\n      ^"),
        (
            "ip = 10.0.0.1",
            (
                "line 1, column 6: "
                '10.0.0.1 is neither a number nor a duration; write "10.0.0.1" in quotes '
                "if it is a text\n  ip = 10.0.0.1\n       ^^^^^^^^"
            ),
        ),
        (
            'level = "x"\n  and größe = 1',
            (
                "line 2, column 9: a name with 'ö' in it needs backticks around it\n"
                "    and größe = 1\n"
                "          ^"
            ),
        ),
        ("\ta = ;", "line 1, column 6: ';' means nothing here\n  \ta = ;\n  \t    ^"),
        ("a = 1e999", "line 1, column 5: this number is too large\n  a = 1e999\n      ^^^^^"),
        (
            "a = {{b c}}",
            (
                "line 1, column 5: "
                "a parameter is written {{name}}: letters, digits and _\n  a = {{b c}}\n      ^^"
            ),
        ),
    ],
)
def test_what_is_no_token_is_shown_with_a_caret(text: str, message: str) -> None:
    """The message says what is wrong and underlines the place in the source."""
    with pytest.raises(ExpressionError) as caught:
        tokenize(text)

    assert message == str(caught.value)


def test_error_knows_line_and_column() -> None:
    """Tools can point into the file the expression came from."""
    with pytest.raises(ExpressionError) as caught:
        tokenize('level = "x"\n  and a = ;')

    error = caught.value
    assert (error.position, error.line, error.column) == (22, 2, 11)
    assert error.reason == "';' means nothing here"


def test_long_line_is_cut_around_the_place() -> None:
    """A line too long for a terminal shows only what is near the caret."""
    with pytest.raises(ExpressionError) as caught:
        tokenize("a" * 300 + " ; " + "b" * 300)

    _, line, caret = str(caught.value).split("\n")
    assert line.startswith("  …")
    assert line.endswith("…")
    assert line[caret.index("^")] == ";"
