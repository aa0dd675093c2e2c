"""Objects that raise, lie, never end or change meanwhile: one line each, and nothing raised."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.logger.bound import in_force

Log = Callable[..., dict[str, Any]]
METHODS = (
    *("__repr__", "__str__", "__format__", "__eq__", "__hash__", "__bool__", "__len__", "__iter__"),
    *("__getattribute__", "__getattr__", "__index__", "__int__", "__float__", "__call__"),
    *("__contains__", "__getitem__", "__reduce__", "__sizeof__", "__dir__", "__fspath__"),
)


def raises(*_args: object, **_data: object) -> object:
    """Raise, whatever is asked."""
    raise RuntimeError("hunter2")


class Meta(type):
    """A class of classes that has no name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError

    __repr__ = raises  # type: ignore[assignment]


Nameless = Meta("Nameless", (), {"__repr__": raises, "__str__": raises})
AllRaise = type("AllRaise", (), dict.fromkeys(METHODS, raises))


class EndlessList(list[object]):
    """A list that never ends."""

    def __iter__(self) -> Iterator[object]:
        while True:
            yield 1


class EndlessDict(dict[object, object]):
    """A mapping that never ends."""

    def items(self) -> Any:
        """Yield items for ever."""
        number = 0
        while True:
            number += 1
            yield number, number


class BrokenDict(dict[object, object]):
    """A mapping that has no items."""

    def items(self) -> Any:
        """Raise."""
        raise RuntimeError


class LyingList(list[object]):
    """A list that says that it is empty."""

    def __len__(self) -> int:
        return -1 if len([*self]) > 5 else 0


class LyingStr(str):
    """A text that is another one when it is asked."""

    __slots__ = ()

    def __str__(self) -> str:
        return 5  # type: ignore[return-value]  # noqa: PLE0307 -- that is the point

    __repr__ = __str__


class LyingError(Exception):
    """An exception whose attributes raise, or never end."""

    strerror = property(raises)
    args = property(raises)

    def __str__(self) -> str:
        raise LyingError

    @property
    def __notes__(self) -> Iterator[str]:  # type: ignore[override]
        while True:
            yield "note"


ATTRIBUTES = [type(f"Raises{method}", (), {method: raises}) for method in METHODS]
HOSTILE: list[Any] = [
    *(*ATTRIBUTES, AllRaise, Nameless, lambda: Nameless, lambda: AllRaise),
    *(lambda: EndlessList([1]), lambda: EndlessDict(a=1), lambda: BrokenDict(a=1)),
    *(lambda: LyingList([1, 2]), lambda: LyingStr("x"), LyingError),
    *(lambda: iter([1]), lambda: (n for n in [1]), lambda: range(10**12), object, lambda: ...),
    *(lambda: {(1, (2,)): 1, None: 2, 1.5: 3, b"\xff": 4, frozenset(): 5}, lambda: 1 + 2j),
    *(lambda: memoryview(b"abc"), lambda: NotImplemented, lambda: logging, lambda: print),
]


@pytest.mark.parametrize("make", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_object_is_one_line_a_call(
    agent: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[], object]
) -> None:
    """As message, argument, data, bound data, context, exception: by any door."""
    value: Any = make()
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    monkeypatch.setattr(logging.getLogger(), "handlers", [in_force.handler])
    logger, stdlib = intentlog.get_logger("x"), logging.getLogger("x")
    with intentlog.bind_context(user_id=value, other=value):
        logger.info(value)
        logger.info("%s %r %d", value, value, value)
        logger.info("m", value=value, more=[value], context={"deep": {"a": value}})
        logger.bind(value=value).info("m", trace_id=value)
        logger.error("m", exc_info=value)
        stdlib.info(value)
        stdlib.info("m", extra={"value": value})
        try:
            raise LyingError from LyingError()  # noqa: TRY301 -- it is to have a cause
        except LyingError as error:
            logger.exception("m", error=error, cause=value)

    written = (tmp_path / "app.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["level"] for line in written].count("INFO") == 6
    assert len(written) == 8
    assert all(len(line) < 262_144 for line in written)


def test_line_says_what_was_left_out(logged: Log) -> None:
    """Of a long list or mapping, the beginning is there, and how much there is besides."""
    extra = logged("m", extra={"a": [*range(1_000_000)]})["extra"]
    assert extra["a"][:3] == [0, 1, 2]
    assert extra["a"][-1] == f"[cut: {1_000_001 - len(extra['a'])} more items]"

    extra = logged("m", extra={"b": {str(n): n for n in range(100_000)}})["extra"]
    assert extra["b"]["[cut]"] == f"{100_001 - len(extra['b'])} more fields"


def test_nested_mapping_that_changes_meanwhile(logged: Log) -> None:
    """A thread that fills what is logged costs neither a line nor an exception."""
    data: dict[str, Any] = {"deep": {"mapping": {}, "list": [], "set": set()}}
    stop = threading.Event()

    def fill() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            deep = data["deep"]
            deep["mapping"][number % 1000] = number
            deep["mapping"].pop((number * 7) % 1000, None)
            deep["list"] = [*deep["list"][-50:], number]
            deep["set"].add(number % 100)
            deep["set"].discard((number * 3) % 100)

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        records = [logged("m", extra=data) for _ in range(10)]
    finally:
        stop.set()
        thread.join()

    assert len(records) == 10
    assert all("deep" in record["extra"] for record in records)


@pytest.mark.parametrize("depth", [1, 15, 25, 200, 2_000])
def test_call_near_the_end_of_the_stack_raises_nothing_of_its_own(
    logged: Log, agent: Contract, tmp_path: Path, depth: int
) -> None:
    """However little of the stack is left, the call returns; the application decides what is."""
    del logged, agent, tmp_path  # set up
    logger = logging.getLogger("x")

    def nested(left: int) -> str:
        if left:
            return nested(left - 1)
        logger.info("m %s", 1, extra={"a": [1, {"b": {1, 2}}]})
        return "returned"

    try:
        outcome = nested(depth)
    except RecursionError as error:
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        outcome = where.tb_frame.f_code.co_name if where else ""

    assert outcome in {"returned", "nested", "info", "isEnabledFor"}


def test_value_that_logs_itself(
    agent: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is made by logging it ends where the stack does."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    monkeypatch.setattr(logging.getLogger(), "handlers", [in_force.handler])

    class Chatty:
        def __str__(self) -> str:
            intentlog.get_logger("chatty").info("%s", self)
            return "said"

    intentlog.get_logger("x").info("%s", Chatty())

    last = (tmp_path / "app.log").read_text(encoding="utf-8").splitlines()[-1]
    assert (json.loads(last)["logger"], json.loads(last)["message"]) == ("x", "said")
