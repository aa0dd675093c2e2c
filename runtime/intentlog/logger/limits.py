"""Lines of which only some are written: samples, and repeated lines by their rate."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from zlib import crc32

from intentlog.contract import Contract, Limit, Predicate, fields_asked, matcher

from .record import Fields

Clock = Callable[[], float]
Line = tuple[str, int, str]
"""What makes lines the same: logger, level's number and message."""

_MINUTE: Final = 60.0
_REPEATS_REMEMBERED: Final = 10_000
_LARGEST_CRC: Final = 0xFFFFFFFF


class Limits:
    """Decides which lines are written, and counts those that are not.

    ERROR and CRITICAL lines are always written, and so are those of the audit's stream. Of a
    trace, a sample has all lines or none; lines without a trace are counted through.
    """

    def __init__(self, contract: Contract, clock: Clock = time.monotonic) -> None:
        """Take a contract, and a clock in seconds."""
        audit = contract.audit and contract.streams[contract.audit.stream].where
        self._is_audit = matcher(audit) if audit else _never
        self._limits = [_Limit(name, limit, clock) for name, limit in contract.limits.items()]
        if contract.audit and not audit:  # every line is the audit's
            self._limits = []
        self._clock = clock
        self._told_at = clock()

    def concern(self, number: int, known: Mapping[str, object]) -> bool:
        """Say whether lines of a level and with these fields may be left out."""
        if number >= logging.ERROR:
            return False
        return any(limit.may_match(known) for limit in self._limits)

    def admit(self, line: Line, fields: Fields) -> bool:
        """Say whether a line is written; one that is not is counted."""
        if self._is_audit(fields):
            return True
        return all(limit.admits(line, fields) for limit in self._limits)

    def due(self, *, at_once: bool = False) -> Iterator[Fields]:
        """Yield what was left out since it was last told: once a minute, or at once."""
        now = self._clock()
        if at_once or now - self._told_at >= _MINUTE:
            self._told_at = now
            for limit in self._limits:
                if limit.suppressed:
                    count, limit.suppressed = limit.suppressed, 0
                    yield {"limit": limit.name, "count": count}


class _Limit:
    def __init__(self, name: str, limit: Limit, clock: Clock) -> None:
        self.name = name
        self.suppressed = 0
        self._matches: Predicate = matcher(limit.where)
        self._asks = fields_asked(limit.where)
        self._share = limit.sample
        self._most = limit.per_minute or 0
        self._clock = clock
        self._seen = 0
        self._minute = -1
        self._repeats: dict[Line, int] = {}

    def may_match(self, known: Mapping[str, object]) -> bool:
        return not self._asks <= known.keys() or self._matches(known)

    def admits(self, line: Line, fields: Fields) -> bool:
        if not self._matches(fields):
            return True
        if self._share is None:
            admitted = self._is_seldom(line)
        else:
            admitted = self._is_in_sample(fields.get("trace_id"), self._share)
        self.suppressed += not admitted
        return admitted

    def _is_in_sample(self, trace: object, share: float) -> bool:
        if isinstance(trace, str):
            return crc32(trace.encode("utf-8", "replace")) < share * _LARGEST_CRC
        before, self._seen = self._seen, self._seen + 1
        return int(self._seen * share) > int(before * share)

    def _is_seldom(self, line: Line) -> bool:
        minute = int(self._clock() // _MINUTE)
        if minute != self._minute or len(self._repeats) >= _REPEATS_REMEMBERED:
            self._minute = minute
            self._repeats.clear()
        count = self._repeats[line] = self._repeats.get(line, 0) + 1
        return count <= self._most


def _never(_record: object) -> bool:
    return False
