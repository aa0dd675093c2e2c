"""What every destination does with a text: harmless, short enough, a link or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.destinations.text import address, fit, joined, line, plain, units
from tests.lambdas.destinations.messages import NOT_SHORTENED, TEXTS, unseen


@NOT_SHORTENED
@given(TEXTS)
def test_nothing_unseen_is_left(text: str) -> None:
    """Neither controls nor directions nor halves of surrogates; visible text is as it was."""
    assert unseen(plain(text)) == set()
    assert "\n" not in line(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcode, 表 👩‍👩‍👧", "plain, ünïcode, 表 👩‍👩‍👧"),
        ("a\r\nb\rc\td", "a\nb\nc    d"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud83d \U000e0041\u200b", "\\ud83d \\U000e0041\\u200b"),
    ],
)
def test_what_is_unseen_is_shown_as_what_it_is(text: str, shown: str) -> None:
    """So that one can see that it was there."""
    assert plain(text) == shown


@NOT_SHORTENED
@given(TEXTS, st.integers(0, 200), st.sampled_from([str, lambda text: text.replace("<", "&lt;")]))
def test_a_text_fits(text: str, size: int, escape: type[str]) -> None:
    """Whole if it can be; else as much as there is room for once it is escaped, and ``…``."""
    beginnings = (escape(text[:end] + "…") for end in range(min(len(text), size)))
    longest = max((cut for cut in beginnings if units(cut) <= size), key=len, default="")
    is_whole = len(text) <= size and units(escape(text)) <= size

    assert fit(text, size, escape) == (escape(text) if is_whole else longest)


def test_an_escape_is_not_cut() -> None:
    """Cutting comes first."""
    assert fit("<<<<", 9, lambda text: text.replace("<", "&lt;")) == "&lt;&lt;…"


def test_parts_are_joined_whole_or_not_at_all() -> None:
    """A later one that is shorter may still have room; an empty one takes none."""
    assert joined(["aaa", "", "bbbbbbbbbb", "cc"], 8) == "aaa\ncc"


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("https://console.aws/#logs?a=1&b=2~(c'd*)", "https://console.aws/#logs?a=1&b=2~(c'd*)"),
        ('https://a.example/x|y>z<"`\\ é', "https://a.example/x%7Cy%3Ez%3C%22%60%5C%20%C3%A9"),
        ("docs/operations.md#it-fails", None),
        ("http://a.example/", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://[", None),
        ("https://console.aws@evil.example/", None),
        ("https://a.example/" + "x" * 2_500, None),
    ],
)
def test_a_place_is_a_link_or_none(place: str, url: str | None) -> None:
    """Only https, without what would end a link or hide where it leads."""
    assert address(place) == url
