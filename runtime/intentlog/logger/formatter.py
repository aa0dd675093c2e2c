"""The stdlib's front door: ``logging`` records become the contract's lines."""

import logging
from pathlib import Path

from intentlog.contract import Contract, Level

from .line import Event, Fields, LineBuilder
from .redaction import as_text
from .settings import the_contract

# What every LogRecord has by itself; anything else came from the caller's `extra`.
_OWN_ATTRIBUTES = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {
    *("asctime", "message", "taskName"),
    # What OpenTelemetry's instrumentation of logging gives every record.
    *("otelSpanID", "otelTraceID", "otelTraceSampled", "otelServiceName"),
}
DATA_ATTRIBUTE = "intentlog_data"


class StructuredFormatter(logging.Formatter):
    """Formats a ``LogRecord`` as the JSON line that the contract describes.

    ``extra={...}`` is the event's data; names that the record has at its top, such as
    ``user_id``, go there. The time is that of the event.
    """

    def __init__(self, contract: Contract | str | Path | None = None) -> None:
        """Take a contract, its path, or what ``INTENTLOG_CONTRACT`` names.

        Raises:
            ContractError: There is no contract, or it is invalid.
        """
        super().__init__()
        self._builder = LineBuilder(the_contract(contract))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        return self._builder.encode(self.fields(record)).decode().removesuffix("\n")

    def fields(self, record: logging.LogRecord) -> Fields:
        """Return the fields of the line."""
        error = record.exc_info[1] if record.exc_info else None
        return self._builder.record(
            Event(
                created=record.created,
                level=level_name(record.levelno),
                logger=as_text(record.name),
                message=_message(record),
                data=_data(record),
                error=error if isinstance(error, BaseException) else None,
                stack=record.stack_info,
            )
        )

    def encode(self, fields: Fields) -> bytes:
        """Return fields as a line, with its newline."""
        return self._builder.encode(fields)


def level_name(number: object) -> Level:
    """Return the contract's level for any number of ``logging``: the next one below."""
    if not isinstance(number, int):  # a record made by hand need not have one
        return "INFO"
    if number >= logging.CRITICAL:
        return "CRITICAL"
    if number >= logging.ERROR:
        return "ERROR"
    if number >= logging.WARNING:
        return "WARNING"
    return "INFO" if number >= logging.INFO else "DEBUG"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 -- wrong arguments must not lose the line
        arguments = record.args if isinstance(record.args, tuple) else (record.args,)
        return " ".join(map(as_text, (record.msg, *(arguments if record.args else ()))))


def _data(record: logging.LogRecord) -> dict[str, object]:
    attributes = vars(record)
    data = {key: value for key, value in attributes.items() if key not in _OWN_ATTRIBUTES}
    bound = data.pop(DATA_ATTRIBUTE, None)
    return data | bound if isinstance(bound, dict) else data
