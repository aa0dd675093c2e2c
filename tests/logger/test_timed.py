"""``timed``: one line for a step, with how long it took and how it ended."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from intentlog import timed
from intentlog.testing import capture_logs

Lines = list[dict[str, Any]]


@pytest.fixture
def captured() -> Iterator[Lines]:
    """Capture what the test logs."""
    with capture_logs() as lines:
        yield lines


class NoteError(Exception):
    """An error of these tests."""


def test_block_is_one_line(captured: Lines) -> None:
    """Its duration by a clock that never goes back, its outcome, its data."""
    with timed("quote", venue="north") as step:
        time.sleep(0.01)
        step.add(rows=3)

    (line,) = captured
    assert (line["level"], line["logger"], line["message"]) == ("INFO", __name__, "quote")
    assert 10 <= line["data"].pop("duration_ms") < 10_000
    assert line["data"] == {"venue": "north", "rows": 3, "outcome": "ok"}


def test_logger_and_level_are_the_callers(captured: Lines) -> None:
    """They may be given."""
    with timed("quote", logger="shop.prices", level="WARNING"):
        pass

    assert [(line["logger"], line["level"]) for line in captured] == [("shop.prices", "WARNING")]


def test_exception_goes_on_and_is_on_the_line(captured: Lines) -> None:
    """With its stack trace, at the level of failures."""
    error = NoteError("no price")
    with pytest.raises(NoteError) as raised, timed("quote"):
        raise error

    (line,) = captured
    assert raised.value is error
    assert (line["level"], line["data"]["outcome"]) == ("ERROR", "failed")
    assert line["data"]["error"] == "NoteError"
    assert line["data"]["exception"]["message"] == "no price"
    assert "test_exception_goes_on" in line["data"]["exception"]["stack_trace"]


def test_failure_is_logged_once_however_deep(captured: Lines) -> None:
    """The innermost step has the exception; those around it say that they failed, and no more."""
    with pytest.raises(NoteError), timed("outer"), timed("inner", failure_level="CRITICAL"):
        raise NoteError

    inner, outer = captured
    assert (inner["message"], inner["level"]) == ("inner", "CRITICAL")
    assert "exception" in inner["data"]
    assert (outer["message"], outer["level"]) == ("outer", "INFO")
    assert (outer["data"]["outcome"], outer["data"]["error"]) == ("failed", "NoteError")
    assert "exception" not in outer["data"]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_interruption_is_no_failure(captured: Lines, error: type[BaseException]) -> None:
    """A cancelled task and an exit are no errors."""
    with pytest.raises(error), timed("quote"):
        raise error

    (line,) = captured
    assert (line["level"], line["data"]["outcome"]) == ("INFO", "interrupted")
    assert line["data"]["error"] == error.__name__
    assert "exception" not in line["data"]


def test_exception_that_refuses_attributes_is_logged(captured: Lines) -> None:
    """Whatever an exception does, the line is written and it goes on."""

    class OddError(Exception):
        def __getattribute__(self, name: str) -> Any:
            if name.startswith("_intentlog"):
                raise RuntimeError
            return super().__getattribute__(name)

    with pytest.raises(OddError), timed("quote"):
        raise OddError

    assert [line["data"]["outcome"] for line in captured] == ["failed"]


def test_function_is_timed_at_each_call(captured: Lines) -> None:
    """It stays the function that it was, to callers and to tools."""

    @timed("added", unit="weth")
    def add(one: int, *, other: int) -> int:
        """Add."""
        return one + other

    assert [add(1, other=2), add(3, other=4)] == [3, 7]
    assert (add.__name__, add.__doc__) == ("add", "Add.")
    assert str(inspect.signature(add)) == "(one: int, *, other: int) -> int"
    assert [(line["message"], line["data"]["unit"]) for line in captured] == [("added", "weth")] * 2


def test_recursion_is_timed_call_by_call(captured: Lines) -> None:
    """Each call has a duration of its own, the outermost the longest."""

    @timed("step")
    def step(depth: int) -> None:
        time.sleep(0.002)
        if depth:
            step(depth - 1)

    step(2)

    durations = [line["data"]["duration_ms"] for line in captured]
    assert durations == sorted(durations)
    assert len(durations) == 3


def test_one_instance_may_be_nested(captured: Lines) -> None:
    """The block that began last ends first."""
    step = timed("step")
    with step:
        time.sleep(0.002)
        with step:
            pass

    inner, outer = (line["data"]["duration_ms"] for line in captured)
    assert inner < 2 <= outer


def test_coroutines_that_overlap_are_timed_each(captured: Lines) -> None:
    """From the first step to the result, and an ``async`` function stays one."""

    @timed("fetched", logger="feed")
    async def fetch(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    async def both() -> list[float]:
        return [*await asyncio.gather(fetch(0.03), fetch(0.01))]

    assert inspect.iscoroutinefunction(fetch)
    assert asyncio.run(both()) == [0.03, 0.01]
    short, long = (line["data"]["duration_ms"] for line in captured)
    assert 10 <= short < long


def test_cancelled_coroutine_is_interrupted(captured: Lines) -> None:
    """The line is written when the task is cancelled."""

    @timed("waited")
    async def wait() -> None:
        await asyncio.sleep(60)

    async def cancel() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancel())

    assert [line["data"]["outcome"] for line in captured] == ["interrupted"]


def test_generators_are_refused() -> None:
    """Their call only makes the generator: its time would say nothing."""

    def numbers() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    for function in (numbers, later):
        with pytest.raises(TypeError, match=r"is a generator function; time a block within it"):
            timed("numbers")(function)


def test_methods_are_timed(captured: Lines) -> None:
    """A method keeps its object."""

    class Engine:
        @timed("ran")
        def run(self) -> "Engine":
            return self

    engine = Engine()

    assert engine.run() is engine
    assert len(captured) == 1


def test_own_data_do_not_hide_the_figures(captured: Lines) -> None:
    """``duration_ms`` and ``outcome`` are always those of the step; an odd level is INFO."""
    odd: Any = "LOUD"
    with timed("quote", level=odd, duration_ms="long", outcome="good"):
        pass

    (line,) = captured
    assert (line["level"], line["data"]["outcome"]) == ("INFO", "ok")
    assert isinstance(line["data"]["duration_ms"], float)
