"""What other libraries make comes out readable: attrs, pydantic, msgspec, numpy."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from unittest.mock import MagicMock

import attrs
import msgspec
import numpy as np
import pydantic
import pytest

Log = Callable[..., dict[str, object]]
MOMENT = datetime(2024, 1, 15, tzinfo=UTC)


class Colour(Enum):
    """An enumeration."""

    RED = "red"


@attrs.define
class Point:
    """A class of attrs."""

    x: int
    at: datetime
    token: str = "hunter2"  # noqa: S105 -- what must be masked


@attrs.frozen
class Line:
    """A class of attrs that holds others."""

    points: list[Point]
    colour: Colour


class Order(pydantic.BaseModel):
    """A model of pydantic."""

    amount: Decimal
    email: str
    password: pydantic.SecretStr
    lines: dict[str, list[int]] = {}


class Event(msgspec.Struct):
    """A structure of msgspec."""

    name: str
    body: bytes
    api_key: str
    colour: Colour
    value: float = float("nan")


class Pair(NamedTuple):
    """A named tuple."""

    user: str
    password: str


POINT = {"x": 1, "at": "2024-01-15T00:00:00Z", "token": "[redacted]"}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Point(1, MOMENT), POINT),
        (Line([Point(1, MOMENT)], Colour.RED), {"points": [POINT], "colour": "red"}),
        (
            Order(amount=Decimal("1.10"), email="ada@example.com", password="hunter2"),  # type: ignore[arg-type]  # noqa: S106
            {
                "amount": "1.10",
                "email": "a***@example.com",
                "password": "[redacted]",
                "lines": {},
            },
        ),
        (
            Event("n", b"ada@example.com", "hunter2", Colour.RED),
            {
                "name": "n",
                "body": "a***@example.com",
                "api_key": "[redacted]",
                "colour": "red",
                "value": "nan",
            },
        ),
        (Pair("ada", "hunter2"), {"user": "ada", "password": "[redacted]"}),
        (np.int64(5), 5),
        (np.uint8(255), 255),
        (np.float32(0.5), 0.5),
        (np.float64("nan"), "nan"),
        (np.bool_(True), True),
        (np.str_("ada@example.com"), "a***@example.com"),
        (np.datetime64("2024-01-15T00:00:00"), "2024-01-15T00:00:00"),
        (np.array([1, 2]), [1, 2]),
        (np.array([[1.5, np.inf]]), [[1.5, "inf"]]),
        (np.array(["a", b"b"], dtype=object), ["a", "b"]),
        (np.array(7), 7),
        ({np.int64(1): np.array([True])}, {"1": [True]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value(logged: Log, value: object, written: object) -> None:
    """As data, secrets masked within; what JSON lacks as elsewhere."""
    assert logged("m", extra={"value": value})["extra"] == {"value": written}
    assert logged("m", extra={"deep": [{"value": value}]})["extra"] == {
        "deep": [{"value": written}]
    }


def test_large_array_is_shown_in_short(logged: Log) -> None:
    """Ten million numbers are not turned into a list, only to be left out."""
    shown = logged("m", extra={"value": np.zeros(10_000_000)})["extra"]["value"]  # type: ignore[index]

    assert shown == "[0. 0. 0. ... 0. 0. 0.]"


def test_stand_in_is_only_shown(logged: Log) -> None:
    """Who has any attribute is not asked: a call of it may go to another machine."""

    class Proxy:
        called = False

        def __getattr__(self, name: str) -> object:
            def call(*_args: object) -> object:
                Proxy.called = True
                return self

            return call

    shown = logged("m", extra={"mock": MagicMock(name="pen"), "proxy": Proxy()})["extra"]

    assert str(shown["mock"]).startswith("<MagicMock name='pen'")  # type: ignore[index]
    assert "Proxy object" in str(shown["proxy"])  # type: ignore[index]
    assert not Proxy.called
