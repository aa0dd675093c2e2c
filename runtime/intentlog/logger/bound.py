"""``get_logger``: events by name or message, their data as keywords."""

import logging

from .formatter import DATA_ATTRIBUTE


class BoundLogger:
    """A logger whose calls take the event's data as keywords, or as ``context={...}``."""

    def __init__(self, name: str) -> None:
        """Take the logger's name."""
        self.name = name
        self._logger = logging.getLogger(name)

    def debug(self, event: str, /, *args: object, **data: object) -> None:
        """Log what only somebody who looks for a fault wants to see."""
        self._log(logging.DEBUG, event, args, data)

    def info(self, event: str, /, *args: object, **data: object) -> None:
        """Log what happened as it should."""
        self._log(logging.INFO, event, args, data)

    def warning(self, event: str, /, *args: object, **data: object) -> None:
        """Log what should not have happened, but did no harm."""
        self._log(logging.WARNING, event, args, data)

    def error(self, event: str, /, *args: object, **data: object) -> None:
        """Log what failed."""
        self._log(logging.ERROR, event, args, data)

    def critical(self, event: str, /, *args: object, **data: object) -> None:
        """Log what keeps the application from its work."""
        self._log(logging.CRITICAL, event, args, data)

    def exception(self, event: str, /, *args: object, **data: object) -> None:
        """Log what failed, with the exception that is being handled."""
        self._log(logging.ERROR, event, args, {"exc_info": True, **data})

    def _log(
        self, level: int, event: str, args: tuple[object, ...], data: dict[str, object]
    ) -> None:
        if self._logger.isEnabledFor(level):
            exc_info = data.pop("exc_info", None)
            self._logger.log(
                level,
                event,
                *args,
                exc_info=exc_info,  # type: ignore[arg-type] # whatever the caller passed
                extra={DATA_ATTRIBUTE: data},
            )


def get_logger(name: str) -> BoundLogger:
    """Return a logger of the given name, such as ``code_monet.auth.routes``."""
    return BoundLogger(name)
