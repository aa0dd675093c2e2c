"""The stdlib's door: what ``logging`` hands out, into the pipeline."""

import logging
from itertools import islice
from typing import Final

from .pipeline import Pipeline
from .redaction import as_text

# What every LogRecord has by itself; anything else came from the caller's `extra`.
_OWN_ATTRIBUTES: Final = tuple(vars(logging.LogRecord("", 0, "", 0, "", (), None)))
_OWN_COUNT: Final = len(_OWN_ATTRIBUTES)
_LAST_OWN: Final = _OWN_ATTRIBUTES[-1]
_ADDED_ATTRIBUTES: Final = frozenset(
    {
        *("asctime", "message", "taskName"),
        # What OpenTelemetry's instrumentation of logging gives every record.
        *("otelSpanID", "otelTraceID", "otelTraceSampled", "otelServiceName"),
    }
)
DATA_ATTRIBUTE: Final = "intentlog_data"
NOT_DATA: Final = _ADDED_ATTRIBUTES.union(_OWN_ATTRIBUTES, {DATA_ATTRIBUTE})
"""Names in a record that are no data of the caller's."""
_NO_ITEM: Final = ("", None)


class StreamsHandler(logging.Handler):
    """Hands each record to the pipeline, which never raises and needs no lock."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Take the pipeline that writes the lines."""
        super().__init__()
        self.pipeline = pipeline

    def createLock(self) -> None:  # noqa: N802 -- the stdlib's name
        """Make no lock: it would stay locked in a child that is forked meanwhile."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record that passes the filters."""
        try:
            passed: object = self.filter(record) if self.filters else True
        except Exception as failure:  # noqa: BLE001 -- a filter is somebody else's
            self.pipeline.losses.add(failure)
            return False
        if passed:  # since Python 3.12, a filter may return another record
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; it never raises."""
        pipeline = self.pipeline
        try:
            name, message, data, error = event_of(record)
        except Exception as failure:  # noqa: BLE001 -- a record made by hand may be anything
            pipeline.losses.add(failure)
            return
        stack = record.stack_info
        pipeline.log(name, record.levelno, record.created, message, data, error, stack)

    def close(self) -> None:
        """Close every sink."""
        self.pipeline.close()
        super().close()


def event_of(
    record: logging.LogRecord,
) -> tuple[str, str, dict[str, object], BaseException | None]:
    """Return what a record tells: the logger's name, message, data and exception."""
    name, message, error = record.name, record.msg, None
    if type(name) is not str:
        name = as_text(name)
    if record.args or type(message) is not str:
        message = interpolated(message, record.args)
    if record.exc_info:
        error = record.exc_info[1]
    return name, message, data_of(record), error if isinstance(error, BaseException) else None


def interpolated(event: object, args: object) -> str:
    """Return an event with its arguments filled in, as ``logging`` does; never raises."""
    text = event if type(event) is str else as_text(event)
    if not args:
        return text
    try:
        return str(text % args)
    except Exception:  # noqa: BLE001 -- wrong arguments must not lose the line
        given = args if isinstance(args, tuple) else (args,)
        return " ".join((text, *map(as_text, given)))


def data_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what the caller passed with a record."""
    attributes = vars(record)
    if len(attributes) == _OWN_COUNT:  # there is nothing else
        return {}
    added = islice(attributes.items(), _OWN_COUNT - 1, None)
    if next(added, _NO_ITEM)[0] == _LAST_OWN:
        data = dict(added)
        if NOT_DATA.isdisjoint(data):
            return data
    # Made in another order, formatted by others before, or ours by its other door.
    data = {key: value for key, value in attributes.items() if key not in NOT_DATA}
    bound = attributes.get(DATA_ATTRIBUTE)
    return {**data, **bound} if isinstance(bound, dict) else data
