"""Whatever an application passes becomes one line of JSON."""

import json
import logging
import threading
from collections import UserDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path, PurePosixPath
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentlog.contract import load
from intentlog.logger.formatter import StructuredFormatter

Log = Callable[..., dict[str, object]]


class Colour(Enum):
    """An enumeration."""

    RED = "red"


class Size(IntEnum):
    """An enumeration of numbers."""

    BIG = 3


class Kind(StrEnum):
    """An enumeration of texts."""

    OIL = "oil"


@dataclass
class Stroke:
    """A piece of data."""

    x: int
    password: str = "p"  # noqa: S105 -- what must be masked


class Text(str):
    """A text of another type."""

    __slots__ = ()


class Opaque:
    """An object that is no data."""

    def __str__(self) -> str:
        return "opaque"


class Unshowable:
    """An object that has no text."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


class Hostile(Unshowable):
    """An object that raises whatever is asked of it."""

    @property  # type: ignore[misc]  # a property where there is none is the point
    def __class__(self) -> type:
        raise RuntimeError


class HostileMapping(Mapping[str, object]):
    """A mapping that raises."""

    def __getitem__(self, _key: str) -> object:
        raise RuntimeError

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (2**63, 2**63),
        (2**256 - 1, 2**256 - 1),
        (2**256, str(2**256)),
        (10**5_000, "<int that cannot be shown>"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("\udc80x", "?x"),
        ("a\nb\x00\u2028", "a\nb\x00\u2028"),
        (b"caf\xe9", "caf\\xe9"),
        (bytearray(b"x"), "x"),
        (datetime(2024, 1, 15, tzinfo=UTC), "2024-01-15T00:00:00Z"),
        (date(2024, 1, 15), "2024-01-15"),
        (timedelta(seconds=90), "PT90S"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (PurePosixPath("/a/b"), "/a/b"),
        (Colour.RED, "red"),
        (Size.BIG, 3),
        (Kind.OIL, "oil"),
        (Text("x"), "x"),
        (Stroke(1), {"x": 1, "password": "[redacted]"}),
        ({1: "a", None: "b", (2, 3): "c"}, {"1": "a", "None": "b", "(2, 3)": "c"}),
        (UserDict(a=1), {"a": 1}),
        ((1, 2, 3), [1, 2, 3]),
        ({5}, [5]),
        (Opaque(), "opaque"),
        (Hostile(), "<Hostile that cannot be shown>"),
        (HostileMapping(), "<HostileMapping that cannot be shown>"),
        ([Hostile(), 1], ["<Hostile that cannot be shown>", 1]),
        ({Hostile(): 1}, {"<Hostile that cannot be shown>": 1}),
        ([10**30, float("nan"), "\ud800"], [10**30, "nan", "?"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value(logged: Log, value: object, written: object) -> None:
    """Plain data stay; what JSON lacks becomes what a reader expects, or a marker."""
    extra = logged("m", extra={"value": value})["extra"]

    assert extra == {"value": written}


def test_other_containers_are_written(logged: Log) -> None:
    """Any other container is written as text or as a list, never lost."""
    assert "extra" in logged("m", extra={"value": deque([1]), "range": range(2)})


def test_data_that_contain_themselves(logged: Log) -> None:
    """A cycle ends where it begins again; sharing is none."""
    shared = {"a": 1}
    cycle: dict[str, object] = {"one": shared, "two": shared}
    cycle["self"] = [cycle]

    extra = logged("m", extra={"value": cycle})["extra"]

    assert extra == {"value": {"one": {"a": 1}, "two": {"a": 1}, "self": ["[contains itself]"]}}


def test_deep_data_are_cut(logged: Log) -> None:
    """Data deeper than anybody reads end with a marker."""
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]

    assert "[too deep]" in json.dumps(logged("m", extra={"value": deep}))


def test_endless_data_are_cut(logged: Log) -> None:
    """Data that refer to each other a million times take no time and little room."""
    laugh: list[object] = ["ha"]
    for _ in range(19):
        laugh = [laugh] * 10

    text = json.dumps(logged("m", extra={"value": laugh}))

    assert "[too much]" in text
    assert len(text) < 1_000_000


def test_data_that_change_meanwhile(logged: Log) -> None:
    """A mapping that another thread fills is written as it is at some moment."""
    data: dict[int, int] = {}
    stop = threading.Event()

    def fill() -> None:
        while not stop.is_set():
            data[len(data) % 500] = data.pop(len(data) % 250, 1)

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        records = [logged("m", extra={"value": data}) for _ in range(5)]
    finally:
        stop.set()
        thread.join()

    assert len(records) == 5


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.binary(max_size=20)
    | st.datetimes()
    | st.decimals()
    | st.uuids()
    | st.builds(Opaque)
    | st.builds(Unshowable)
    | st.just(10**30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)
FORMATTERS = [
    StructuredFormatter(load(Path(__file__).parents[2] / "contracts" / f"{name}.toml"))
    for name in ("drawing-agent", "chimera")
]
NAMES = st.text(st.characters(), max_size=10) | st.sampled_from(
    ["extra", "context", "user_id", "trace_id", "level", "message", "intentlog_data", "password"]
)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(NAMES, VALUES, max_size=5),
    st.text(st.characters(), max_size=20) | VALUES,
    st.tuples(VALUES) | st.just(()),
    st.text(st.characters(), max_size=20),
)
def test_anything_is_one_line(
    extra: dict[str, object], message: object, args: tuple[object, ...], name: str
) -> None:
    """Any message, arguments, data and logger give one line of JSON that any reader can read."""
    record = logging.makeLogRecord({"name": name, "msg": message, "args": args})
    vars(record).update({k: v for k, v in extra.items() if k not in vars(record)})
    for formatter in FORMATTERS:
        line = formatter.format(record)

        assert "\n" not in line
        assert line.endswith("}")
        read = json.loads(line.encode("utf-8"), parse_constant=pytest.fail)
        assert list(read)[:2] == ["timestamp", "level"]
