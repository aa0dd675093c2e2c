"""A metric in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([0, None, 14], "▁·█"),
        ([5, 10], "▅█"),
        ([0, 0, 0], "▁▁▁"),
        ([7], "█"),
        ([-4, 0, 4], "▁▅█"),
        ([None, float("nan"), float("inf")], ""),
        ([], ""),
        ([-1.7e308, 1.7e308], "▁█"),
    ],
)
def test_values_are_drawn_from_zero_to_the_highest(values: list[float | None], drawn: str) -> None:
    """A dot is a period without data; what has none at all is not drawn."""
    assert sparkline(values) == drawn


@given(st.lists(st.none() | st.floats(), max_size=200))
def test_it_takes_any_numbers(values: list[float | None]) -> None:
    """It never raises, and is never long."""
    drawn = sparkline(values)

    assert set(drawn) <= set("▁▂▃▄▅▆▇█·")
    assert len(drawn) in {0, min(len(values), 60)}
