"""Three doors, one line: whatever the event, byte for byte."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import intentlog
from intentlog.contract import Contract, load
from intentlog.logger.bound import in_force
from intentlog.logger.pipeline import Pipeline
from intentlog.render.record_schema import record_schema

ROOT = Path(__file__).parents[2]
LOGGER = "code_monet.auth.routes"
CREATED = 1_705_314_645.123_987
LEVELS = ("debug", "info", "warning", "error", "critical")
Door = Callable[[str, str, tuple[object, ...], dict[str, object], BaseException | None], None]


def by_get_logger(
    level: str,
    event: str,
    args: tuple[object, ...],
    data: dict[str, object],
    error: BaseException | None,
) -> None:
    """Log by ``intentlog.get_logger``."""
    call: Callable[..., None] = getattr(intentlog.get_logger(LOGGER), level)
    call(event, *args, exc_info=error, **data)


def by_logging(
    level: str,
    event: str,
    args: tuple[object, ...],
    data: dict[str, object],
    error: BaseException | None,
) -> None:
    """Log by the standard library."""
    call: Callable[..., None] = getattr(logging.getLogger(LOGGER), level)
    call(event, *args, exc_info=error, extra=data)


def by_structlog(
    level: str,
    event: str,
    args: tuple[object, ...],
    data: dict[str, object],
    error: BaseException | None,
) -> None:
    """Log by structlog."""
    call: Callable[..., None] = getattr(structlog.get_logger(LOGGER), level)
    call(event, *args, exc_info=error, **data)


def by_bound_data(
    level: str,
    event: str,
    args: tuple[object, ...],
    data: dict[str, object],
    error: BaseException | None,
) -> None:
    """Log by ``intentlog.get_logger``, the data bound before."""
    call: Callable[..., None] = getattr(intentlog.get_logger(LOGGER).bind(**data), level)
    call(event, *args, exc_info=error)


DOORS: tuple[Door, ...] = (by_get_logger, by_logging, by_structlog, by_bound_data)


@contextmanager
def logging_by(contract: Contract, directory: Path) -> Iterator[Callable[[], list[bytes]]]:
    """Log by a contract, at one moment that does not pass; return what reads the new lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.time", lambda: CREATED)
        patch.setattr("time.time_ns", lambda: int(CREATED * 1e9))
        patch.setattr("intentlog.logger.bound.time", lambda: CREATED)
        patch.setattr("intentlog.logger.direct.time", lambda: CREATED)
        intentlog.init_logging(contract, log_dir=directory, log_level="DEBUG", console="off")
        structlog.configure(**intentlog.structlog_config())
        file = directory / next(iter(contract.streams.values())).file
        file.touch()
        with file.open("rb") as reader:
            yield reader.readlines
        intentlog.shutdown()


@pytest.fixture(params=["drawing-agent", "chimera"])
def doors(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Contract, Callable[[], list[bytes]]]]:
    """Log by a shipped contract."""
    contract = load(ROOT / "contracts" / f"{request.param}.toml")
    with logging_by(contract, tmp_path) as new_lines:
        yield contract, new_lines


@contextmanager
def alone() -> Iterator[None]:
    """Leave out pytest's own handlers, which raise what the logger under test must bear."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [in_force.handler])
        yield


class Odd:
    """What no JSON has, and what cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
