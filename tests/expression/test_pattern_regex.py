"""The regular expressions that filter patterns accept; the matching cases are AWS's examples."""

import pytest

from intentlog.expression import FilterPattern, FilterPatternError


@pytest.mark.parametrize(
    ("regex", "text", "expected"),
    [
        ("^[hc]at", "cat food", True),
        ("^[hc]at", "a cat", False),
        ("[hc]at$", "a hat", True),
        ("[hc]at$", "cats", False),
        ("colou?r", "colour", True),
        ("^[abcx-z]$", "y", True),
        ("^[abcx-z]$", "d", False),
        ("^a{3,5}$", "aaaa", True),
        ("^a{3,5}$", "aa", False),
        ("^a{,2}$", "aa", True),
        ("gray|grey", "grey", True),
        ("^starting|^initializing|^shutting down", "shutting down now", True),
        ("^starting|^initializing|^shutting down", "skipping initializing", False),
        ("abcc|ab[^c]$", "aba", True),
        ("\\[.\\]", "x[@]y", True),
        ("10\\.10\\.0\\.1", "10.10.0.1", True),
        ("10\\.10\\.0\\.1", "10010,051", False),
        ("ab*c", "ac", True),
        ("ab+c", "ac", False),
        (".at", " at", True),
        ("^\\d$", "٣", False),
        ("^\\w\\W\\s\\S\\D$", "a. bc", True),
        ("\\x3A", "a:b", True),
        ("\\x28", "f(x)", True),
        ("[.*|$-]", "-", True),
        ("^[.*|$-]$", "+", False),
    ],
)
def test_regex_matches(regex: str, text: str, expected: bool) -> None:
    """The documented operators mean what the examples say."""
    assert expected is FilterPattern.parse(f"%{regex}%").matches(text)


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        ("", "the regular expression is empty"),
        ("a!", "! is not allowed; write \\x21 for it"),
        ("é", "é is not allowed: only ASCII characters are"),
        ("(?i)error", "(?i) is not allowed; write both cases: [Ee]rror"),
        ("a*?", "there is nothing for ? to repeat"),
        ("|*", "there is nothing for * to repeat"),
        ("a{x}", "a repetition is written {2}, {2,}, {,5} or {2,5}"),
        ("a{,}", "a repetition is written {2}, {2,}, {,5} or {2,5}"),
        ("\\b", "\\b is not allowed; \\d \\D \\s \\S \\w \\W, \\xhh and \\ before a symbol are"),
        ("\\xFF", "\\xFF is no ASCII character"),
        ("[a", "this [ is not closed"),
        ("[]a]", "a class cannot begin with ]; write \\]"),
        ("[[a]", "a [ inside a class needs a \\ before it"),
        ("[a-\\d]", "a range goes from one character to another"),
        ("[z-a]", "this is not a regular expression: bad character range z-a at position 1"),
    ],
)
def test_regex_outside_the_subset_is_refused(regex: str, reason: str) -> None:
    """What the service would refuse, or might read in another way, never gets there."""
    with pytest.raises(FilterPatternError) as caught:
        FilterPattern.parse(f"%{regex}%")

    assert reason == caught.value.reason
