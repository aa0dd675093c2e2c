"""What a shipper says of itself to CloudWatch: how late lines are, and where the trail ends.

Both are events in the log groups, beside the lines, once a minute; but only after lines went there:
a log group that gets nothing is one that has fallen silent, and alarms must see it.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from intentlog.contract import DELIVERY_LAG, Contract

from .answers import Rejected
from .audit import Head, trail_head
from .batches import EVENT_OVERHEAD, Event
from .errors import RefusedError, UnavailableError
from .shipper import Service
from .state import Cursor

REPORT_SECONDS: Final = 60.0
_NOWHERE: Final = Cursor(name="", device=0, inode=0)


class ReportingService:
    """A service that also says, once a minute, how late the lines were that it took.

    The lag is an embedded metric: CloudWatch makes ``<namespace>/DeliveryLag`` of it, in seconds.
    The end of the audit trail is said when it has moved: who cuts off the file's last records
    cannot cut them off in CloudWatch, too.
    """

    def __init__(
        self, service: Service, contract: Contract, *, groups: Mapping[str, str], directory: Path
    ) -> None:
        """Take what delivers, and what is said of it.

        Args:
            service: What takes the events.
            contract: The contract of the lines.
            groups: The log group of each stream.
            directory: Where the files are.
        """
        self._service = service
        self._contract = contract
        self._stream_of = {group: stream for stream, group in groups.items()}
        self._trail = contract.audit.stream if contract.audit else None
        # A trail that is not delivered itself is told where everything goes.
        self._trail_group = groups.get(self._trail or "", next(iter(groups.values()), ""))
        self._directory = directory
        self._lags: dict[tuple[str, str], int] = {}
        self._told = Head()
        self._next = time.monotonic() + REPORT_SECONDS

    def put(self, group: str, stream: str, events: Sequence[Event], /) -> Rejected:
        """Deliver events, and note how late the oldest was."""
        rejected = self._service.put(group, stream, events)
        if rejected.too_old < rejected.too_new:
            lag = self._clock() - events[rejected.too_old].timestamp
            self._lags[group, stream] = max(0, lag, self._lags.get((group, stream), 0))
        return rejected

    def create(self, group: str, stream: str, retention_days: int, /) -> None:
        """Make the log group and the log stream, where they are missing."""
        self._service.create(group, stream, retention_days)

    def now(self) -> int | None:
        """Return the service's time in milliseconds since the epoch; None before an answer."""
        return self._service.now()

    def report(self, *, at_once: bool = False) -> None:
        """Say what is due, or all at once; what cannot be said now is said in a minute."""
        if time.monotonic() < self._next and not at_once:
            return
        self._next = time.monotonic() + REPORT_SECONDS
        for (group, stream), lag in list(self._lags.items()):
            head = self._moved_head() if group == self._trail_group else None
            events = [self._lag(group, lag), *([self._end(head)] if head else [])]
            with suppress(UnavailableError, RefusedError):
                self._service.put(group, stream, events)
                del self._lags[group, stream]
                self._told = head or self._told

    def _lag(self, group: str, lag: int) -> Event:
        metric = {"Name": DELIVERY_LAG, "Unit": "Seconds"}
        directive = {
            "Namespace": self._contract.namespace,
            "Dimensions": [[]],
            "Metrics": [metric],
        }
        return self._event(
            {
                "_aws": {"Timestamp": self._clock(), "CloudWatchMetrics": [directive]},
                "intentlog": "delivery-lag",
                "stream": self._stream_of[group],
                DELIVERY_LAG: lag / 1000,
            }
        )

    def _end(self, head: Head) -> Event:
        what = {"intentlog": "audit-head", "stream": self._trail}
        return self._event({**what, "seq": head.seq, "hash": head.hash})

    def _moved_head(self) -> Head | None:
        """Return where the trail ends, if that is elsewhere than was told."""
        if self._trail is None:
            return None
        with suppress(OSError):
            head = trail_head(self._directory / self._contract.streams[self._trail].file)
            return head if head != self._told else None
        return None

    def _event(self, message: Mapping[str, object]) -> Event:
        text = json.dumps(message, separators=(",", ":"))
        return Event(self._clock(), text, len(text) + EVENT_OVERHEAD, _NOWHERE, 0)

    def _clock(self) -> int:
        """Return what time it is where the lag's metric is looked at."""
        now = self.now()
        return time.time_ns() // 1_000_000 if now is None else now
