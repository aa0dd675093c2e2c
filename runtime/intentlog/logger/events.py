"""``log_event``: the contract's events by name, each checked against what the contract says.

Applications call the typed functions that ``intentlog contract events`` writes; those call this.
"""

import math
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from intentlog.contract import LEVELS, Contract, Event, Level
from intentlog.contract.problem import nearest
from intentlog.contract.table import JsonType

from .bound import get_logger
from .context import current_context
from .texts import as_text

_COMPLAIN_SECONDS = 60.0
_COMPLAINTS_REMEMBERED = 1000
_METHODS: Final = {level: level.lower() for level in LEVELS}

_in_force: Contract | None = None


class Complaint(NamedTuple):
    """What is wrong with a call: never the value itself, which may be anybody's secret.

    Attributes:
        field: Which of the event's fields; empty for the event itself.
        problem: What kind of mistake it is.
        expected: What the contract wants there.
        came: What the call gave.
    """

    field: str
    problem: str
    expected: str
    came: str


def use(contract: Contract | None) -> None:
    """Check events against this contract from here on; against nothing if there is none."""
    global _in_force  # noqa: PLW0603 -- the process has one logging set-up, as `logging` has
    _in_force = contract
    _complaints.forget()


def in_force() -> Contract | None:
    """Return the contract that events are checked against."""
    return _in_force


def log_event(
    name: str,
    data: Mapping[str, object],
    *,
    logger: str = "intentlog",
    level: Level = "INFO",
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log an event of the contract by the contract's logger, at the contract's level.

    It never raises. Data that are not what the contract says are logged all the same; a warning
    of the logger ``intentlog`` says which event and field it is, once a minute each.

    Args:
        name: The event's name.
        data: Its data. What is None was not given.
        logger: The logger of an event that no contract in force declares.
        level: The level of such an event.
        exc_info: The exception that belongs to it, or True for the one that is being handled.
    """
    contract, name, given = _in_force, as_text(name), _given(data)
    event = contract.events.get(name) if contract is not None else None
    if event is not None:
        logger, level = event.logger, event.level
    log_at(logger, level, name, {**given, "exc_info": exc_info})
    if contract is not None:
        for complaint in _wrong(contract, name, event, given):
            _complain(name, complaint)


def log_at(logger: str, level: Level, event: str, data: Mapping[str, object]) -> None:
    """Log at a level that is known only now; one that there is not is INFO."""
    getattr(get_logger(logger), _METHODS.get(level, "info"))(event, **data)


def _given(data: Mapping[str, object]) -> dict[str, object]:
    try:
        return {as_text(key): value for key, value in data.items() if value is not None}
    except Exception:  # noqa: BLE001 -- no mapping, or one that does anything
        return {"data": data}


def _wrong(
    contract: Contract, name: str, event: Event | None, given: Mapping[str, object]
) -> list[Complaint]:
    try:
        if event is None:
            return [_unknown("", "unknown event", name, contract.events)]
        return [*_missing(event, given), *_unfit(contract, event, given)]
    except Exception as error:  # noqa: BLE001 -- a value may do anything when it is looked at
        return [Complaint("", "cannot be checked", "plain data", type(error).__name__)]


def _missing(event: Event, given: Mapping[str, object]) -> Iterator[Complaint]:
    for field, kind in event.fields.items():
        if field not in given and field not in current_context():
            yield Complaint(field, "missing", kind, "nothing")


def _unfit(contract: Contract, event: Event, given: Mapping[str, object]) -> Iterator[Complaint]:
    for field, value in given.items():
        kind = event.fields.get(field) or event.optional.get(field)
        if kind is not None:
            if not _FITS[kind](value):
                yield Complaint(field, "wrong type", kind, _kind_of(value))
        elif field not in contract.record.context_fields:
            yield _unknown(field, "unknown field", field, {**event.fields, **event.optional})


def _unknown(field: str, problem: str, name: str, known: Mapping[str, object]) -> Complaint:
    near = nearest(name, known)
    return Complaint(field, problem, near or (f"one of {', '.join(known)}" if known else ""), name)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FITS: Final[Mapping[JsonType, Callable[[object], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple | set | frozenset),
}


def _kind_of(value: object) -> str:
    """Return what a value is in the contract's words; the class of what has none."""
    if isinstance(value, float) and not math.isfinite(value):
        return "number that is not finite"
    kinds: tuple[JsonType, ...] = ("string", "boolean", "integer", "number", "object", "array")
    return next((kind for kind in kinds if _FITS[kind](value)), type(value).__name__)


class _Complaints:
    """Knows what was told when, without a lock: two threads at once may both tell it."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def due(self, event: str, field: str) -> int:
        """Return how often it happened since it was last told; 0 if that is too short ago."""
        now = time.monotonic()
        told, untold = self._told.get((event, field), (-math.inf, 0))
        due = now - told >= _COMPLAIN_SECONDS
        if len(self._told) >= _COMPLAINTS_REMEMBERED:  # names may be made up as it goes
            self._told.clear()
        self._told[event, field] = (now, 0) if due else (told, untold + 1)
        return untold + 1 if due else 0

    def forget(self) -> None:
        """Tell everything anew."""
        self._told.clear()


_complaints = _Complaints()


def _complain(event: str, complaint: Complaint) -> None:
    if count := _complaints.due(event, complaint.field):
        told = {key: value for key, value in complaint._asdict().items() if value}
        get_logger("intentlog").warning(
            "wrong_event_data", of=event, **told, caller=_caller(event), count=count
        )


def _caller(event: str) -> str:
    """Return the module and line of the call: outside of here, and of the typed function."""
    with suppress(Exception):  # frames are an interpreter's own affair
        here = sys._getframe()  # noqa: SLF001 -- as `logging` does
        for frame, line in traceback.walk_stack(here):
            module = frame.f_globals.get("__name__")
            if module != __name__ and frame.f_code.co_name != f"log_{event}":
                return f"{module}:{line}"
    return "unknown"
