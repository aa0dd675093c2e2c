"""What is bound to a task or thread is on each of its lines, and on no other's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

from intentlog import bind_context, clear_context

Log = Callable[..., dict[str, object]]


def test_bound_until_cleared(logged: Log) -> None:
    """Bound fields are on every line until they are cleared."""
    bind_context(user_id=42, request="r1")

    record = logged("m", extra={"a": 1})
    clear_context()

    assert record["user_id"] == 42
    assert record["extra"] == {"request": "r1", "a": 1}
    assert "user_id" not in logged()


def test_blocks_nest(logged: Log) -> None:
    """The inner block adds to the outer one, and leaves it as it was."""
    with bind_context(user_id=1, step="outer"):
        with bind_context(step="inner"):
            inner = logged()
        outer = logged()

    assert (inner["user_id"], inner["extra"]) == (1, {"step": "inner"})
    assert outer["extra"] == {"step": "outer"}
    assert "extra" not in logged()


def test_caller_overrides_context(logged: Log) -> None:
    """What a call says about its own line wins."""
    with bind_context(user_id=1):
        assert logged("m", extra={"user_id": 2})["user_id"] == 2


def test_threads_begin_with_none(logged: Log) -> None:
    """A thread does not see what another has bound."""
    records: list[dict[str, object]] = []
    bind_context(user_id=1)
    thread = threading.Thread(target=lambda: records.append(logged()))
    thread.start()
    thread.join()

    assert "user_id" not in records[0]
    assert logged()["user_id"] == 1


def test_tasks_keep_their_own(logged: Log) -> None:
    """Tasks inherit what was bound when they were made, and disturb neither each other nor it."""

    async def task(user: int, others: asyncio.Barrier) -> tuple[object, object]:
        bind_context(user_id=user)
        await others.wait()
        record = logged()
        return record["user_id"], record["extra"]

    async def main() -> list[tuple[object, object]]:
        bind_context(request="r")
        barrier = asyncio.Barrier(3)
        return await asyncio.gather(*(task(user, barrier) for user in range(3)))

    assert asyncio.run(main()) == [(user, {"request": "r"}) for user in range(3)]
    assert "user_id" not in logged()


def test_block_may_end_elsewhere(logged: Log) -> None:
    """A generator that another task closes raises nothing."""

    async def stream() -> AsyncIterator[int]:
        with bind_context(user_id=1):
            yield 1

    async def main() -> None:
        generator = stream()
        await asyncio.create_task(anext(generator))  # type: ignore[arg-type]
        await asyncio.create_task(generator.aclose())  # type: ignore[attr-defined]

    asyncio.run(main())
    assert "user_id" not in logged()


def test_block_may_end_twice(logged: Log) -> None:
    """Using one binding for two blocks raises nothing."""
    binding = bind_context(user_id=1)
    for _ in range(2):
        with binding:
            pass

    assert "user_id" not in logged()


def test_any_name_can_be_bound(logged: Log) -> None:
    """No name of a field is taken by the function itself."""
    with bind_context(self=1, fields=2):
        assert logged()["extra"] == {"self": 1, "fields": 2}
