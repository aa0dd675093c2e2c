"""``log_event``: the contract's events, and what is said of calls that are not as it wants."""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog import log_event
from intentlog.contract import Contract, parse
from intentlog.logger import events

CONTRACT = """
service = "shop"
namespace = "Shop"
streams.app.file = "shop.log"
record.fields = ["timestamp", "level", "category", "logger", "message"]
record.optional = ["user_id"]
categories.orders.loggers = ["shop.orders"]

[events.order_placed]
logger = "shop.orders"
level = "WARNING"
fields = { order = "string", total = "number", items = "integer" }
optional = { paid = "boolean", address = "object", lines = "array" }
"""
FINE: dict[str, object] = {"order": "A1", "total": 9.5, "items": 2}

Shop = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def shop(tmp_path: Path, lines: Callable[[str], list[dict[str, Any]]]) -> Iterator[Shop]:
    """Set up logging by a small contract; return what reads its lines."""
    intentlog.init_logging(parse(CONTRACT), log_dir=tmp_path, console="off")
    yield lambda: lines("shop.log")
    intentlog.shutdown()


def complaints(shop: Shop) -> list[tuple[object, ...]]:
    """Return what was said of wrong calls: field, problem, expected, came."""
    told = [line for line in shop() if line["logger"] == "intentlog"]
    assert {(line["message"], line["level"], line["category"]) for line in told} <= {
        ("wrong_event_data", "WARNING", "system")
    }
    words = ("field", "problem", "expected", "came")
    return [tuple(line["data"].get(word) for word in words) for line in told]


def test_event_is_logged_as_the_contract_says(shop: Shop) -> None:
    """By its logger, at its level, with its data; nothing is said of a call that is right."""
    log_event("order_placed", {**FINE, "paid": True, "address": {}, "lines": [1]})

    (line,) = shop()
    assert (line["level"], line["logger"]) == ("WARNING", "shop.orders")
    assert (line["category"], line["message"]) == ("orders", "order_placed")
    assert line["data"] == {**FINE, "paid": True, "address": {}, "lines": [1]}


def test_what_is_none_was_not_given(shop: Shop) -> None:
    """Optional data that are None are left out, and are no mistake."""
    log_event("order_placed", {**FINE, "paid": None, "address": None})

    assert [line["data"] for line in shop()] == [FINE]


def test_exception_belongs_to_the_event(shop: Shop) -> None:
    """Passed, or the one that is being handled."""
    log_event("order_placed", FINE, exc_info=ValueError("passed"))
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        log_event("order_placed", FINE, exc_info=True)

    exceptions = [line["data"]["exception"]["message"] for line in shop()]
    assert exceptions == ["passed", "division by zero"]


@pytest.mark.parametrize(
    ("field", "value", "expected", "came"),
    [
        ("order", 7, "string", "integer"),
        ("order", b"A1", "string", "bytes"),
        ("total", True, "number", "boolean"),
        ("total", "9.5", "number", "string"),
        ("total", math.nan, "number", "number that is not finite"),
        ("total", -math.inf, "number", "number that is not finite"),
        ("total", Decimal("9.5"), "number", "Decimal"),
        ("items", 2.0, "integer", "number"),
        ("items", False, "integer", "boolean"),
        ("items", [], "integer", "array"),
        ("paid", 1, "boolean", "integer"),
        ("address", [("street", "x")], "object", "array"),
        ("lines", {"a": 1}, "array", "object"),
        ("lines", "abc", "array", "string"),
    ],
)
def test_wrong_type_is_told_and_logged(
    shop: Shop, field: str, value: object, expected: str, came: str
) -> None:
    """JSON's types, not Python's: no boolean is a number, nothing but a finite number is one."""
    log_event("order_placed", {**FINE, field: value})

    assert shop()[0]["message"] == "order_placed"
    assert field in shop()[0]["data"]
    assert complaints(shop) == [(field, "wrong type", expected, came)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total", 9),
        ("total", 10**400),
        ("items", 10**400),
        ("lines", (1, 2)),
        ("lines", {1}),
        ("address", {"a": object()}),
        ("paid", False),
    ],
)
def test_whatever_comes_out_as_the_type_is_right(shop: Shop, field: str, value: object) -> None:
    """An integer is a number, a tuple is an array."""
    log_event("order_placed", {**FINE, field: value})

    assert complaints(shop) == []


def test_missing_and_unknown_fields_are_told_and_logged(shop: Shop) -> None:
    """Each with what was meant, if something is near."""
    log_event("order_placed", {"order": "A1", "totl": 9.5, "colour": "red"})

    assert shop()[0]["data"] == {"order": "A1", "totl": 9.5, "colour": "red"}
    assert complaints(shop) == [
        ("total", "missing", "number", "nothing"),
        ("items", "missing", "integer", "nothing"),
        ("totl", "unknown field", "total", "totl"),
        (
            "colour",
            "unknown field",
            "one of order, total, items, paid, address, lines",
            "colour",
        ),
    ]


