"""The daily digest: what a day was like, against the day before."""

from datetime import datetime

from .evidence import Clients
from .message import Message
from .source import LogSource


def message(
    now: datetime, *, service: str, source: LogSource, to: Clients, deadline: float
) -> Message:
    """Return what the 24 hours before ``now`` were like; a part that fails says so, no more.

    Args:
        now: When the day ends.
        service: The contract's service; its alarms' names begin with it.
        source: Whose log groups are asked.
        to: Who is asked.
        deadline: When to give up what is not answered, in seconds of ``time.monotonic()``.
    """
    raise NotImplementedError
