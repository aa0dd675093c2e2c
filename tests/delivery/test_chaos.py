"""The short form of ``make chaos``: the same scenarios, seeded, for seconds instead of minutes."""

import pytest

from tests.delivery.chaos import backlog, in_process, storm, truncation

pytestmark = pytest.mark.slow


def test_nothing_acknowledged_is_lost_in_a_storm() -> None:
    """Kills, stops, forks, full disks, jumping clocks, a failing endpoint: all at once."""
    result = storm(seed=5, kills=6)

    assert result.is_fine, result
    assert result.kills == 6


def test_nothing_is_lost_when_applications_that_deliver_are_killed() -> None:
    """Whoever is left takes over."""
    result = in_process(seed=5, kills=2)

    assert result.is_fine, result


def test_what_others_cut_off_is_counted() -> None:
    """To the byte, as far as it was not delivered before."""
    result = truncation(seed=5, rounds=4)

    assert result.is_fine, result
    assert result.destroyed > 0


def test_a_backlog_of_a_day_and_a_half_is_worked_off() -> None:
    """Compressed files, old times, kills in between."""
    result = backlog(seed=5, kills=2)

    assert result.is_fine, result
    assert result.delivered == 100_000
