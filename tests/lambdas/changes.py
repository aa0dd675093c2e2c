"""Changes of alarms, made up for tests."""

from alarm_digest.breach import Breach
from alarm_digest.notification import Notification

BEGIN = 1_795_341_600.0
"""2026-11-22T10:00:00Z: when most tests begin."""


def change(
    state: str, after: float = 0, *, alarm: str = "high-error-rate", old: str = ""
) -> Notification:
    """A change of an alarm so many seconds after the beginning."""
    key = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"
    return Notification(
        key=key,
        alarm=alarm,
        state=state,
        old_state=old,
        time=BEGIN + after,
        reason=f"{state} after {after:g} s",
        purpose="The application fails for its users",
        breach=Breach(alarm=alarm, changed=f"{state} {after}", arn=key),
    )
