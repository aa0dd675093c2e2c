"""What makes two errors one kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.fingerprint import fingerprint


@pytest.mark.parametrize(
    ("kind", "message", "shared"),
    [
        ("", "no canvas 42", "no canvas <n>"),
        ("ValueError", "no canvas 42", "ValueError: no canvas <n>"),
        ("ValueError", "ValueError: no canvas 42", "ValueError: no canvas <n>"),
        ("", "took 1,234.5 ms, 3 retries", "took <n> ms, <n> retries"),
        ("", "user 12345678901 is gone", "user <n> is gone"),
        ("", "6a1f0c9e-3b7a-4b7e-9c56-3f0f2f1d9f10 failed", "<uuid> failed"),
        ("", "commit 9e107d9d372bb6826bd81d3542a419d6", "commit <id>"),
        ("", "at 0x7f3a of usr_8fK2jd9", "at <id> of <id>"),
        ("", "mail to a***@example.com bounced", "mail to <email> bounced"),
        ("", "no field 'color' in \"stroke 7\"", "no field <text> in <text>"),
        ("", "it doesn't work, it can't", "it doesn't work, it can't"),
        ("", "GET https://api.example.com/v1/a?b=2 gave 502", "GET <url> gave <n>"),
        ("", "cannot open /var/data/u7/c.png: denied", "cannot open <path>: denied"),
        ("", "since 2026-11-22T10:00:00.123Z", "since <time>"),
        ("", "connect 10.0.3.7:5432 refused", "connect <n> refused"),
        ("", "two\n  lines", "two lines"),
        ("", "read/write error and/or worse", "read/write error and/or worse"),
        ("", "", ""),
    ],
)
def test_what_varies_is_left_out(kind: str, message: str, shared: str) -> None:
    """Numbers, ids, quotes, paths, addresses and times; the words stay."""
    assert fingerprint(kind, message) == shared


@given(st.text(max_size=50), st.text(max_size=2_000))
def test_it_takes_any_text(kind: str, message: str) -> None:
    """It never raises, is never long, and has no line end in it."""
    shared = fingerprint(kind, message)

    assert len(shared) <= 160
    assert len(shared.splitlines()) <= 1


@given(st.integers(min_value=0), st.integers(min_value=0))
def test_numbers_make_no_difference(one: int, other: int) -> None:
    """However long they are."""
    assert fingerprint("", f"no canvas {one} of 3") == fingerprint("", f"no canvas {other} of 3")


@pytest.mark.parametrize("text", ["a.b@" * 50_000, "'" * 200_000, "a1" * 100_000, "/a" * 100_000])
def test_a_long_text_is_not_read_whole(text: str) -> None:
    """What counts is how it begins."""
    assert fingerprint("", text) == fingerprint("", text[:1_000])
