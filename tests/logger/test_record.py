"""The record of a line, as the contract describes it."""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.logger.formatter import StructuredFormatter

Log = Callable[..., dict[str, object]]
Lines = Callable[[str], list[dict[str, object]]]

CREATED = datetime(2024, 1, 15, 10, 30, 45, 123_987, UTC).timestamp()


def made(**attributes: object) -> logging.LogRecord:
    """Return a record of the standard library."""
    return logging.makeLogRecord(
        {
            "name": "code_monet.auth.routes",
            "levelno": logging.INFO,
            "msg": "signed in",
            "created": CREATED,
            **attributes,
        }
    )


def test_line_of_the_agent(agent: Contract) -> None:
    """Fields come in the contract's order; the time is the event's, in milliseconds."""
    record = made(user_id=42, method="magic link", args=())

    assert StructuredFormatter(agent).format(record) == (
        '{"timestamp":"2024-01-15T10:30:45.123Z","level":"INFO","category":"auth",'
        '"logger":"code_monet.auth.routes","message":"signed in","user_id":42,'
        '"extra":{"method":"magic link"}}'
    )


def test_line_of_the_bot(bot: Contract) -> None:
    """The bot's words, microseconds, and a context even when it is empty."""
    record = made(name="state_engine", msg="websocket_connected")

    assert StructuredFormatter(bot).format(record) == (
        '{"timestamp":"2024-01-15T10:30:45.123987Z","level":"INFO","module":"state_engine",'
        '"event":"websocket_connected","context":{}}'
    )


def test_optional_fields_are_left_out(agent: Contract) -> None:
    """Without a user, a trace and data, a line has the required fields alone."""
    fields = StructuredFormatter(agent).fields(made())

    assert list(fields) == ["timestamp", "level", "category", "logger", "message"]


def test_time_is_that_of_the_event(logged: Log) -> None:
    """Formatting later changes no timestamp."""
    before = time.time()

    timestamp = str(logged()["timestamp"])

    written = datetime.fromisoformat(timestamp).timestamp()
    assert before - 0.001 <= written <= time.time()
    assert len(timestamp) == len("2024-01-15T10:30:45.123Z")


