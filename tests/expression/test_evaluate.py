"""What a where-expression matches."""

import pytest

from intentlog.expression import compile_where, matches, parse_where

RECORD: dict[str, object] = {
    "level": "ERROR",
    "status": 503,
    "ratio": 0.5,
    "whole": 200.0,
    "text_status": "404",
    "ok": True,
    "failed": False,
    "nothing": None,
    "empty": "",
    "extra": {"email": "a@example.com", "deep": {"n": 1}, "items": [{"id": 7}, "second"]},
    "log.level": "warn",
    "log": {"level": "hidden", "name": "x"},
    "@timestamp": "t",
    "@odd": "k",
}


@pytest.mark.parametrize(
    "text",
    [
        'level = "ERROR"',
        'level != "INFO"',
        'level in ["ERROR", "CRITICAL"]',
        'level not in ["INFO"]',
        'level like "RR"',
        "level like /^ERR/",
        "level like /(?i)error/",
        "level =~ /(?<kind>ERR)/",
        'level not like "rr"',
        'level > "DEBUG"',
        "status = 503",
        'status = "503"',
        "status >= 500 and status < 600",
        'status like "50"',
        "ratio = 0.5",
        'ratio = "0.5"',
        "whole = 200",
        'whole = "200"',
        "text_status = 404",
        "text_status >= 400",
        "text_status < 1e3",
        "level != 5",
        "ok = true",
        "ok = 1",
        'ok = "1"',
        "ok != false",
        "ok > 0",
        "failed = false",
        "failed = 0",
        "failed in [0]",
        'empty = ""',
        "ispresent(empty)",
        "ispresent(failed)",
        "not ispresent(nothing)",
        "!ispresent(missing)",
        'extra.email like "@example"',
        "extra.deep.n = 1",
        "extra.items.0.id = 7",
        'extra.items.1 = "second"',
        'log.level = "warn"',
        'log.name = "x"',
        '@timestamp = "t"',
        '@@odd = "k"',
        'missing = 1 or level = "ERROR"',
        'not (level = "INFO" or status = 200)',
        'not not level = "ERROR"',
    ],
)
def test_record_matches(text: str) -> None:
    """Comparisons read texts, numbers, booleans and nested fields as Logs Insights does."""
    assert matches(parse_where(text), RECORD)


@pytest.mark.parametrize(
    "text",
    [
        'level = "error"',
        'level like "rror"',
        "level = 1",
        "level > 5",
        "not level > 5",
        "text_status = 4",
        'ok = "true"',
        "ok = false",
        "missing = 1",
        "missing != 1",
        "not missing = 1",
        "not missing != 1",
        "not missing in [1]",
        "not missing like /x/",
        "not (missing = 1 and status = 503)",
        "nothing = 1",
        "nothing != 1",
        'nothing != ""',
        "not nothing < 1",
        "ispresent(nothing)",
        "ispresent(missing)",
        "extra = 1",
        "extra != 1",
        'extra like ""',
        "extra.items.2.id = 7",
        "extra.items.x = 7",
        "level.x = 1",
        'extra.email != "a@example.com"',
        'log.level = "hidden"',
    ],
)
def test_record_does_not_match(text: str) -> None:
    """A missing field matches neither a comparison nor its negation."""
    assert not matches(parse_where(text), RECORD)


@pytest.mark.parametrize("text", ["ispresent(extra)", "not ispresent(extra)"])
def test_object_is_neither_present_nor_missing(text: str) -> None:
    """Insights discovers the leaves of an object, and no filter pattern can ask for it."""
    assert not matches(parse_where(text), RECORD)


@pytest.mark.parametrize(
    "value", [object(), b"x", {1}, (1, 2), pytest.param(10**5000, id="huge"), float("nan")]
)
def test_strange_value_does_not_raise(value: object) -> None:
    """A logger may be handed anything; it must not fail on it."""
    test = compile_where(parse_where('a = 1 or a = "x" or a < 0 or a like /x/ or a in [1]'))

    assert not test({"a": value})