ANY = st.recursive(
    PLAIN
    | st.binary(max_size=10)
    | st.datetimes()
    | st.uuids()
    | st.decimals()
    | st.builds(Odd)
    | st.sampled_from(
        [Path("/x"), ValueError("ada@example.com"), {1, 2}, int, "Bearer a1b2c3d4e5"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
# What the standard library refuses as a name of `extra`, and what is no keyword for data.
TAKEN = set(vars(logging.makeLogRecord({}))) | {
    *("message", "asctime", "taskName", "exc_info", "stack_info", "stacklevel"),
    *("event", "level", "positional_args", "intentlog_data", "self", "otelTraceID"),
}
NAMES = st.sampled_from(
    ["user_id", "trace_id", "password", "method", "exception", "stack", "context", "extra", "n"]
) | st.text(max_size=8).filter(lambda name: name not in TAKEN)
EVENTS = st.sampled_from(
    ["User signed in", "to ada@example.com", "%s of %s", "50 %", ""]
) | st.text(max_size=20)
ERRORS = st.none() | st.sampled_from([ValueError("no ada@example.com"), KeyError("x"), Exception()])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    level=st.sampled_from(LEVELS),
    event=EVENTS,
    args=st.lists(PLAIN, max_size=2).map(tuple),
    data=st.dictionaries(NAMES, PLAIN, max_size=4) | st.dictionaries(NAMES, ANY, max_size=4),
    context=st.just({}) | st.dictionaries(NAMES, PLAIN, max_size=3),
    error=ERRORS,
)
def test_doors_give_the_same_line(  # noqa: PLR0913, PLR0917 -- what an event has
    doors: tuple[Contract, Callable[[], list[bytes]]],
    level: str,
    event: str,
    args: tuple[object, ...],
    data: dict[str, object],
    context: dict[str, object],
    error: BaseException | None,
) -> None:
    """Every door gives the one line, which its contract's schema describes."""
    contract, new_lines = doors
    written = []
    for door in DOORS:
        for _ in range(2):  # the second time, what is constant is known already
            with alone(), intentlog.bind_context(**context):
                door(level, event, args, dict(data), error)
            written += new_lines()

    assert len(written) == 2 * len(DOORS)
    assert len(set(written)) == 1
    assert written[0].endswith(b"\n")
    Draft202012Validator(record_schema(contract)).validate(json.loads(written[0]))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    event=EVENTS,
    data=st.dictionaries(NAMES, PLAIN, max_size=4),
    context=st.dictionaries(NAMES, PLAIN, max_size=3),
)
def test_plain_lines_are_no_others(
    doors: tuple[Contract, Callable[[], list[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
    event: str,
    data: dict[str, object],
    context: dict[str, object],
) -> None:
    """The fast way for plain events gives the bytes of the way for all events."""
    _, new_lines = doors
    with alone(), intentlog.bind_context(**context):
        by_get_logger("info", event, (), dict(data), None)
        by_get_logger("info", event, (), dict(data), None)
        fast = new_lines()
        with monkeypatch.context() as patch:
            patch.setattr(
                Pipeline,
                "log",
                lambda self, *event: self._log_any(*event, *[None] * (6 - len(event))),
            )
            by_get_logger("info", event, (), dict(data), None)
        slow = new_lines()

    assert fast == slow * 2


def test_plain_lines_take_the_fast_way(
    doors: tuple[Contract, Callable[[], list[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary event, seen once, never goes the way for all events again."""
    _, new_lines = doors
    with alone(), intentlog.bind_context(user_id=42, request_id="r1"):
        by_get_logger("info", "User signed in", (), {"method": "magic_link"}, None)
        with monkeypatch.context() as patch:
            patch.setattr(Pipeline, "_log_any", None)
            by_get_logger("info", "User signed in", (), {"method": "magic_link", "n": 1.5}, None)
            by_logging("info", "User signed in", (), {"method": "magic_link", "n": 1.5}, None)
        seen, first, second = new_lines()

    assert b"magic_link" in seen
    assert first == second


def test_other_handlers_change_no_line(
    doors: tuple[Contract, Callable[[], list[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another handler there, the event goes through the standard library: the line is same."""
    _, new_lines = doors
    seen: list[logging.LogRecord] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record)

    with alone():
        by_get_logger("info", "%s signed in", ("ada",), {"method": "magic_link"}, None)
        monkeypatch.setattr(logging.getLogger(LOGGER), "handlers", [Other()])
        by_get_logger("info", "%s signed in", ("ada",), {"method": "magic_link"}, None)
    direct, by_stdlib = new_lines()

    assert direct == by_stdlib
    (record,) = seen
    assert record.getMessage() == "ada signed in"
    assert (record.filename, record.funcName) == ("test_doors.py", "by_get_logger")


@pytest.mark.parametrize("method", ["debug", "info", "warning", "error", "critical", "exception"])
def test_methods_of_structlog(
    doors: tuple[Contract, Callable[[], list[bytes]]], method: str
) -> None:
    """Both loggers have the same methods, for the same lines."""
    contract, new_lines = doors
    try:
        raise ValueError("x")  # noqa: TRY301 -- an exception that is being handled
    except ValueError:
        with alone():
            getattr(intentlog.get_logger(LOGGER), method)("m", a=1)
            getattr(structlog.get_logger(LOGGER), method)("m", a=1)
    ours, theirs = new_lines()

    assert ours == theirs
    data: dict[str, Any] = json.loads(ours)[contract.record.data]
    assert ("exception" in data) == (method == "exception")
