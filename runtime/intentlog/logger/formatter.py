"""``StructuredFormatter``: the contract's lines from a handler of somebody else's."""

import logging
from pathlib import Path

from intentlog.contract import Contract

from .handler import event_of
from .levels import level_of
from .record import Fields, RecordBuilder, Values
from .settings import the_contract


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
        self._builder = RecordBuilder(the_contract(contract))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        return self._builder.line(self._values(record)).decode().removesuffix("\n")

    def fields(self, record: logging.LogRecord) -> Fields:
        """Return the fields of the line."""
        return self._builder.fields(self._values(record))

    def _values(self, record: logging.LogRecord) -> Values:
        name, message, data, error = event_of(record)
        head = self._builder.head(name, level_of(record.levelno))
        return self._builder.values(head, record.created, message, data, error, record.stack_info)