def test_unknown_event_is_told_and_logged(shop: Shop) -> None:
    """By the logger and at the level of the call, which a typed function knows."""
    log_event("order_place", {"x": 1}, logger="shop.old", level="ERROR")

    assert (shop()[0]["logger"], shop()[0]["level"]) == ("shop.old", "ERROR")
    assert complaints(shop) == [(None, "unknown event", "order_placed", "order_place")]


def test_context_may_give_a_field_and_the_record_takes_its_own(shop: Shop) -> None:
    """A bound field is there; a field of the record's top is nothing unknown."""
    with intentlog.bind_context(items=2):
        log_event("order_placed", {"order": "A1", "total": 1, "user_id": 42})

    assert complaints(shop) == []
    assert shop()[0]["user_id"] == 42


def test_complaint_never_has_the_value(shop: Shop, tmp_path: Path) -> None:
    """A value of a wrong type may be a secret in the wrong place."""
    log_event("order_placed", {**FINE, "items": "hunter2"})

    event, complaint = (tmp_path / "shop.log").read_text().splitlines()
    assert "hunter2" in event
    assert "hunter2" not in complaint
    assert len(shop()) == 2


def log_order_placed(**data: object) -> None:
    """Stand for a typed function."""
    log_event("order_placed", data)


def test_complaint_says_who_called(shop: Shop) -> None:
    """The module and line of the application, not of the typed function."""
    log_order_placed(order="A1", total=1)
    line = log_order_placed.__code__.co_firstlineno
    log_event("order_placed", {**FINE, "extra": 1})

    first, second = (line["data"]["caller"] for line in shop() if "caller" in line["data"])
    module, _, number = first.rpartition(":")
    assert module == second.rpartition(":")[0] == __name__
    assert int(number) > line + 3


def test_repeated_complaints_are_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a minute for each event and field, with how often it happened meanwhile."""
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(5):
        log_event("order_placed", {**FINE, "items": "x"})
    log_event("order_placed", {**FINE, "total": "x"})
    now += 61
    log_event("order_placed", {**FINE, "items": "x"})

    told = [line["data"] for line in shop() if line["logger"] == "intentlog"]
    assert [(data["field"], data["count"]) for data in told] == [
        ("items", 1),
        ("total", 1),
        ("items", 5),
    ]
    assert len([line for line in shop() if line["message"] == "order_placed"]) == 7


def test_what_was_told_does_not_grow_forever(shop: Shop) -> None:
    """Names may be made up as it goes."""
    for number in range(2500):
        log_event("order_placed", {**FINE, f"field_{number}": 1})

    assert len(events._complaints._told) <= 1000  # noqa: SLF001 -- there is no other way to see it
    assert shop()


class Odd(Mapping[str, object]):
    """A mapping that raises whatever is asked of it."""

    def __getitem__(self, _key: str) -> object:
        raise RuntimeError

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


class Liar:
    """An object that raises when its type is looked at."""

    @property
    def __class__(self) -> type:
        raise RuntimeError

    @__class__.setter
    def __class__(self, _value: type) -> None:
        raise RuntimeError


@pytest.mark.parametrize("data", [None, 7, "text", [], Odd(), {1: 2}, {None: 1}, {"order": Odd()}])
def test_nothing_is_raised_for_any_data(shop: Shop, data: Any) -> None:
    """The event is logged, and something is said."""
    log_event("order_placed", data)

    assert shop()[0]["message"] == "order_placed"
    assert complaints(shop)


@pytest.mark.parametrize("name", [None, 7, [], {}])
def test_nothing_is_raised_for_any_name(shop: Shop, name: Any) -> None:
    """Nor for a level that there is not."""
    level: Any = "LOUD"
    log_event(name, {}, level=level)

    assert (shop()[0]["message"], shop()[0]["level"]) == (str(name), "INFO")


def test_nothing_is_raised_for_an_object_that_lies(shop: Shop) -> None:
    """What cannot be checked is said to be so."""
    log_event("order_placed", {**FINE, "order": Liar()})

    assert shop()[0]["message"] == "order_placed"
    assert complaints(shop) == [(None, "cannot be checked", "plain data", "RuntimeError")]


def test_exc_info_among_the_data_is_told(shop: Shop) -> None:
    """It is the exception's name everywhere; the contract cannot declare it."""
    log_event("order_placed", {**FINE, "exc_info": 1})

    assert [field for field, *_ in complaints(shop)] == ["exc_info"]


def test_without_set_up_it_goes_through_logging(caplog: pytest.LogCaptureFixture) -> None:
    """By the logger and at the level of the call; nothing is checked."""
    with caplog.at_level(logging.INFO):
        log_event("order_placed", {"order": 1, "note": None}, logger="shop.orders", level="ERROR")

    assert caplog.record_tuples == [("shop.orders", logging.ERROR, "order_placed")]


def test_shutdown_ends_the_checks(bot: Contract, tmp_path: Path) -> None:
    """What the contract of an earlier set-up says holds no longer."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    assert events.in_force() == bot
    intentlog.shutdown()

    assert events.in_force() is None
