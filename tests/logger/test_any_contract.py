"""Contracts that nobody has seen yet: fields renamed, in any order, data anywhere."""

import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import intentlog
from intentlog.contract import OWN_FIELDS, Category, Contract, Record, Stream
from intentlog.logger.bound import in_force
from intentlog.render.record_schema import record_schema

LOGGER = "shop.payment.cards"
CREATED = 1_705_314_645.123_987
NEEDED = ("timestamp", "level", "message")
WORDS = ["ts", "severity", "event", "module", "area", "app", "body", "details", "extra", "context"]
PLACES = st.sampled_from(["fields", "optional"])
CALLERS = ["user_id", "trace_id", "request_id", "tenant"]


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Make a contract: own words, own order, data in the middle, required or not."""
    words = draw(st.permutations(WORDS))
    renamed = draw(st.lists(st.sampled_from(OWN_FIELDS), unique=True))
    names: dict[str, str] = {field: words.pop() for field in renamed}
    data = words.pop()
    present = [field for field in OWN_FIELDS if field in NEEDED or draw(st.booleans())]
    needed = [names.get(field, field) for field in NEEDED]
    first, *others = (names.get(field, field) for field in present)
    others += draw(st.lists(st.sampled_from(CALLERS), unique=True))
    places = {name: "fields" if name in needed else draw(PLACES) for name in others}
    places[data] = draw(PLACES | st.just("last"))
    order = draw(st.permutations(list(places)))
    fields = [first, *(name for name in order if places[name] == "fields")]
    optional = [name for name in order if places[name] == "optional"]
    return Contract(
        service="shop",
        namespace="Shop",
        record=Record(
            fields=tuple(fields),
            optional=tuple(optional),
            data=data,
            names=names,
            timestamp=draw(st.sampled_from(["milliseconds", "microseconds"])),
        ),
        categories={"payment": Category(loggers=("shop.payment",))}
        if "category" in present
        else {},
        streams={"app": Stream(file="app.log")},
    )


@contextmanager
def logging_by(contract: Contract) -> Iterator[Callable[[], list[bytes]]]:
    """Log by a contract, at one moment that does not pass; return what reads the new lines."""
    with tempfile.TemporaryDirectory() as directory, ended(), pytest.MonkeyPatch.context() as patch:
        for clock in ("time.time", "intentlog.logger.bound.time", "intentlog.logger.direct.time"):
            patch.setattr(clock, lambda: CREATED)
        patch.setattr("time.time_ns", lambda: int(CREATED * 1e9))
        intentlog.init_logging(contract, log_dir=directory, log_level="DEBUG", console="off")
        structlog.configure(**intentlog.structlog_config())
        # pytest's own handlers raise what the logger under test must bear.
        patch.setattr(logging.getLogger(), "handlers", [in_force.handler])
        file = Path(directory, "app.log")
        file.touch()
        with file.open("rb") as reader:
            yield reader.readlines


@contextmanager
def ended() -> Iterator[None]:
    """Shut logging down after the block, when root's handlers are its own again."""
    yield
    intentlog.shutdown()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
# What is no name of a keyword for data, or of `extra`.
TAKEN = set(vars(logging.makeLogRecord({}))) | {
    *("message", "asctime", "taskName", "exc_info", "stack_info", "stacklevel", "extra"),
    *("event", "level", "positional_args", "intentlog_data", "self"),
}
NAMES = st.sampled_from([word for word in (*WORDS, *CALLERS, "password", "n") if word not in TAKEN])
DATA = st.dictionaries(NAMES, VALUES, max_size=5)


@settings(max_examples=120, deadline=None)
@given(contract=contracts(), events=st.lists(st.tuples(DATA, DATA), min_size=1, max_size=3))
def test_doors_give_the_same_line_by_any_contract(
    contract: Contract, events: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """One line each, valid by the schema that is made of the contract, the same of every door."""
    validator = Draft202012Validator(record_schema(contract))
    with logging_by(contract) as new_lines:
        for data, context in events:
            for _ in range(2):  # the second time, what is constant is known already
                with intentlog.bind_context(**context):
                    intentlog.get_logger(LOGGER).info("m %s", 1, **data)
                    intentlog.get_logger(LOGGER, **data).info("m 1")
                    logging.getLogger(LOGGER).info("m 1", extra=dict(data))
                    structlog.get_logger(LOGGER).info("m %s", 1, **data)
            written = new_lines()

            assert len(written) == 8
            assert len(set(written)) == 1
            line = json.loads(written[0], parse_constant=pytest.fail)
            validator.validate(line)
            order = [name for name in contract.record.all_fields if name in line]
            assert list(line) == order
            assert set(contract.record.fields) <= line.keys()
            assert line.get(contract.record.name_of("category"), "payment") == "payment" or (
                not contract.categories
            )


@settings(max_examples=60, deadline=None)
@given(contract=contracts(), data=DATA)
def test_formatter_gives_the_line_of_the_file(contract: Contract, data: dict[str, Any]) -> None:
    """``StructuredFormatter`` on somebody else's handler writes what the files have."""
    record = logging.makeLogRecord(
        {"name": LOGGER, "levelno": 20, "msg": "m", "created": CREATED, **data}
    )
    line = intentlog.StructuredFormatter(contract).format(record)
    with logging_by(contract) as new_lines:
        logging.getLogger(LOGGER).info("m", extra=data)
        (written,) = new_lines()

    assert written == line.encode() + b"\n"
