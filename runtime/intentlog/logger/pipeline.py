"""One way for every event, whichever door it came by: record, line, sinks."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from intentlog.contract import Contract, Predicate, fields_asked, matcher

from . import debug_buffer
from .fast_lines import FastLines
from .levels import level_of
from .limits import Limits
from .losses import Losses
from .record import Fields, Head, RecordBuilder
from .sinks import Sink

OWN_LOGGER: Final = "intentlog"
"""The logger of lines about the logging itself."""

_LOGGERS_REMEMBERED: Final = 10_000
_MESSAGES_REMEMBERED: Final = 64  # of a site
_LONGEST_REMEMBERED: Final = 200
_NO_FIELDS: Final[Fields] = {}

Write = Callable[[Fields, bytes], None]
Way = tuple[Predicate | None, Write]


class Route:
    """A way out: which records take it, and where they go.

    Attributes:
        sink: Where they go.
        may_wait: Whether lines may be queued for a thread; those of an audit trail may not.
    """

    def __init__(self, where: str, sink: Sink, *, may_wait: bool = True) -> None:
        """Take a contract's expression, and a sink."""
        self.sink = sink
        self.may_wait = may_wait
        self._matches = matcher(where)
        self._asks = fields_asked(where)

    def takes(self, known: Fields) -> Predicate | bool:
        """Say whether records with these fields take it, or what decides that of each."""
        return self._matches(known) if self._asks <= known.keys() else self._matches

    def asks(self, known: Fields) -> bool:
        """Say whether it needs a record's fields, besides these."""
        return self.sink.reads_fields or not self._asks <= known.keys()


