"""Lines of which only some are written, and what is said of the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract, ContractError, parse
from intentlog.logger.limits import Limits

Lines = Callable[[str], list[dict[str, Any]]]
SHOP = """
service = "shop"
namespace = "Shop"
streams.app.file = "app.log"
record.fields = ["timestamp", "level", "logger", "message"]
record.optional = ["trace_id"]
"""


def shop(more: str) -> Contract:
    """Return a contract with something more in it."""
    return parse(SHOP + more)


@pytest.fixture
def log(
    tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[dict[str, Any]]]:
    """Return what logs by a contract and returns the lines, those of the end included."""
    # A minute that ends amid a test would let more lines through.
    monkeypatch.setattr(Limits.__init__, "__defaults__", (lambda: 30.0,))

    def by(more: str, work: Callable[[], None]) -> list[dict[str, Any]]:
        intentlog.init_logging(shop(more), log_dir=tmp_path, log_level="DEBUG", console="off")
        work()
        intentlog.shutdown()
        return lines("app.log")

    return by


def test_repeated_line_is_written_so_often(log: Callable[..., list[dict[str, Any]]]) -> None:
    """Beyond the rate, lines are left out, and a line at the end says how many."""

    def work() -> None:
        for _ in range(10):
            intentlog.get_logger("a").info("same")
            intentlog.get_logger("a").info("other %d", 1)
            intentlog.get_logger("b").info("same")

    written = log("limits.repeats.per_minute = 2", work)

    assert [line["message"] for line in written] == [
        *("same", "other 1", "same", "same", "other 1", "same", "lines_suppressed")
    ]
    assert written[-1]["logger"] == "intentlog"
    assert written[-1]["data"] == {"limit": "repeats", "count": 24}


def test_failures_are_always_written(log: Callable[..., list[dict[str, Any]]]) -> None:
    """No limit leaves out an ERROR."""

    def work() -> None:
        for _ in range(5):
            intentlog.get_logger("a").error("failed")
            intentlog.get_logger("a").critical("failed")

    written = log("limits.repeats.per_minute = 1\nlimits.some.sample = 0.01", work)

    assert len(written) == 10


def test_sample_is_a_share(log: Callable[..., list[dict[str, Any]]]) -> None:
    """Of lines without a trace, one in so many is written; others are not counted."""

    def work() -> None:
        for _ in range(100):
            intentlog.get_logger("a").debug("often")
            intentlog.get_logger("a").info("told")

    written = log("[limits.chatter]\nwhere = 'level = \"DEBUG\"'\nsample = 0.1", work)

    messages = [line["message"] for line in written]
    assert (messages.count("often"), messages.count("told")) == (10, 100)
    assert written[-1]["data"] == {"limit": "chatter", "count": 90}


def test_sample_has_all_lines_of_a_trace(log: Callable[..., list[dict[str, Any]]]) -> None:
    """A request is in the sample, or is not: never half of it."""

    def work() -> None:
        for number in range(300):
            with intentlog.bind_context(trace_id=f"1-{number:08x}-{number:024x}"):
                intentlog.get_logger("a").info("first")
                intentlog.get_logger("a").info("second")

    written = log("limits.traces.sample = 0.5", work)[:-1]

    firsts = [line["trace_id"] for line in written if line["message"] == "first"]
    seconds = [line["trace_id"] for line in written if line["message"] == "second"]
    assert firsts == seconds
    assert 90 < len(firsts) < 210


def test_audit_is_always_written(log: Callable[..., list[dict[str, Any]]]) -> None:
    """What the trail takes is in all streams, however often it comes."""
    more = (
        'streams.trail = { file = "trail.log", where = \'message = "paid"\' }\n'
        'audit = { stream = "trail", retention_days = 30 }\n'
        "limits.repeats.per_minute = 1"
    )

    def work() -> None:
        for _ in range(5):
            intentlog.get_logger("a").info("paid")
            intentlog.get_logger("a").info("asked")

    messages = [line["message"] for line in log(more, work)]

    assert (messages.count("paid"), messages.count("asked")) == (5, 1)


def test_suppressed_lines_are_told_once_a_minute() -> None:
    """What was left out in a minute is told with the next line after it."""
    now = [0.0]
    limits = Limits(shop("limits.repeats.per_minute = 1"), clock=lambda: now[0])

    admitted = [limits.admit(("a", 20, "m"), {}) for _ in range(3)]
    early = list(limits.due())
    now[0] = 60.0

    assert admitted == [True, False, False]
    assert early == []
    assert list(limits.due()) == [{"limit": "repeats", "count": 2}]
    assert list(limits.due(at_once=True)) == []
    assert limits.admit(("a", 20, "m"), {})


@pytest.mark.parametrize("limit", ["{}", "{ sample = 0.5, per_minute = 1 }"])
def test_limit_is_of_one_kind(limit: str) -> None:
    """A limit is a sample or a rate."""
    with pytest.raises(ContractError, match=r"limits\.odd: a limit has either sample or per_min"):
        shop(f"limits.odd = {limit}")