@pytest.mark.parametrize(
    ("created", "written"),
    [
        (-60_000_000_000, "0068-09-03T13:20:00.000Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799, "9999-12-31T23:59:59.000Z"),
    ],
)
def test_any_year_has_four_digits(agent: Contract, created: float, written: str) -> None:
    """Whatever year somebody makes up, the timestamp has its form."""
    assert StructuredFormatter(agent).fields(made(created=created))["timestamp"] == written


@pytest.mark.parametrize("created", [float("nan"), float("inf"), 1e20, -1e20])
def test_impossible_time_is_now(agent: Contract, created: float) -> None:
    """A record made by hand with a time that no calendar has still becomes a line."""
    fields = StructuredFormatter(agent).fields(made(created=created))

    assert str(fields["timestamp"]).startswith(f"{datetime.now(UTC):%Y-%m}")


def test_extra_is_only_what_the_caller_passed(logged: Log) -> None:
    """None of the LogRecord's own attributes is data, nor what instrumentation adds."""
    record = logged("m", extra={"a": 1, "otelTraceID": "0", "otelSpanID": "0", "level": "odd"})

    assert record["extra"] == {"a": 1, "level": "odd"}
    assert record["level"] == "INFO"


def test_record_formatted_by_others_first_gains_no_data(agent: Contract) -> None:
    """What another handler's formatter leaves on the record is not the caller's."""
    record = made()
    logging.Formatter("%(asctime)s %(message)s").format(record)

    assert "extra" not in StructuredFormatter(agent).fields(record)


@pytest.mark.parametrize(
    ("logger", "category"),
    [
        ("code_monet.auth", "auth"),
        ("code_monet.auth.routes", "auth"),
        ("code_monet.authority", "system"),
        ("code_monet.workspace", "workspace"),
        ("code_monet.workspace_state", "workspace"),
        ("code_monet.workspace_states", "system"),
        ("code_monet.tools.brush.oil", "agent"),
        ("code_monet.shutdown", "system"),
        ("code_monet.main", "http"),
        ("code_monet", "system"),
        ("uvicorn.error", "system"),
        ("root", "system"),
        ("", "system"),
        (".code_monet.auth", "system"),
    ],
)
def test_category_is_that_of_the_longest_prefix(
    agent: Contract, logger: str, category: str
) -> None:
    """Prefixes match at dots only; what none matches is the system's."""
    assert StructuredFormatter(agent).fields(made(name=logger))["category"] == category


def test_deeper_prefix_wins() -> None:
    """Of two prefixes that match, the longer one decides."""
    contract = intentlog_contract(
        'categories.outer.loggers = ["a.b"]\ncategories.inner.loggers = ["a.b.c"]\n'
    )
    formatter = StructuredFormatter(contract)

    found = [formatter.fields(made(name=name))["category"] for name in ("a.b.x", "a.b.c.x")]

    assert found == ["outer", "inner"]


def intentlog_contract(more: str) -> Contract:
    """Return a small contract with something more in it."""
    from intentlog.contract import parse  # noqa: PLC0415

    return parse(
        'service = "shop"\nnamespace = "Shop"\nstreams.app.file = "app.log"\n'
        'record.fields = ["timestamp", "level", "category", "message", "service"]\n' + more
    )


def test_service_is_a_field_of_who_wants_it() -> None:
    """A record may carry the service's name."""
    fields = StructuredFormatter(intentlog_contract("")).fields(made())

    assert fields["service"] == "shop"


@pytest.mark.parametrize(
    ("number", "level"),
    [(0, "DEBUG"), (5, "DEBUG"), (15, "DEBUG"), (25, "INFO"), (35, "WARNING"), (99, "CRITICAL")],
)
def test_other_levels_count_as_the_next_below(agent: Contract, number: int, level: str) -> None:
    """A line has one of the five levels, whatever number the caller made up."""
    assert StructuredFormatter(agent).fields(made(levelno=number))["level"] == level


def test_trace_id_is_that_of_xray(agent: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """The active span's id has X-Ray's form, with the second dash."""
    context = SimpleNamespace(is_valid=True, trace_id=0x5759E988BD862E3FE1BE46A994272793)
    span = SimpleNamespace(get_span_context=lambda: context)
    module = SimpleNamespace(get_current_span=lambda: span)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", module)

    fields = StructuredFormatter(agent).fields(made())

    assert fields["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


@pytest.mark.parametrize(
    "module",
    [
        SimpleNamespace(),
        SimpleNamespace(get_current_span=lambda: None),
        SimpleNamespace(
            get_current_span=lambda: SimpleNamespace(
                get_span_context=lambda: SimpleNamespace(is_valid=False, trace_id=0)
            )
        ),
    ],
    ids=["half imported", "no span", "invalid"],
)
def test_no_trace_is_no_field(
    agent: Contract, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    """Without an active span there is no trace id, and nothing is raised."""
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", module)

    assert "trace_id" not in StructuredFormatter(agent).fields(made())


def test_exception_is_data(logged: Log) -> None:
    """An error carries its type, its message and its stack trace."""
    try:
        _ = dict[str, int]()["no such user"]
    except KeyError:
        record = logged("failed", exc_info=True)

    exception = record["extra"]["exception"]  # type: ignore[index]
    assert exception["type"] == "KeyError"
    assert exception["message"] == "'no such user'"
    assert exception["stack_trace"].startswith("Traceback (most recent call last):\n")
    assert exception["stack_trace"].endswith("KeyError: 'no such user'")


def test_exception_may_be_passed_or_missing(logged: Log) -> None:
    """An exception object is taken as it is; ``exc_info`` without an exception is nothing."""
    record = logged("failed", exc_info=ValueError("x"))

    assert record["extra"]["exception"]["message"] == "x"  # type: ignore[index]
    assert "extra" not in logged("failed", exc_info=True)


def test_exception_that_cannot_be_shown(logged: Log) -> None:
    """An exception whose text raises is still reported, with its stack."""

    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    exception = logged("failed", exc_info=OddError())["extra"]["exception"]  # type: ignore[index]

    assert exception["type"].endswith("OddError")
    assert exception["message"] == "<OddError that cannot be shown>"


def test_stack_is_data(logged: Log) -> None:
    """A stack that the caller asked for is there."""
    record = logged("here", stack_info=True)

    assert "test_stack_is_data" in record["extra"]["stack"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("message", "args", "text"),
    [
        ("%s signed in", ("ada",), "ada signed in"),
        ("%d users", ("many",), "%d users many"),
        ("%s and %s", ("one",), "%s and %s one"),
        ("100%", (1,), "100% 1"),
        ("%(user)s", ({"user": "ada"},), "ada"),
        (ValueError("boom"), (), "boom"),
        (None, (), "None"),
    ],
)
def test_message(logged: Log, message: object, args: tuple[object, ...], text: str) -> None:
    """Wrong arguments lose no line: the message and they are written side by side."""
    assert logged(message, *args)["message"] == text


def test_message_that_cannot_be_shown(logged: Log) -> None:
    """An object whose text raises leaves a marker."""

    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    assert logged("saw %s", Odd())["message"] == "saw %s <Odd that cannot be shown>"
    assert logged(Odd())["message"] == "<Odd that cannot be shown>"


def test_bound_logger_takes_keywords(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Data are keywords, whatever their names; fields of the record go up to it."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("code_monet.tools")

    logger.info("used", tool="brush", user_id=7, event="x", self=1, name="n", args=2, level="odd")

    (record,) = lines("app.log")
    assert (record["message"], record["category"], record["user_id"]) == ("used", "agent", 7)
    assert record["extra"] == {
        "tool": "brush",
        "event": "x",
        "self": 1,
        "name": "n",
        "args": 2,
        "level": "odd",
    }


def test_bound_logger_takes_a_context(bot: Contract, tmp_path: Path, lines: Lines) -> None:
    """What the contract calls its data can be passed as one mapping, with an exception."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("state_engine")

    logger.info("websocket_connected", context={"provider": "alchemy"})
    error = OSError("down")
    logger.error("operation_failed", context={"error": str(error)}, exc_info=error)
    with suppress(ZeroDivisionError):
        divided(logger)

    first, second, third = (line["context"] for line in lines("chimera.log"))
    assert first == {"provider": "alchemy"}
    assert second["error"] == "down"  # type: ignore[index]
    assert second["exception"]["type"] == "OSError"  # type: ignore[index]
    assert third["exception"]["message"] == "division by zero"  # type: ignore[index]


def divided(logger: intentlog.logger.BoundLogger) -> None:
    """Log an exception and raise it again."""
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("again")
        raise


def test_bound_logger_has_every_level(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Each method writes at its level."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("code_monet.drawing")

    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(logger, level)("%s!", level)

    assert [(line["level"], line["message"]) for line in lines("app.log")] == [
        (level.upper(), f"{level}!") for level in ("debug", "info", "warning", "error", "critical")
    ]


def test_formatter_alone(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """The formatter works on any handler of the standard library, without set-up."""
    handler = logging.FileHandler(tmp_path / "own.log", encoding="utf-8")
    handler.setFormatter(StructuredFormatter(agent))
    try:
        handler.handle(made(msg="é\u2028\udc80", extra_field="x\ny"))
    finally:
        handler.close()

    (record,) = lines("own.log")
    assert (record["message"], record["extra"]) == ("é\u2028?", {"extra_field": "x\ny"})