class Plain(msgspec.Struct, frozen=True):
    """What is decided once for all plain lines of a message.

    Attributes:
        head: What they have after the timestamp.
        writes: What writes them, to each sink that takes them.
    """

    head: bytes
    writes: Sequence[Write]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where lines come from: a logger at a level, and what is decided once for all of them.

    Attributes:
        logger: The logger's name.
        number: The level's number.
        head: What the records have in common.
        ways: What each way out wants to see of a record, and what writes its line.
        asks: Whether any of them wants to see the fields.
        kept: Whether its lines are kept back until something fails.
        failure: Whether they make the lines be written that were kept back.
        limited: Whether some of its lines may be left out.
        writes: What writes its plain lines; None if that depends on the message, or there is none.
        plain: Messages that were there before; None for those that have no plain lines.
    """

    logger: str
    number: int
    head: Head
    ways: Sequence[Way]
    asks: bool
    kept: bool
    failure: bool
    limited: bool
    writes: Sequence[Write] | None
    plain: dict[str, Plain | None]


class Pipeline:
    """Takes events and writes their lines; nothing that it does ever raises."""

    def __init__(  # noqa: PLR0913 -- one object a process, made in one place
        self,
        contract: Contract,
        routes: Sequence[Route],
        *,
        losses: Losses,
        limits: Limits | None = None,
        writer: Callable[[Sink, int], Write] | None = None,
        threshold: Callable[[str], int] | None = None,
    ) -> None:
        """Take where lines go.

        Args:
            contract: What a line is.
            routes: Where lines go.
            losses: What counts what cannot be written.
            limits: What leaves lines out. Default: nothing does.
            writer: What a line of a level is handed to for a sink. Default: the sink itself.
            threshold: Below which level a logger's lines are kept back until something fails.
                Default: none are.
        """
        self.losses = losses
        self._builder = builder = RecordBuilder(contract)
        self._fast = FastLines(contract.record, builder.redactor, builder.timestamps)
        self._fast_line = self._fast.line
        self._message = contract.record.name_of("message")
        self._routes = routes
        self._limits = limits
        self._writer = writer or _directly
        self._threshold = threshold
        self._sites: defaultdict[int, dict[str, Site]] = defaultdict(dict)

    def forget_sites(self) -> None:
        """Decide anew what was decided for every logger."""
        self._sites.clear()

    def log(  # noqa: PLR0913, PLR0917 -- an object for them costs time on every call
        self,
        logger: str,
        number: int,
        created: float,
        message: str,
        given: Fields,
        error: BaseException | None = None,
        stack: str | None = None,
    ) -> None:
        """Write the line of an event, to wherever it belongs.

        Args:
            logger: The logger's name.
            number: The level, by one of ``logging``'s numbers.
            created: When it was, in seconds since the epoch.
            message: What it was.
            given: What the caller passed; it is the pipeline's from here on.
            error: The exception that belongs to it.
            stack: The stack that the caller asked for.
        """
        try:
            try:
                plain = self._sites[number][logger].plain[message]
            except Exception:  # noqa: BLE001 -- not seen before, or no hashable thing
                plain = self._learn(logger, number, message)
            if plain is not None and error is None and not stack:
                try:
                    line = self._fast_line(plain.head, created, given)
                except Exception:  # noqa: BLE001 -- the other way bears more
                    line = None
                if line is not None:
                    losses = self.losses
                    untold = losses.untold
                    for write in plain.writes:
                        try:
                            write(_NO_FIELDS, line)
                        except Exception as failure:  # noqa: BLE001 -- nor disturbs one another
                            losses.add(failure)
                    if untold and untold == losses.untold:  # writing works again
                        self._tell_losses(created)
                    return
            self._log_any(logger, number, created, message, given, error, stack)
        except Exception as failure:  # noqa: BLE001 -- a log call never raises
            self.losses.add(failure)

    def tell(self) -> None:
        """Tell at once what was left out, and what was lost."""
        self._tell_suppressed(time.time(), at_once=True)
        if self.losses.untold:
            self._tell_losses(time.time(), at_once=True)

    def close(self) -> None:
        """Tell what was left out, and close every sink."""
        self.tell()
        for route in self._routes:
            route.sink.close()

    def _log_any(  # noqa: PLR0913, PLR0917 -- an object for them costs time on every call
        self,
        logger: str,
        number: int,
        created: float,
        message: str,
        given: Fields,
        error: BaseException | None,
        stack: str | None,
    ) -> None:
        untold = self.losses.untold
        site = self._site(logger, number)
        if site.failure:
            for write in debug_buffer.take():
                write()
        values = self._builder.values(site.head, created, message, given, error, stack)
        line = self._builder.line(values)
        fields = self._builder.fields(values) if site.asks or site.limited else _NO_FIELDS
        write = partial(self._write, site.ways, fields, line)
        if site.kept:
            debug_buffer.keep(write)
            return
        if site.limited and not self._admits(site, message, fields, created):
            return
        write()
        if untold and untold == self.losses.untold:  # writing works again
            self._tell_losses(created)

    def _admits(self, site: Site, message: str, fields: Fields, created: float) -> bool:
        if self._limits is None:
            return True
        admitted = self._limits.admit((site.logger, site.number, message), fields)
        self._tell_suppressed(created)
        return admitted

    def _tell_suppressed(self, created: float, *, at_once: bool = False) -> None:
        for told in self._limits.due(at_once=at_once) if self._limits else ():
            self.log(OWN_LOGGER, logging.INFO, created, "lines_suppressed", told)

    def _write(self, ways: Sequence[Way], fields: Fields, line: bytes) -> None:
        for matches, write in ways:
            try:
                if matches is None or matches(fields):
                    write(fields, line)
            except Exception as failure:  # noqa: BLE001 -- nor does one sink disturb another
                self.losses.add(failure)

    def _tell_losses(self, created: float, *, at_once: bool = False) -> None:
        told = self.losses.due(at_once=at_once)
        if told:
            untold = self.losses.untold
            data: Fields = {"lost": sum(told.values()), "reasons": told}
            self.log(OWN_LOGGER, logging.WARNING, created, "lines_lost", data)
            if untold == self.losses.untold:
                self.losses.told(told)

    def _site(self, logger: str, number: int) -> Site:
        """Return what is known of a logger at a level."""
        known = self._sites[number]
        if logger in known:
            return known[logger]
        head = self._builder.head(logger, level_of(number))
        kept = self._threshold is not None and number < self._threshold(logger)
        failure = self._threshold is not None and number >= logging.ERROR
        limited = logger != OWN_LOGGER and self._is_limited(number, head.fields)
        site = Site(
            logger=logger,
            number=number,
            head=head,
            ways=self._ways(head.fields, number),
            asks=self._asks(head.fields),
            kept=kept,
            failure=failure,
            limited=limited,
            writes=None if kept or failure else self._plain_writes(number, head.fields, limited),
            plain={},
        )
        if len(known) >= _LOGGERS_REMEMBERED:  # loggers may be named from outside
            known.clear()
        known[logger] = site
        return site

    def _learn(self, logger: str, number: int, message: str) -> Plain | None:
        """Decide what is the same for all lines of a message, and remember it."""
        try:
            site = self._site(logger, number)
            writes = site.writes
            if writes is None and not (site.kept or site.failure):
                fields = {**site.head.fields, self._message: message}
                writes = self._plain_writes(number, fields, site.limited)
            head = None if writes is None else self._fast.head(site.head, message)
        except Exception:  # noqa: BLE001 -- the other way bears more
            return None
        plain = None if head is None or writes is None else Plain(head, writes)
        if len(message) <= _LONGEST_REMEMBERED:
            if len(site.plain) >= _MESSAGES_REMEMBERED:  # they may be made up as it goes
                site.plain.clear()
            site.plain[message] = plain
        return plain

    def _plain_writes(self, number: int, known: Fields, limited: bool) -> Sequence[Write] | None:
        """Return what writes lines with these fields; None if it takes more to know that."""
        if self._asks(known) or (limited and self._is_limited(number, known)):
            return None
        return [write for _, write in self._ways(known, number)]

    def _asks(self, known: Fields) -> bool:
        return any(route.asks(known) for route in self._routes)

    def _is_limited(self, number: int, known: Fields) -> bool:
        return self._limits is not None and self._limits.concern(number, known)

    def _ways(self, known: Fields, number: int) -> list[Way]:
        return [
            (takes if callable(takes) else None, writer(route.sink, number))
            for route in self._routes
            if (takes := route.takes(known))
            for writer in (self._writer if route.may_wait else _directly,)
        ]


def _directly(sink: Sink, _number: int) -> Write:
    return sink.write
