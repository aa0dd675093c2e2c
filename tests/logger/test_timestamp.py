"""Times as a contract writes them, whatever was written before."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentlog.contract.record import TimestampForm
from intentlog.logger.timestamp import Timestamps

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Close together, and close to where rounding decides.
MOMENTS = st.builds(
    lambda second, millisecond, off: second + millisecond / 1000 + off * 1e-7,
    st.integers(1_764_100_000, 1_764_100_002),
    st.sampled_from([0, 1, 499, 998, 999]),
    st.integers(-30, 30),
)


@given(
    moments=st.lists(MOMENTS, min_size=1, max_size=8), form=st.sampled_from(get_args(TimestampForm))
)
def test_what_was_written_before_changes_nothing(moments: list[float], form: TimestampForm) -> None:
    """What is remembered gives the same text as what is made anew."""
    remembering = Timestamps(form)

    assert [remembering.encoded(m) for m in moments] == [
        Timestamps(form).encoded(m) for m in moments
    ]


@given(moment=MOMENTS)
def test_time_is_rounded_to_microseconds_and_cut_to_milliseconds(moment: float) -> None:
    """As ``datetime`` rounds it, but for a half of a microsecond."""
    exact = EPOCH + timedelta(microseconds=round(moment * 1e6))
    micro = Timestamps("microseconds").encoded(moment).decode()

    assert abs(datetime.fromisoformat(micro) - exact) <= timedelta(microseconds=1)
    assert Timestamps("milliseconds").encoded(moment).decode() == micro[:-4] + "Z"


@pytest.mark.parametrize("before", [1_764_100_002.0, 1_764_100_001.5])
def test_a_microsecond_before_a_second_is_of_the_second_before(before: float) -> None:
    """Also where the later second was written last."""
    timestamps = Timestamps("microseconds")
    timestamps.encoded(before)

    assert timestamps.encoded(1_764_100_001.999_999) == b"2025-11-25T19:46:41.999999Z"
