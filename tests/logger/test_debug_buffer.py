"""DEBUG on demand: kept for a request, and written only if it fails."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.logger.debug_buffer import LINES_KEPT

Lines = Callable[[str], list[dict[str, Any]]]
LOG = intentlog.get_logger("code_monet.auth")


@pytest.fixture(autouse=True)
def logging_to_file(agent: Contract, tmp_path: Path) -> None:
    """Keep what is milder than its category's level."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off", buffer_debug=True)


def messages(lines: list[dict[str, Any]]) -> list[str]:
    """Return the messages."""
    return [line["message"] for line in lines]


def test_debug_comes_with_the_error(lines: Lines) -> None:
    """In order, before the error, with the time of the event; afterwards anew."""
    with intentlog.bind_context(user_id=42):
        LOG.debug("looked up")
        LOG.info("went on")
        assert messages(lines("app.log")) == ["went on"]
        LOG.error("failed")
        LOG.debug("cleaned up")

    assert messages(lines("app.log")) == ["went on", "looked up", "failed"]
    looked_up = lines("app.log")[1]
    assert (looked_up["level"], looked_up["user_id"]) == ("DEBUG", 42)
    assert looked_up["timestamp"] <= lines("app.log")[0]["timestamp"]


def test_request_without_error_leaves_nothing(lines: Lines) -> None:
    """What was kept of one request does not come with the next one's error."""
    with intentlog.bind_context(user_id=1):
        LOG.debug("first")
    with intentlog.bind_context(user_id=2):
        with intentlog.bind_context(step="inner"):
            LOG.debug("second")
        LOG.error("failed")

    assert messages(lines("app.log")) == ["second", "failed"]


def test_requests_at_once_keep_their_own(lines: Lines) -> None:
    """Tasks do not mix."""

    async def request(number: int) -> None:
        with intentlog.bind_context(user_id=number):
            LOG.debug("d")
            await asyncio.sleep(0)
            if number == 1:
                LOG.error("failed")

    async def both() -> None:
        await asyncio.gather(*(request(number) for number in range(3)))

    asyncio.run(both())

    assert [(line["message"], line["user_id"]) for line in lines("app.log")] == [
        ("d", 1),
        ("failed", 1),
    ]


def test_only_the_latest_are_kept(lines: Lines) -> None:
    """A request that logs without end costs no more memory than so many lines."""
    with intentlog.bind_context():
        for number in range(LINES_KEPT + 10):
            LOG.debug("d", n=number)
        LOG.error("failed")

    assert [line["extra"]["n"] for line in lines("app.log")[:-1]] == list(
        range(10, LINES_KEPT + 10)
    )


def test_category_at_debug_is_written_at_once(lines: Lines) -> None:
    """What the contract wants written is not kept back; other loggers are left alone."""
    intentlog.get_logger("code_monet.drawing").debug("drawn")
    intentlog.get_logger("somebody.else").debug("never")

    assert messages(lines("app.log")) == ["drawn"]


def test_level_can_be_changed_at_run_time(lines: Lines) -> None:
    """From then on, such lines are written at once, or kept, again."""
    intentlog.set_level("code_monet.auth", "debug")
    LOG.debug("written")
    intentlog.set_level("code_monet.auth", "WARNING")
    LOG.info("kept")
    LOG.warning("written, too")

    assert messages(lines("app.log")) == ["written", "written, too"]
